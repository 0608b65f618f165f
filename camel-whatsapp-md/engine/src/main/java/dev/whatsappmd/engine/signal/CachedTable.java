package dev.whatsappmd.engine.signal;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SignalRows;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.Table;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one table as decoded values. Those last used stay in memory, up to a bound; those that were changed stay until
 * they are committed. Values are changed in place and then {@link #put}, which is what a roll-back goes by.
 */
final class CachedTable<V> {
    /** What an entry takes besides its value. */
    private static final int ENTRY_WEIGHT = 250;

    private final Table table;
    private final RowCodec<V> codec;
    private final RowReader rows;
    private final Quarantine quarantine;
    private final long weightMax;

    /** In the order of use, the last used one last. */
    private final LinkedHashMap<String, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);

    private long weight;
    /** Changed since the last {@link #drainTo}. */
    private final Set<String> dirty = new LinkedHashSet<>();
    /** Drained, and not known to be committed. */
    private final Set<String> leaving = new HashSet<>();

    /** @param value null: known not to be there */
    private record Entry<V>(@Nullable V value, int weight) {}

    /** @param weightMax roughly the bytes of memory for what is not changed */
    CachedTable(Table table, RowCodec<V> codec, RowReader rows, Quarantine quarantine, long weightMax) {
        this.table = table;
        this.codec = codec;
        this.rows = rows;
        this.quarantine = quarantine;
        this.weightMax = weightMax;
    }

    /** Null when there is none, or a damaged one. */
    @Nullable
    V get(String key) {
        Entry<V> known = entries.get(key);
        if (known != null) {
            return known.value();
        }
        V value = rows.read(snapshot -> quarantine.reading(snapshot, table, key, () -> decoded(snapshot, key)));
        remember(key, value);
        return value;
    }

    private @Nullable V decoded(Snapshot snapshot, String key) {
        byte[] payload = SignalRows.get(snapshot, table, key).orElse(null);
        if (payload == null) {
            return null;
        }
        try {
            return codec.decode(payload);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            // Not as the cause: what a parser says about the bytes may quote them.
            throw SignalRows.corrupt(table, key, "its fields make no sense");
        }
    }

    /** The row's new value, or the old one changed in place. */
    void put(String key, V value) {
        dirty.add(key);
        remember(key, value);
    }

    void delete(String key) {
        dirty.add(key);
        remember(key, null);
    }

    /** Keys that begin with the prefix, in order, changes that are not committed included. */
    Set<String> keys(String prefix) {
        List<String> stored = rows.read(snapshot -> SessionRows.keys(snapshot, table, prefix));
        Set<String> keys = new TreeSet<>(stored);
        entries.forEach((key, entry) -> {
            if (key.startsWith(prefix)) {
                if (entry.value() == null) {
                    keys.remove(key);
                } else {
                    keys.add(key);
                }
            }
        });
        return keys;
    }

    private void remember(String key, @Nullable V value) {
        Entry<V> entry = new Entry<>(value, ENTRY_WEIGHT + (value == null ? 0 : codec.weight(value)));
        Entry<V> before = entries.put(key, entry);
        weight += entry.weight() - (before == null ? 0 : before.weight());
        makeRoom();
    }

    /** Changed values stay however many they are; each is passed over once and moves behind the others. */
    private void makeRoom() {
        int left = entries.size();
        while (weight > weightMax && left-- > dirty.size() + leaving.size()) {
            Iterator<Map.Entry<String, Entry<V>>> oldest = entries.entrySet().iterator();
            Map.Entry<String, Entry<V>> next = oldest.next();
            String key = next.getKey();
            if (dirty.contains(key) || leaving.contains(key)) {
                entries.get(key);
            } else {
                weight -= next.getValue().weight();
                oldest.remove();
            }
        }
    }

    boolean isDirty() {
        return !dirty.isEmpty();
    }

    void drainTo(ChangeSet changes) {
        for (String key : dirty) {
            Entry<V> entry = entries.get(key);
            if (entry == null) {
                throw new IllegalStateException("a changed row of " + table + " is no longer in memory");
            }
            if (entry.value() == null) {
                changes.delete(table, key);
            } else {
                SignalRows.put(changes, table, key, codec.encode(entry.value()));
            }
            leaving.add(key);
        }
        dirty.clear();
    }

    void committed() {
        leaving.clear();
        makeRoom();
    }

    /** Forgets all that is not committed. */
    void rollBack() {
        leaving.forEach(this::forget);
        dirty.forEach(this::forget);
        leaving.clear();
        dirty.clear();
    }

    private void forget(String key) {
        Entry<V> gone = entries.remove(key);
        if (gone != null) {
            weight -= gone.weight();
        }
    }

    /** Forgets everything. */
    void clear() {
        entries.clear();
        dirty.clear();
        leaving.clear();
        weight = 0;
    }

    /** Roughly the bytes of memory in use. */
    long weight() {
        return weight;
    }
}
