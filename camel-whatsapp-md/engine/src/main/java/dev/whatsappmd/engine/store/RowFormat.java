package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The wrapping of every row this engine writes: four bytes of CRC-32C, one byte of format version, the payload. The
 * checksum also covers the row's table and key, so a value cannot turn up under another key. The wrapping itself never
 * changes; what the payload means does, with the version.
 */
final class RowFormat {
    private static final int HEADER = Integer.BYTES + 1;

    private RowFormat() {}

    static byte[] seal(Table table, String key, int version, byte[] payload) {
        ByteBuffer row = ByteBuffer.allocate(HEADER + payload.length);
        row.putInt(0).put((byte) version).put(payload);
        row.putInt(0, checksum(table.name(), key, row.array(), Integer.BYTES));
        return row.array();
    }

    /**
     * The payload of a row.
     *
     * @param version the newest version the caller understands
     * @throws SessionStoreException {@code CORRUPT} when it is damaged, {@code NEWER} when its version is higher
     */
    static byte[] open(Table table, String key, int version, byte[] row) {
        if (row.length < HEADER) {
            throw corrupt(table, key, "it has " + row.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(row);
        if (in.getInt() != checksum(table.name(), key, row, Integer.BYTES)) {
            throw corrupt(table, key, "its checksum does not match");
        }
        int written = in.get() & 0xFF;
        if (written > version) {
            throw new SessionStoreException(
                    Reason.NEWER,
                    "the row " + table.shown(key) + " has format version " + written + ", this version reads up to "
                            + version + ": run the newer version again");
        }
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        return payload;
    }

    static SessionStoreException corrupt(Table table, String key, String why) {
        return corrupt(table.name(), key, why);
    }

    static SessionStoreException corrupt(String table, String key, String why) {
        return new SessionStoreException(
                Reason.CORRUPT,
                "the row " + Table.shown(table, key) + " cannot be read (" + why + "): put back a backup of the store");
    }

    /** CRC-32C over table, key and the value from an offset on. */
    static int checksum(String table, String key, byte[] value, int from) {
        CRC32C crc = new CRC32C();
        crc.update((table + '/' + key + '\0').getBytes(StandardCharsets.UTF_8));
        crc.update(value, from, value.length - from);
        return (int) crc.getValue();
    }
}
