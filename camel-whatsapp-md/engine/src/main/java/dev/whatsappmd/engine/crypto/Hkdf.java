package dev.whatsappmd.engine.crypto;

import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import org.jspecify.annotations.Nullable;

/** HKDF with SHA-256 (RFC 5869). Safe for use by any thread. */
public final class Hkdf {
    /** The most that can be derived at once, in bytes. */
    public static final int LENGTH_MAX = 255 * Sha256.LENGTH;

    private static final byte[] NO_SALT = new byte[Sha256.LENGTH];

    private Hkdf() {}

    /**
     * Derives key material.
     *
     * @param ikm input key material, any length
     * @param salt null means none, which is the same as 32 zero bytes
     * @param info context, may be empty
     * @param length bytes wanted, 1 to {@link #LENGTH_MAX}
     */
    public static byte[] sha256(byte[] ikm, byte @Nullable [] salt, byte[] info, int length) {
        if (length < 1 || length > LENGTH_MAX) {
            throw new IllegalArgumentException("HKDF gives 1 to " + LENGTH_MAX + " bytes, not " + length);
        }
        byte[] pseudoRandomKey = Hmac.sha256(salt == null ? NO_SALT : salt, ikm);
        Mac mac = Hmac.keyedSha256(pseudoRandomKey);
        Arrays.fill(pseudoRandomKey, (byte) 0);
        int blocks = (length + Sha256.LENGTH - 1) / Sha256.LENGTH;
        byte[] output = new byte[blocks * Sha256.LENGTH];
        try {
            for (int block = 0; block < blocks; block++) {
                int at = block * Sha256.LENGTH;
                if (block > 0) {
                    mac.update(output, at - Sha256.LENGTH, Sha256.LENGTH);
                }
                mac.update(info);
                mac.update((byte) (block + 1));
                mac.doFinal(output, at);
            }
        } catch (ShortBufferException e) {
            throw new IllegalStateException("HMAC-SHA-256 gave more than " + Sha256.LENGTH + " bytes", e);
        }
        return output.length == length ? output : Arrays.copyOf(output, length);
    }
}
