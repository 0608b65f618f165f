package dev.whatsappmd.engine.crypto;

import java.util.Arrays;

/**
 * Numbers modulo L = 2^252 + 27742317777372353535851937790883648493, the order of edwards25519's base point, little endian.
 * Takes the same steps for all values.
 */
final class Scalar25519 {
    static final int LENGTH = 32;

    private static final int WIDE_LENGTH = 64;
    private static final int TOP = LENGTH - 1;

    // The part of L below 2^252, little endian: 2^252 = -TAIL modulo L.
    private static final int[] TAIL = {
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14
    };

    private Scalar25519() {}

    /** A 64-byte number modulo L. */
    static byte[] reduce(byte[] wide) {
        long[] limbs = new long[WIDE_LENGTH];
        for (int i = 0; i < WIDE_LENGTH; i++) {
            limbs[i] = wide[i] & 0xff;
        }
        return reduce(limbs);
    }

    /** {@code factor * other + summand} modulo L; each has 32 bytes. */
    static byte[] multiplyAdd(byte[] factor, byte[] other, byte[] summand) {
        long[] limbs = new long[WIDE_LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            limbs[i] += summand[i] & 0xff;
            for (int j = 0; j < LENGTH; j++) {
                limbs[i + j] += (long) (factor[i] & 0xff) * (other[j] & 0xff);
            }
        }
        return reduce(limbs);
    }

    /** Reduces base-256 limbs of at most 22 bits each; they are used up. */
    private static byte[] reduce(long[] limbs) {
        for (int i = WIDE_LENGTH - 1; i >= LENGTH; i--) {
            // 256^i = 16 * 2^252 * 256^(i-32). Limbs stay below 2^55: what limb 63 adds to is at most limb 46, whose
            // own
            // folding ends at limb 29.
            fold(limbs, i - LENGTH, limbs[i] << 4);
            limbs[i] = 0;
        }
        // The first round leaves a number between -2^165 and 2^252 + 2^165, the second one between -L and L.
        for (int round = 0; round < 2; round++) {
            carry(limbs);
            long above = limbs[TOP] >> 4;
            limbs[TOP] -= above << 4;
            fold(limbs, 0, above);
        }
        carry(limbs);
        long negative = limbs[TOP] >> 63;
        for (int i = 0; i < TAIL.length; i++) {
            limbs[i] += TAIL[i] & negative;
        }
        limbs[TOP] += 16 & negative;
        carry(limbs);
        byte[] reduced = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            reduced[i] = (byte) limbs[i];
        }
        Arrays.fill(limbs, 0);
        return reduced;
    }

    /** Adds {@code count * 2^252 * 256^position} in its other form, {@code -count * TAIL * 256^position}. */
    private static void fold(long[] limbs, int position, long count) {
        for (int i = 0; i < TAIL.length; i++) {
            limbs[position + i] -= count * TAIL[i];
        }
    }

    /** Makes bytes of the limbs below the topmost one, which takes the rest and the sign. */
    private static void carry(long[] limbs) {
        for (int i = 0; i < TOP; i++) {
            limbs[i + 1] += limbs[i] >> 8;
            limbs[i] &= 0xff;
        }
    }
}
