package dev.whatsappmd.localserver.fault;

import java.util.Random;

/** Bytes that mean nothing and are the same each time. */
final class SeededBytes {
    private static final int LENGTH_MAX = 1 << 20;

    private SeededBytes() {}

    static void requireLength(int length) {
        if (length < 1 || length > LENGTH_MAX) {
            throw new IllegalArgumentException("garbage has 1 to " + LENGTH_MAX + " bytes, not " + length);
        }
    }

    static byte[] of(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
