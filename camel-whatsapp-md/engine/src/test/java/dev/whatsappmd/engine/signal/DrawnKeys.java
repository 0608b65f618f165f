package dev.whatsappmd.engine.signal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/** Gives the private keys that a vector says were drawn, in order, and nothing else. */
final class DrawnKeys implements RandomGenerator {
    private final Deque<byte[]> keys = new ArrayDeque<>();

    DrawnKeys(List<byte[]> keys) {
        this.keys.addAll(keys);
    }

    @Override
    public void nextBytes(byte[] bytes) {
        byte[] key = keys.poll();
        if (key == null || key.length != bytes.length) {
            throw new AssertionError("the vector drew no key of " + bytes.length + " bytes here");
        }
        System.arraycopy(key, 0, bytes, 0, bytes.length);
    }

    @Override
    public long nextLong() {
        throw new AssertionError("the vectors draw nothing but keys");
    }

    boolean isUsedUp() {
        return keys.isEmpty();
    }
}
