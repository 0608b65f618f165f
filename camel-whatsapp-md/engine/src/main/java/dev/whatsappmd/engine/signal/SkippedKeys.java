package dev.whatsappmd.engine.signal;

import java.util.Arrays;
import java.util.List;

/**
 * Seeds of message keys whose messages were overtaken by later ones of their chain, by rising counter. Flat arrays: two
 * thousand of them take 72 KB, and go into their row and out of it in one piece.
 */
final class SkippedKeys {
    static final int SEED_LENGTH = 32;

    private long[] counters = {};
    private byte[] seeds = {};
    private int size;

    /**
     * @param counters 32-bit and unsigned, rising, below {@code next}; at most {@link MessageChain#JUMP_MAX}
     * @param seeds 32 bytes for each of them; taken over
     * @throws IllegalArgumentException they are not like that
     */
    static SkippedKeys of(List<Integer> counters, byte[] seeds, long next) {
        if (counters.size() > MessageChain.JUMP_MAX || seeds.length != counters.size() * SEED_LENGTH) {
            throw new IllegalArgumentException(
                    counters.size() + " skipped counters with " + seeds.length + " bytes of seeds");
        }
        SkippedKeys skipped = new SkippedKeys();
        skipped.size = counters.size();
        skipped.counters = new long[skipped.size];
        long before = -1;
        for (int i = 0; i < skipped.size; i++) {
            long counter = Integer.toUnsignedLong(counters.get(i));
            if (counter <= before || counter >= next) {
                throw new IllegalArgumentException("skipped counters rise and stay below " + next);
            }
            skipped.counters[i] = counter;
            before = counter;
        }
        skipped.seeds = seeds;
        return skipped;
    }

    int size() {
        return size;
    }

    /** Where the counter stands, or a negative number. */
    int indexOf(long counter) {
        return Arrays.binarySearch(counters, 0, size, counter);
    }

    long counter(int index) {
        return counters[index];
    }

    byte[] seed(int index) {
        return Arrays.copyOfRange(seeds, index * SEED_LENGTH, (index + 1) * SEED_LENGTH);
    }

    void remove(int index) {
        int behind = size - index - 1;
        System.arraycopy(counters, index + 1, counters, index, behind);
        System.arraycopy(seeds, (index + 1) * SEED_LENGTH, seeds, index * SEED_LENGTH, behind * SEED_LENGTH);
        size--;
        Arrays.fill(seeds, size * SEED_LENGTH, (size + 1) * SEED_LENGTH, (byte) 0);
        releaseWhenEmpty();
    }

    private void releaseWhenEmpty() {
        if (size == 0) {
            counters = new long[0];
            seeds = new byte[0];
        }
    }

    /** Adds the seeds of counters {@code first, first + 1, …}; all greater than those there. */
    void append(long first, byte[] added) {
        int count = added.length / SEED_LENGTH;
        if (count == 0) {
            return;
        }
        if (size > 0 && counters[size - 1] >= first) {
            throw new IllegalArgumentException("skipped counters rise; " + first + " does not");
        }
        reserve(size + count);
        for (int i = 0; i < count; i++) {
            counters[size + i] = first + i;
        }
        System.arraycopy(added, 0, seeds, size * SEED_LENGTH, count * SEED_LENGTH);
        size += count;
    }

    /** Gives up the oldest until at most so many are left; how many went. */
    int keepNewest(int most) {
        int gone = Math.max(size - most, 0);
        if (gone > 0) {
            System.arraycopy(counters, gone, counters, 0, size - gone);
            System.arraycopy(seeds, gone * SEED_LENGTH, seeds, 0, (size - gone) * SEED_LENGTH);
            Arrays.fill(seeds, (size - gone) * SEED_LENGTH, size * SEED_LENGTH, (byte) 0);
            size -= gone;
            releaseWhenEmpty();
        }
        return gone;
    }

    /** All seeds, one behind the other. */
    byte[] allSeeds() {
        return Arrays.copyOf(seeds, size * SEED_LENGTH);
    }

    private void reserve(int wanted) {
        if (wanted > counters.length) {
            int room = Math.max(wanted, Math.min(counters.length * 2, 2 * MessageChain.JUMP_MAX));
            counters = Arrays.copyOf(counters, room);
            seeds = Arrays.copyOf(seeds, room * SEED_LENGTH);
        }
    }
}
