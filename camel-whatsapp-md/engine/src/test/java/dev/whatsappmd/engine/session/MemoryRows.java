package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.Table;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Rows in memory; for one thread. */
public final class MemoryRows implements Snapshot {
    private final Map<Table, TreeMap<String, byte[]>> tables = new EnumMap<>(Table.class);

    public void apply(ChangeSet changes) {
        for (ChangeSet.Change change : changes.changes()) {
            TreeMap<String, byte[]> table = table(change.table());
            change.value().ifPresentOrElse(value -> table.put(change.key(), value), () -> table.remove(change.key()));
        }
    }

    private TreeMap<String, byte[]> table(Table table) {
        return tables.computeIfAbsent(table, any -> new TreeMap<>());
    }

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
    public void close() {}
}
