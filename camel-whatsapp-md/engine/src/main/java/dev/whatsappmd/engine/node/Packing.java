package dev.whatsappmd.engine.node;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Two characters in a byte: digits with '-' and '.' (nibble), or digits with A to F (hex). */
final class Packing {
    /** Some character is not in the nibble alphabet. */
    static final int NO_NIBBLE = 0x10;
    /** Some character is not in the hex alphabet. */
    static final int NO_HEX = 0x20;
    /** Some character is in neither alphabet. */
    static final int NEITHER = NO_NIBBLE | NO_HEX;

    private static final String NIBBLE_CHARACTERS = "0123456789-.";
    private static final String HEX_CHARACTERS = "0123456789ABCDEF";
    /** What the unused half of the last byte holds; in the nibble alphabet it stands for U+0000. */
    private static final int FILLER = 15;
    /** No pair of characters: a half of the byte has no meaning. */
    private static final char INVALID = 0xffff;

    /** By character: the value, which in both alphabets is the same for a digit, and the flags above. */
    private static final byte[] VALUES = new byte[128];

    private static final char[] NIBBLE_PAIRS = new char[256];
    private static final char[] HEX_PAIRS = new char[256];
    private static final VarHandle PAIR = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    static {
        Arrays.fill(VALUES, (byte) NEITHER);
        for (int i = 0; i < 16; i++) {
            VALUES[HEX_CHARACTERS.charAt(i)] = (byte) (i < 10 ? i : i | NO_NIBBLE);
        }
        VALUES['-'] = 10 | NO_HEX;
        VALUES['.'] = 11 | NO_HEX;
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

    /** The value of a character with the flags that hold for it. */
    private static int value(char c) {
        return c < 128 ? VALUES[c] : NEITHER;
    }

    /** Whether a text that starts so can be packed. */
    static boolean mayStart(char c) {
        return (value(c) & NEITHER) != NEITHER;
    }

    static boolean isPackable(String text) {
        byte[] packed = new byte[text.length() + 1 >> 1];
        return (pack(text, 0, text.length(), packed, 0) & NEITHER) != NEITHER;
    }

    static boolean isAscii(String text) {
        int all = 0;
        for (int i = 0; i < text.length(); i++) {
            all |= text.charAt(i);
        }
        return all < 128;
    }

    /**
     * Packs a part of a text in the alphabet that it fits, and returns the flags. With {@link #NEITHER} set what was
     * written has no meaning.
     */
    static int pack(String text, int from, int to, byte[] out, int at) {
        int flags = 0;
        int i = from;
        int o = at;
        for (; i + 1 < to; i += 2) {
            int high = value(text.charAt(i));
            int low = value(text.charAt(i + 1));
            flags |= high | low;
            out[o++] = (byte) (high << 4 | low & 15);
        }
        if (i < to) {
            int high = value(text.charAt(i));
            flags |= high;
            out[o] = (byte) (high << 4 | FILLER);
        }
        return flags;
    }

    /**
     * Unpacks bytes to two characters each.
     *
     * @return the index of the first byte with a half that has no meaning, or {@code from + count} when there is none
     */
    static int unpack(boolean nibble, byte[] in, int from, int count, byte[] out, int at) {
        char[] pairs = nibble ? NIBBLE_PAIRS : HEX_PAIRS;
        int end = from + count;
        int o = at;
        for (int i = from; i < end; i++) {
            char pair = pairs[in[i] & 0xff];
            if (pair == INVALID) {
                return i;
            }
            PAIR.set(out, o, (short) pair);
            o += 2;
        }
        return end;
    }
}
