package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.store.Table;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** The wrapping of rows, done by hand: CRC-32C over table, key and what follows, a version, the payload. */
final class RowVersions {
    private static final int HEADER = 5;

    private RowVersions() {}

    static byte[] payload(byte[] row) {
        return Arrays.copyOfRange(row, HEADER, row.length);
    }

    static byte[] withVersion(Table table, String key, byte[] row, int version) {
        return sealed(table, key, version, payload(row));
    }

    static byte[] sealed(Table table, String key, int version, byte[] payload) {
        byte[] versioned = ByteBuffer.allocate(1 + payload.length)
                .put((byte) version)
                .put(payload)
                .array();
        CRC32C crc = new CRC32C();
        crc.update((table.name() + '/' + key + '\0').getBytes(StandardCharsets.UTF_8));
        crc.update(versioned);
        return ByteBuffer.allocate(4 + versioned.length)
                .putInt((int) crc.getValue())
                .put(versioned)
                .array();
    }
}
