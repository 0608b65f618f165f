package dev.whatsappmd.engine.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** AES-256-CTR with a 128-bit counter; it authenticates nothing. Safe for use by any thread. */
public final class AesCtr {
    public static final int IV_LENGTH = Primitives.AES_BLOCK_LENGTH;

    private static final ThreadLocal<Cipher> CIPHER =
            ThreadLocal.withInitial(() -> Primitives.cipher("AES/CTR/NoPadding"));

    private AesCtr() {}

    /**
     * Encrypts or decrypts, which is the same in this mode.
     *
     * @param key 32 bytes
     * @param iv 16 bytes, the first counter block
     */
    public static byte[] apply(byte[] key, byte[] iv, byte[] data) {
        SecretKeySpec aesKey = new SecretKeySpec(Primitives.aesKey(key), "AES");
        Primitives.exactly(iv, IV_LENGTH, "an AES-CTR IV");
        try {
            Cipher cipher = CIPHER.get();
            cipher.init(Cipher.ENCRYPT_MODE, aesKey, new IvParameterSpec(iv));
            return cipher.doFinal(data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-CTR failed on " + data.length + " bytes", e);
        }
    }
}
