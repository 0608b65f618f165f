package dev.whatsappmd.engine.message;

import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What hides a message's exact length: 1 to 16 bytes at its end, each holding their number (Baileys {@code
 * unpadRandomMax16}, {@code writeRandomPadMax16}).
 */
public final class Padding {
    private static final int MAX = 16;

    private Padding() {}

    /**
     * The message without its padding. Only the last byte is looked at, as everywhere: the other ones are already
     * authenticated, and refusing them would lose a message that all others can read.
     *
     * @return empty when there is nothing, or less than the last byte says
     */
    public static Optional<byte[]> remove(byte[] padded) {
        if (padded.length == 0) {
            return Optional.empty();
        }
        int pad = padded[padded.length - 1] & 0xFF;
        return pad > padded.length ? Optional.empty() : Optional.of(Arrays.copyOf(padded, padded.length - pad));
    }

    /** The message with 1 to 16 bytes more. */
    public static byte[] add(byte[] message, RandomGenerator random) {
        return add(message, 1 + random.nextInt(MAX));
    }

    /** @param pad 1 to 16 */
    static byte[] add(byte[] message, int pad) {
        byte[] padded = Arrays.copyOf(message, message.length + pad);
        Arrays.fill(padded, message.length, padded.length, (byte) pad);
        return padded;
    }
}
