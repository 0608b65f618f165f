package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.Table;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** One-time pre-keys: read from their rows, which go away in the change that has used them. */
final class UsedPreKeys {
    private final RowReader rows;
    private final Quarantine quarantine;
    private final Set<Integer> used = new LinkedHashSet<>();
    private final Set<Integer> leaving = new HashSet<>();

    UsedPreKeys(RowReader rows, Quarantine quarantine) {
        this.rows = rows;
        this.quarantine = quarantine;
    }

    /** @param id as a message names it; empty when there is no such pre-key, or it was used */
    Optional<PreKey> get(long id) {
        if (id < 1 || id > PreKey.MAX_ID || used.contains((int) id) || leaving.contains((int) id)) {
            return Optional.empty();
        }
        return Optional.ofNullable(rows.read(snapshot -> quarantine.reading(
                snapshot, Table.PRE_KEYS, SessionRows.preKeyKey((int) id), () -> SessionRows.preKey(snapshot, (int) id)
                        .orElse(null))));
    }

    void use(int id) {
        used.add(id);
    }

    boolean isDirty() {
        return !used.isEmpty();
    }

    void drainTo(ChangeSet changes) {
        used.forEach(id -> SessionRows.deletePreKey(changes, id));
        leaving.addAll(used);
        used.clear();
    }

    void committed() {
        leaving.clear();
    }

    void rollBack() {
        used.clear();
        leaving.clear();
    }
}
