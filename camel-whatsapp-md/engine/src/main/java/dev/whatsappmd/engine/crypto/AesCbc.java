package dev.whatsappmd.engine.crypto;

import java.security.GeneralSecurityException;
import java.util.random.RandomGenerator;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-CBC with PKCS#7 padding, for values that fit in memory. It proves nothing about who wrote them: check the MAC
 * first. Safe for use by any thread.
 */
public final class AesCbc {
    public static final int IV_LENGTH = Primitives.AES_BLOCK_LENGTH;

    private static final ThreadLocal<Cipher> CIPHER =
            ThreadLocal.withInitial(() -> Primitives.cipher("AES/CBC/PKCS5Padding"));

    private AesCbc() {}

    /** @param key 32 bytes; @param iv 16 bytes */
    public static byte[] encrypt(byte[] key, byte[] iv, byte[] plaintext) {
        byte[] output = new byte[paddedLength(plaintext)];
        encrypt(key, iv, plaintext, output, 0);
        return output;
    }

    /** A fresh IV, then the ciphertext. */
    public static byte[] encryptIvPrefixed(byte[] key, byte[] plaintext, RandomGenerator random) {
        byte[] iv = new byte[IV_LENGTH];
        random.nextBytes(iv);
        byte[] output = new byte[IV_LENGTH + paddedLength(plaintext)];
        System.arraycopy(iv, 0, output, 0, IV_LENGTH);
        encrypt(key, iv, plaintext, output, IV_LENGTH);
        return output;
    }

    /** @throws CryptoException the length is not a positive number of blocks, or the padding does not hold */
    public static byte[] decrypt(byte[] key, byte[] iv, byte[] ciphertext) throws CryptoException {
        return decrypt(key, Primitives.exactly(iv, IV_LENGTH, "an AES-CBC IV"), ciphertext, 0);
    }

    /**
     * The opposite of {@link #encryptIvPrefixed}.
     *
     * @throws CryptoException the length is not an IV and a positive number of blocks, or the padding does not hold
     */
    public static byte[] decryptIvPrefixed(byte[] key, byte[] ivAndCiphertext) throws CryptoException {
        return decrypt(key, ivAndCiphertext, ivAndCiphertext, IV_LENGTH);
    }

    private static int paddedLength(byte[] plaintext) {
        return (plaintext.length / IV_LENGTH + 1) * IV_LENGTH;
    }

    private static void encrypt(byte[] key, byte[] iv, byte[] plaintext, byte[] output, int outputOffset) {
        try {
            Cipher cipher = CIPHER.get();
            Primitives.exactly(iv, IV_LENGTH, "an AES-CBC IV");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(Primitives.aesKey(key), "AES"), new IvParameterSpec(iv));
            cipher.doFinal(plaintext, 0, plaintext.length, output, outputOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-CBC cannot encrypt " + plaintext.length + " bytes", e);
        }
    }

    /** The IV is the first 16 bytes of {@code ivHolder}; the ciphertext is all of {@code input} from {@code offset}. */
    private static byte[] decrypt(byte[] key, byte[] ivHolder, byte[] input, int offset) throws CryptoException {
        int length = input.length - offset;
        // JCE gives an empty plaintext for an empty ciphertext, although there is no padding to be seen.
        if (length <= 0 || length % IV_LENGTH != 0) {
            throw new CryptoException(
                    "AES-CBC ciphertext of " + Math.max(length, 0) + " bytes is not a positive number of blocks");
        }
        SecretKeySpec aesKey = new SecretKeySpec(Primitives.aesKey(key), "AES");
        try {
            Cipher cipher = CIPHER.get();
            cipher.init(Cipher.DECRYPT_MODE, aesKey, new IvParameterSpec(ivHolder, 0, IV_LENGTH));
            return cipher.doFinal(input, offset, length);
        } catch (BadPaddingException e) {
            throw new CryptoException("the padding of " + length + " bytes of AES-CBC ciphertext does not hold");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-CBC cannot decrypt " + length + " bytes", e);
        }
    }
}
