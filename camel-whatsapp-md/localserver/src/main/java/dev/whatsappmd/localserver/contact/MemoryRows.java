package dev.whatsappmd.localserver.contact;

import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.engine.store.Table;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One device's rows in memory, gone with the server. A snapshot is a view of the rows as they are: for one thread, which
 * closes it before it commits.
 */
final class MemoryRows implements StoredSession {
    private final Map<Table, TreeMap<String, byte[]>> tables = new EnumMap<>(Table.class);

    @Override
    public String sessionId() {
        return "simulated";
    }

    @Override
    public long fencingToken() {
        return 1;
    }

    @Override
    public Snapshot snapshot() {
        return new View();
    }

    @Override
    public void commit(ChangeSet changes) {
        for (ChangeSet.Change change : changes.changes()) {
            change.value().ifPresentOrElse(value -> table(change.table()).put(change.key(), value), () -> table(
                            change.table())
                    .remove(change.key()));
        }
    }

    @Override
    public void close() {
        // Nothing is held.
    }

    private TreeMap<String, byte[]> table(Table table) {
        return tables.computeIfAbsent(table, any -> new TreeMap<>());
    }

    private final class View implements Snapshot {
        @Override
        public Optional<byte[]> get(Table table, String key) {
            return Optional.ofNullable(table(table).get(key));
        }

        @Override
        public List<Row> scan(Table table, String after, int limit) {
            return table(table).tailMap(after, false).entrySet().stream()
                    .limit(limit)
                    .map(row -> new Row(row.getKey(), row.getValue()))
                    .toList();
        }

        @Override
        public long count(Table table) {
            return table(table).size();
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }
}
