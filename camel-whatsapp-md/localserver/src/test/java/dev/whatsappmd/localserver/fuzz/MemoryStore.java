package dev.whatsappmd.localserver.fuzz;

import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.engine.store.Table;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One session's rows in memory: what a client starts with is set up in no time, as often as needed. */
final class MemoryStore implements SessionStore, StoredSession {
    private final Map<Table, TreeMap<String, byte[]>> tables = new EnumMap<>(Table.class);

    MemoryStore() {
        for (Table table : Table.values()) {
            tables.put(table, new TreeMap<>());
        }
    }

    /** Another store with the same rows. */
    synchronized MemoryStore copy() {
        MemoryStore copy = new MemoryStore();
        tables.forEach((table, rows) -> copy.tables.get(table).putAll(rows));
        return copy;
    }

    /** Whether it holds the credentials of a device that a phone has linked. */
    synchronized boolean isLinked() {
        return SessionRows.credentials(snapshot()).map(Credentials::registered).orElse(false);
    }

    @Override
    public StoredSession open(String sessionId) {
        return this;
    }

    @Override
    public String location() {
        return "memory";
    }

    @Override
    public String sessionId() {
        return "support";
    }

    @Override
    public long fencingToken() {
        return 1;
    }

    @Override
    public synchronized void commit(ChangeSet changes) {
        for (ChangeSet.Change change : changes.changes()) {
            TreeMap<String, byte[]> rows = tables.get(change.table());
            change.value().ifPresentOrElse(value -> rows.put(change.key(), value), () -> rows.remove(change.key()));
        }
    }

    @Override
    public synchronized Snapshot snapshot() {
        Map<Table, TreeMap<String, byte[]>> now = copy().tables;
        return new Snapshot() {
            @Override
            public Optional<byte[]> get(Table table, String key) {
                return Optional.ofNullable(now.get(table).get(key));
            }

            @Override
            public List<Row> scan(Table table, String after, int limit) {
                return now.get(table).tailMap(after, false).entrySet().stream()
                        .limit(limit)
                        .map(row -> new Row(row.getKey(), row.getValue()))
                        .toList();
            }

            @Override
            public long count(Table table) {
                return now.get(table).size();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
