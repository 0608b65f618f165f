package dev.whatsappmd.engine.crypto;

/**
 * The text form of pairing codes: base 32 over the digits 1 to 9 and the letters without I, O and U (Baileys
 * Utils/generics.ts). Crockford's own alphabet starts at 0; the field uses the name all the same.
 */
public final class Crockford {
    private static final char[] ALPHABET = "123456789ABCDEFGHJKLMNPQRSTVWXYZ".toCharArray();
    private static final int BITS_PER_CHARACTER = 5;

    private Crockford() {}

    /** Eight characters for every five bytes. */
    public static String encode(byte[] bytes) {
        if (bytes.length % BITS_PER_CHARACTER != 0) {
            throw new IllegalArgumentException("a code is made of a multiple of 5 bytes, not of " + bytes.length);
        }
        StringBuilder code = new StringBuilder(bytes.length * Byte.SIZE / BITS_PER_CHARACTER);
        int pending = 0;
        int bits = 0;
        for (byte next : bytes) {
            pending = pending << Byte.SIZE | (next & 0xff);
            bits += Byte.SIZE;
            while (bits >= BITS_PER_CHARACTER) {
                bits -= BITS_PER_CHARACTER;
                code.append(ALPHABET[pending >>> bits & 31]);
            }
        }
        return code.toString();
    }
}
