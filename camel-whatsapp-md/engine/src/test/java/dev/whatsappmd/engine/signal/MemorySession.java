package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.engine.store.Table;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One session's rows in memory. Every snapshot is a copy; a commit fails when a test says so. For one thread. */
final class MemorySession implements StoredSession {
    private Map<Table, TreeMap<String, byte[]>> tables = new EnumMap<>(Table.class);
    private Optional<SessionStoreException> nextFailure = Optional.empty();
    int snapshots;
    int openSnapshots;

    MemorySession(Credentials credentials) {
        apply(tables, SessionRows.putCredentials(new ChangeSet(), credentials));
    }

    void failNextCommit() {
        nextFailure = Optional.of(new SessionStoreException(SessionStoreException.Reason.FULL, "no room is left"));
    }

    Optional<byte[]> row(Table table, String key) {
        return Optional.ofNullable(table(tables, table).get(key));
    }

    List<String> keys(Table table) {
        return List.copyOf(table(tables, table).keySet());
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
    public Snapshot snapshot() {
        snapshots++;
        openSnapshots++;
        Map<Table, TreeMap<String, byte[]>> seen = tables;
        return new Snapshot() {
            @Override
            public Optional<byte[]> get(Table table, String key) {
                return Optional.ofNullable(table(seen, table).get(key));
            }

            @Override
            public List<Row> scan(Table table, String after, int limit) {
                return table(seen, table).tailMap(after, false).entrySet().stream()
                        .limit(limit)
                        .map(row -> new Row(row.getKey(), row.getValue()))
                        .toList();
            }

            @Override
            public long count(Table table) {
                return table(seen, table).size();
            }

            @Override
            public void close() {
                openSnapshots--;
            }
        };
    }

    @Override
    public void commit(ChangeSet changes) {
        Optional<SessionStoreException> failure = nextFailure;
        nextFailure = Optional.empty();
        failure.ifPresent(e -> {
            throw e;
        });
        Map<Table, TreeMap<String, byte[]>> next = new EnumMap<>(Table.class);
        tables.forEach((table, rows) -> next.put(table, new TreeMap<>(rows)));
        apply(next, changes);
        tables = next;
    }

    @Override
    public void close() {}

    private static void apply(Map<Table, TreeMap<String, byte[]>> tables, ChangeSet changes) {
        for (ChangeSet.Change change : changes.changes()) {
            TreeMap<String, byte[]> table = table(tables, change.table());
            change.value().ifPresentOrElse(value -> table.put(change.key(), value), () -> table.remove(change.key()));
        }
    }

    private static TreeMap<String, byte[]> table(Map<Table, TreeMap<String, byte[]>> tables, Table table) {
        return tables.computeIfAbsent(table, any -> new TreeMap<>());
    }
}
