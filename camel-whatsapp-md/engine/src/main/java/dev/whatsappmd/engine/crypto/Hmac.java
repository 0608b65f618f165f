package dev.whatsappmd.engine.crypto;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC with SHA-256 and SHA-512, and comparing in constant time. Safe for use by any thread. */
public final class Hmac {
    private static final ThreadLocal<Mac> SHA256 = ThreadLocal.withInitial(() -> Primitives.mac("HmacSHA256"));
    private static final ThreadLocal<Mac> SHA512 = ThreadLocal.withInitial(() -> Primitives.mac("HmacSHA512"));

    // HMAC pads its key with zeros, so one zero byte is the same key as none, which SecretKeySpec refuses.
    private static final byte[] EMPTY_KEY = {0};

    private Hmac() {}

    /** HMAC-SHA-256 over the parts, one after the other; 32 bytes. */
    public static byte[] sha256(byte[] key, byte[]... parts) {
        return mac(keyedSha256(key), parts);
    }

    /** HMAC-SHA-512 over the parts, one after the other; 64 bytes. */
    public static byte[] sha512(byte[] key, byte[]... parts) {
        return mac(keyed(SHA512.get(), key), parts);
    }

    /** Whether both hold the same bytes, in a time that depends on the lengths only. */
    public static boolean matches(byte[] computed, byte[] received) {
        return MessageDigest.isEqual(computed, received);
    }

    /**
     * Whether the received MAC is the computed one cut to a length, in a time that depends on the lengths only.
     *
     * @param length how many bytes the protocol sends (8 for Signal messages, 10 for media); a received MAC of any other
     *     length does not match
     */
    public static boolean matches(byte[] computed, byte[] received, int length) {
        if (length < 1 || length > computed.length) {
            throw new IllegalArgumentException(
                    "a MAC of " + computed.length + " bytes cannot be cut to " + length + " bytes");
        }
        return received.length == length && MessageDigest.isEqual(Arrays.copyOf(computed, length), received);
    }

    /** This thread's HMAC-SHA-256, ready for data under the key. */
    static Mac keyedSha256(byte[] key) {
        return keyed(SHA256.get(), key);
    }

    private static Mac keyed(Mac mac, byte[] key) {
        try {
            mac.init(new SecretKeySpec(key.length == 0 ? EMPTY_KEY : key, mac.getAlgorithm()));
            return mac;
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(mac.getAlgorithm() + " refused a key of " + key.length + " bytes", e);
        }
    }

    private static byte[] mac(Mac mac, byte[]... parts) {
        for (byte[] part : parts) {
            mac.update(part);
        }
        return mac.doFinal();
    }
}
