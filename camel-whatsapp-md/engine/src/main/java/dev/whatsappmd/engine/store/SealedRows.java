package dev.whatsappmd.engine.store;

/**
 * Rows of rooms that have a format of their own, wrapped as all rows of this engine are: checksum over table, key and
 * value, and a format version.
 */
public final class SealedRows {
    private SealedRows() {}

    /** @param version 1 to 255, greater than that of every older format of this table */
    public static ChangeSet put(ChangeSet changes, Table table, String key, int version, byte[] payload) {
        return changes.put(table, key, RowFormat.seal(table, key, version, payload));
    }

    /**
     * The payload of a row.
     *
     * @param version the newest version the caller understands
     * @throws SessionStoreException {@code CORRUPT} when it is damaged, {@code NEWER} when its version is higher
     */
    public static byte[] open(Table table, Snapshot.Row row, int version) {
        return RowFormat.open(table, row.key(), version, row.value());
    }

    /** For a payload that does not mean anything. */
    public static SessionStoreException corrupt(Table table, String key, String why) {
        return RowFormat.corrupt(table, key, why);
    }
}
