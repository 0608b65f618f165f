package dev.whatsappmd.engine.noise;

import dev.whatsappmd.engine.crypto.AesGcm;

/** The IVs of one key: eight zero bytes and a 32-bit big-endian counter. Not thread-safe. */
final class CounterIv {
    private static final long COUNTER_MAX = 0xffff_ffffL;

    private final byte[] iv = new byte[AesGcm.IV_LENGTH];
    private long counter;

    CounterIv() {
        this(0);
    }

    CounterIv(long counter) {
        this.counter = counter;
    }

    /** The number of the next IV, which is also how many were used. */
    long counter() {
        return counter;
    }

    /** Whether every IV was used: one more would repeat the first, and give away the key stream. */
    boolean isExhausted() {
        return counter > COUNTER_MAX;
    }

    /** The next IV, in an array that the following call overwrites. */
    byte[] next() {
        if (isExhausted()) {
            throw new IllegalStateException("all 2^32 frames of this connection are used up; open a new connection");
        }
        iv[8] = (byte) (counter >>> 24);
        iv[9] = (byte) (counter >>> 16);
        iv[10] = (byte) (counter >>> 8);
        iv[11] = (byte) counter;
        counter++;
        return iv;
    }
}
