package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.Table;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where rows go that cannot be read: their bytes into {@link Table#QUARANTINE}, so that a person may look at them, and their
 * place becomes free. The whole store being damaged is another matter, and goes on to the caller.
 */
final class Quarantine {
    /** Beyond this many, a row that is met again is told again. */
    private static final int TOLD_MAX = 10_000;

    private final Consumer<DamagedRow> listener;
    private final Set<String> told = new HashSet<>();
    private final Map<String, Aside> aside = new LinkedHashMap<>();

    private record Aside(Table table, String key, byte[] row) {}

    Quarantine(Consumer<DamagedRow> listener) {
        this.listener = listener;
    }

    /** What the reading gives; null when the row is not there, or is damaged and now put aside. */
    <T> @Nullable T reading(Snapshot snapshot, Table table, String key, Supplier<@Nullable T> reading) {
        try {
            return reading.get();
        } catch (SessionStoreException e) {
            if (e.reason() != Reason.CORRUPT) {
                throw e;
            }
            byte[] row = raw(snapshot, table, key, e);
            String name = table.name() + '/' + key;
            aside.put(name, new Aside(table, key, row));
            if (told.size() < TOLD_MAX && told.add(name)) {
                listener.accept(new DamagedRow(table.shown(key), e.getMessage()));
            }
            return null;
        }
    }

    private static byte[] raw(Snapshot snapshot, Table table, String key, SessionStoreException why) {
        try {
            return snapshot.raw(table, key).orElseThrow(() -> why);
        } catch (SessionStoreException e) {
            // Not this row alone: nothing can be read.
            throw why;
        }
    }

    boolean isEmpty() {
        return aside.isEmpty();
    }

    /** To be added before the rows themselves, which may have got a new value. */
    void addTo(ChangeSet changes) {
        aside.forEach(
                (name, row) -> changes.put(Table.QUARANTINE, name, row.row()).delete(row.table(), row.key()));
    }

    void committed() {
        aside.clear();
    }
}
