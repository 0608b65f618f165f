package dev.whatsappmd.engine.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** PBKDF2 with HMAC-SHA-256. Safe for use by any thread. */
public final class Pbkdf2 {
    /** The rounds WhatsApp uses for a pairing code's key (Baileys Utils/crypto.ts). */
    public static final int PAIRING_CODE_ITERATIONS = 2 << 16;

    private Pbkdf2() {}

    /**
     * Derives a key; takes tens of milliseconds at {@link #PAIRING_CODE_ITERATIONS}, so keep it off event loops.
     *
     * @param password taken as UTF-8
     * @param salt at least one byte
     * @param length bytes wanted
     */
    public static byte[] sha256(String password, byte[] salt, int iterations, int length) {
        PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt, iterations, length * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "this Java runtime has no PBKDF2WithHmacSHA256; use a standard JDK 17 or newer", e);
        } finally {
            spec.clearPassword();
        }
    }
}
