package dev.whatsappmd.engine.node;

import java.util.Arrays;

/** Two characters in a byte: digits with '-' and '.' (nibble), or digits with A to F (hex). */
final class Packing {
    /** Every character is ASCII. */
    static final int ASCII = 1;
    /** Every character is in the hex alphabet. */
    static final int HEX = 2;
    /** Every character is in the nibble alphabet. */
    static final int NIBBLE = 4;

    private static final String NIBBLE_CHARACTERS = "0123456789-.";
    private static final String HEX_CHARACTERS = "0123456789ABCDEF";
    /** What the unused half of the last byte holds; in the nibble alphabet it stands for U+0000. */
    private static final int FILLER = 15;

    private static final byte[] ALPHABETS = new byte[128];
    private static final byte[] NIBBLE_VALUES = new byte[128];
    private static final byte[] HEX_VALUES = new byte[128];
    private static final char[] NIBBLE_PAIRS = new char[256];
    private static final char[] HEX_PAIRS = new char[256];
    /** No pair of characters: a half of the byte has no meaning. */
    private static final char INVALID = 0xffff;

    static {
        Arrays.fill(ALPHABETS, (byte) ASCII);
        for (int i = 0; i < 16; i++) {
            if (i < NIBBLE_CHARACTERS.length()) {
                ALPHABETS[NIBBLE_CHARACTERS.charAt(i)] |= NIBBLE;
                NIBBLE_VALUES[NIBBLE_CHARACTERS.charAt(i)] = (byte) i;
            }
            ALPHABETS[HEX_CHARACTERS.charAt(i)] |= HEX;
            HEX_VALUES[HEX_CHARACTERS.charAt(i)] = (byte) i;
        }
        for (int i = 0; i < 256; i++) {
            int high = nibbleCharacter(i >> 4);
            int low = nibbleCharacter(i & 15);
            NIBBLE_PAIRS[i] = high < 0 || low < 0 ? INVALID : (char) (high << 8 | low);
            HEX_PAIRS[i] = (char) (HEX_CHARACTERS.charAt(i >> 4) << 8 | HEX_CHARACTERS.charAt(i & 15));
        }
    }

    private Packing() {}

    private static int nibbleCharacter(int value) {
        if (value < NIBBLE_CHARACTERS.length()) {
            return NIBBLE_CHARACTERS.charAt(value);
        }
        return value == FILLER ? 0 : -1;
    }

    /** The sum of {@link #ASCII}, {@link #HEX} and {@link #NIBBLE} as they hold for a part of the text. */
    static int alphabets(String text, int from, int to) {
        int common = ASCII | HEX | NIBBLE;
        for (int i = from; i < to && common != 0; i++) {
            char c = text.charAt(i);
            common &= c < 128 ? ALPHABETS[c] : 0;
        }
        return common;
    }

    /** Packs a part of the text, whose characters are all in the alphabet; returns the index after the last byte. */
    static int pack(boolean nibble, String text, int from, int to, byte[] out, int at) {
        byte[] values = nibble ? NIBBLE_VALUES : HEX_VALUES;
        int i = from;
        int o = at;
        for (; i + 1 < to; i += 2) {
            out[o++] = (byte) (values[text.charAt(i)] << 4 | values[text.charAt(i + 1)]);
        }
        if (i < to) {
            out[o++] = (byte) (values[text.charAt(i)] << 4 | FILLER);
        }
        return o;
    }

    /**
     * Unpacks bytes to two characters each.
     *
     * @return the index of the first byte with a half that has no meaning, or {@code from + count} when there is none
     */
    static int unpack(boolean nibble, byte[] in, int from, int count, byte[] out, int at) {
        char[] pairs = nibble ? NIBBLE_PAIRS : HEX_PAIRS;
        int o = at;
        for (int i = from; i < from + count; i++) {
            char pair = pairs[in[i] & 0xff];
            if (pair == INVALID) {
                return i;
            }
            out[o] = (byte) (pair >> 8);
            out[o + 1] = (byte) pair;
            o += 2;
        }
        return from + count;
    }
}
