package dev.whatsappmd.engine.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The fixed string table: 235 strings of one byte and four dictionaries of 256 strings of two bytes.
 *
 * <p>A code is the string's bytes on the wire as a number: 1 to 235, or the dictionary's byte and the index. All
 * strings are interned, so that they are the same objects as literals in the code.
 */
final class Tokens {
    /** By byte; null where the byte is not a token. */
    static final String[] SINGLE = new String[256];
    /** By byte: '@' and the token, as it stands in an address of this server; null where the byte is not a token. */
    static final byte[][] SINGLE_AS_SERVER = new byte[256][];
    /** By dictionary * 256 + index. */
    static final String[] DOUBLE = new String[1024];
    /** No longer string is a token. */
    static final int MAX_LENGTH;
    /** No longer string that can be packed is a token. */
    static final int MAX_PACKABLE_LENGTH;

    private static final int SINGLE_COUNT = 235;
    private static final String FILE = "tokens.txt";

    // Open addressing with at most a third of the slots taken; a power of two.
    private static final int SLOTS = 4096;
    private static final String[] KEYS = new String[SLOTS];
    private static final char[] CODES = new char[SLOTS];

    static {
        int longest = 0;
        int longestPackable = 0;
        String[] all = read();
        for (int i = 0; i < all.length; i++) {
            String token = all[i].intern();
            boolean single = i < SINGLE_COUNT;
            int code = single ? i + 1 : (WireTag.DICTIONARY_0 << 8) + i - SINGLE_COUNT;
            if (single) {
                SINGLE[code] = token;
                SINGLE_AS_SERVER[code] = ("@" + token).getBytes(StandardCharsets.US_ASCII);
            } else {
                DOUBLE[i - SINGLE_COUNT] = token;
            }
            put(token, (char) code);
            longest = Math.max(longest, token.length());
            if (Packing.isPackable(token)) {
                longestPackable = Math.max(longestPackable, token.length());
            }
        }
        MAX_LENGTH = longest;
        MAX_PACKABLE_LENGTH = longestPackable;
    }

    private Tokens() {}

    /** The code of a string, or 0 when it is not a token. */
    static int codeOf(String text) {
        int slot = slot(text);
        String key;
        while ((key = KEYS[slot]) != null) {
            if (key == text || key.equals(text)) {
                return CODES[slot];
            }
            slot = slot + 1 & SLOTS - 1;
        }
        return 0;
    }

    private static void put(String token, char code) {
        int slot = slot(token);
        while (KEYS[slot] != null) {
            slot = slot + 1 & SLOTS - 1;
        }
        KEYS[slot] = token;
        CODES[slot] = code;
    }

    private static int slot(String text) {
        int hash = text.hashCode() * 0x9e3779b9;
        return hash >>> 32 - 12;
    }

    private static String[] read() {
        try (InputStream in = Tokens.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new IllegalStateException("resource " + FILE + " is missing beside " + Tokens.class.getName());
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            String[] tokens = lines.lines()
                    .filter(line -> !line.startsWith("#") && !line.startsWith("["))
                    .toArray(String[]::new);
            if (tokens.length != SINGLE_COUNT + DOUBLE.length) {
                throw new IllegalStateException("resource " + FILE + " has " + tokens.length + " strings instead of "
                        + (SINGLE_COUNT + DOUBLE.length));
            }
            return tokens;
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + FILE + " cannot be read", e);
        }
    }
}
