package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.crypto.Hmac;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * A symmetric-key ratchet (Double Ratchet 2.2): every counter has a seed for its message's keys, and the chain moves only
 * forward. The same in sessions and in groups.
 *
 * <p>Reading has two steps, so that a message that does not hold leaves nothing behind: {@link #stepTo} computes,
 * {@link #take} moves the chain.
 */
final class MessageChain {
    /**
     * How far ahead a counter may be, and how many overtaken messages a chain remembers: 2000 as in libsignal's Java and
     * JavaScript versions, which the vectors show (gap, senderKeySteps). Reaching it costs 4000 HMACs.
     */
    static final int JUMP_MAX = 2000;

    static final int KEY_LENGTH = 32;
    /** Largest counter that has a place on the wire. */
    static final long COUNTER_MAX = 0xFFFF_FFFFL;

    private static final byte[] SEED_LABEL = {1};
    private static final byte[] CHAIN_LABEL = {2};

    private byte[] key;
    private long next;
    private final SkippedKeys skipped;

    /** @param next the counter of the message that the key leads to */
    MessageChain(byte[] key, long next) {
        this(key, next, new SkippedKeys());
    }

    MessageChain(byte[] key, long next, SkippedKeys skipped) {
        if (key.length != KEY_LENGTH || next < 0 || next > COUNTER_MAX + 1) {
            throw new IllegalArgumentException(
                    "a chain has a key of 32 bytes, not " + key.length + ", and a counter of 32 bits, not " + next);
        }
        this.key = key;
        this.next = next;
        this.skipped = skipped;
    }

    /**
     * The way to one message.
     *
     * @param seed of its keys
     * @param skippedIndex where the seed was remembered; negative when the chain has to move
     * @param passedSeeds of the counters in between
     * @param chainKey behind the message
     */
    record Step(long counter, byte[] seed, int skippedIndex, byte[] passedSeeds, byte @Nullable [] chainKey) {}

    byte[] key() {
        return key;
    }

    long next() {
        return next;
    }

    SkippedKeys skipped() {
        return skipped;
    }

    /**
     * How to read the message of this counter; changes nothing.
     *
     * @throws SignalException {@code DUPLICATE_OR_OLD_COUNTER} or {@code TOO_FAR_AHEAD}
     */
    Step stepTo(long counter) throws SignalException {
        if (counter < next) {
            int index = skipped.indexOf(counter);
            if (index < 0) {
                throw new SignalException(
                        Reason.DUPLICATE_OR_OLD_COUNTER,
                        "the message's counter " + counter + " was used before, the chain is at " + next);
            }
            return new Step(counter, skipped.seed(index), index, new byte[0], null);
        }
        requireNear(counter, next);
        int passed = (int) (counter - next);
        byte[] passedSeeds = new byte[passed * SkippedKeys.SEED_LENGTH];
        byte[] at = key;
        for (int i = 0; i < passed; i++) {
            byte[] seed = Hmac.sha256(at, SEED_LABEL);
            System.arraycopy(seed, 0, passedSeeds, i * SkippedKeys.SEED_LENGTH, SkippedKeys.SEED_LENGTH);
            at = Hmac.sha256(at, CHAIN_LABEL);
        }
        return new Step(counter, Hmac.sha256(at, SEED_LABEL), -1, passedSeeds, Hmac.sha256(at, CHAIN_LABEL));
    }

    /** @throws SignalException {@code TOO_FAR_AHEAD} */
    static void requireNear(long counter, long next) throws SignalException {
        if (counter - next > JUMP_MAX) {
            throw new SignalException(
                    Reason.TOO_FAR_AHEAD,
                    "the message's counter " + counter + " is more than " + JUMP_MAX
                            + " ahead of the chain, which is at " + next);
        }
    }

    /** The message was read: moves the chain behind it, or forgets its remembered seed. */
    void take(Step step) {
        if (step.chainKey() == null) {
            skipped.remove(step.skippedIndex());
            return;
        }
        skipped.append(next, step.passedSeeds());
        skipped.keepNewest(JUMP_MAX);
        key = step.chainKey();
        next = step.counter() + 1;
    }

    /** For writing: the seed of the next message, and moves behind it. */
    byte[] advance() {
        if (next > COUNTER_MAX) {
            throw new IllegalStateException("a chain has written its last message: all counters of 32 bits are used");
        }
        byte[] seed = Hmac.sha256(key, SEED_LABEL);
        key = Hmac.sha256(key, CHAIN_LABEL);
        next++;
        return seed;
    }
}
