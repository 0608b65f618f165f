package dev.whatsappmd.engine.crypto;

import java.security.GeneralSecurityException;
import javax.crypto.BadPaddingException;
import javax.crypto.Cipher;
import javax.crypto.IllegalBlockSizeException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-CBC with PKCS#7 padding over data that comes in pieces. It proves nothing about who wrote them: check the MAC
 * first. Not safe for use by several threads.
 *
 * <p>Pieces of 4 to 64 KiB are ten times faster than ones of a megabyte: the JDK's fast path needs many calls.
 */
public final class AesCbcStream {
    private final Cipher cipher = Primitives.cipher("AES/CBC/PKCS5Padding");
    private final boolean encrypts;

    private AesCbcStream(boolean encrypts, byte[] key, byte[] iv) {
        this.encrypts = encrypts;
        try {
            cipher.init(
                    encrypts ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
                    new SecretKeySpec(Primitives.aesKey(key), "AES"),
                    new IvParameterSpec(Primitives.exactly(iv, AesCbc.IV_LENGTH, "an AES-CBC IV")));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-CBC refused a key and an IV of the right lengths", e);
        }
    }

    /** @param key 32 bytes; @param iv 16 bytes */
    public static AesCbcStream encrypting(byte[] key, byte[] iv) {
        return new AesCbcStream(true, key, iv);
    }

    /** @param key 32 bytes; @param iv 16 bytes */
    public static AesCbcStream decrypting(byte[] key, byte[] iv) {
        return new AesCbcStream(false, key, iv);
    }

    /**
     * Takes a piece.
     *
     * @param output room for {@code length} + 16 bytes from its beginning; another array than {@code input}
     * @return how many bytes were written to it
     */
    public int update(byte[] input, int offset, int length, byte[] output) {
        try {
            return cipher.update(input, offset, length, output, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no room for a piece of " + length + " bytes", e);
        }
    }

    /**
     * Ends the data.
     *
     * @param output room for 16 bytes from its beginning
     * @return how many bytes were written to it
     * @throws CryptoException when decrypting: the length is not a number of blocks, or the padding does not hold
     */
    public int finish(byte[] output) throws CryptoException {
        try {
            return cipher.doFinal(output, 0);
        } catch (BadPaddingException | IllegalBlockSizeException e) {
            if (encrypts) {
                throw new IllegalStateException("AES-CBC cannot end what it encrypts", e);
            }
            throw new CryptoException(
                    "the padding of AES-CBC ciphertext does not hold, or its last block is not whole");
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no room for the last block", e);
        }
    }
}
