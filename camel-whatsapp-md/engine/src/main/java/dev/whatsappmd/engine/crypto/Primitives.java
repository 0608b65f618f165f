package dev.whatsappmd.engine.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchProviderException;
import java.security.Provider;
import java.security.Security;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/**
 * Where ciphers, MACs and digests come from.
 *
 * <p>The JDK's own providers are asked for by name: an application that registered another provider first (Bouncy Castle,
 * say) would otherwise make AES-GCM fifty times slower. A JDK without them falls back to its default.
 */
final class Primitives {
    static final int AES_KEY_LENGTH = 32;
    static final int AES_BLOCK_LENGTH = 16;

    private static final String CIPHERS = "SunJCE";
    private static final String DIGESTS = "SUN";

    private Primitives() {}

    static Cipher cipher(String transformation) {
        return get(transformation, CIPHERS, Cipher::getInstance, Cipher::getInstance);
    }

    static Mac mac(String algorithm) {
        return get(algorithm, CIPHERS, Mac::getInstance, Mac::getInstance);
    }

    static MessageDigest digest(String algorithm) {
        return get(algorithm, DIGESTS, MessageDigest::getInstance, MessageDigest::getInstance);
    }

    /** Refuses an AES key that is not 256 bits long. */
    static byte[] aesKey(byte[] key) {
        return exactly(key, AES_KEY_LENGTH, "an AES-256 key");
    }

    static byte[] exactly(byte[] value, int length, String what) {
        if (value.length != length) {
            throw new IllegalArgumentException(what + " has " + length + " bytes, not " + value.length);
        }
        return value;
    }

    private interface ByProvider<T> {
        T get(String algorithm, Provider provider) throws GeneralSecurityException;
    }

    private interface ByDefault<T> {
        T get(String algorithm) throws GeneralSecurityException;
    }

    private static <T> T get(String algorithm, String preferred, ByProvider<T> byProvider, ByDefault<T> byDefault) {
        try {
            Provider provider = Security.getProvider(preferred);
            if (provider == null) {
                throw new NoSuchProviderException(preferred);
            }
            return byProvider.get(algorithm, provider);
        } catch (GeneralSecurityException notThere) {
            try {
                return byDefault.get(algorithm);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(
                        "this Java runtime has no " + algorithm + "; use a standard JDK 17 or newer", e);
            }
        }
    }
}
