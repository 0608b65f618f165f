package dev.whatsappmd.engine.store;

import java.util.Optional;

/**
 * The rows of Signal sessions, identities, sender keys and LIDs in their wrapping. What is inside belongs to the room
 * {@code signal}; the wrapping, and what a damaged or newer row is, are the same for all rows.
 */
public final class SignalRows {
    /** The newest format of what is inside that this program knows. */
    static final int VERSION = 1;

    private SignalRows() {}

    /**
     * What is inside a row.
     *
     * @throws SessionStoreException {@code CORRUPT} when it is damaged, {@code NEWER} when a newer version wrote it
     */
    public static Optional<byte[]> get(Snapshot snapshot, Table table, String key) {
        return snapshot.get(table, key).map(row -> RowFormat.open(table, key, VERSION, row));
    }

    public static ChangeSet put(ChangeSet changes, Table table, String key, byte[] payload) {
        return changes.put(table, key, RowFormat.seal(table, key, VERSION, payload));
    }

    /** For a row whose inside makes no sense; {@code why} must not quote it. */
    public static SessionStoreException corrupt(Table table, String key, String why) {
        return RowFormat.corrupt(table, key, why);
    }
}
