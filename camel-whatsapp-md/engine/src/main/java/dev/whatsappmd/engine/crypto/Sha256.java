package dev.whatsappmd.engine.crypto;

import java.security.MessageDigest;

/** SHA-256. Safe for use by any thread. */
public final class Sha256 {
    /** Length of a hash in bytes. */
    public static final int LENGTH = 32;

    private static final ThreadLocal<MessageDigest> DIGEST =
            ThreadLocal.withInitial(() -> Primitives.digest("SHA-256"));

    private Sha256() {}

    /** The hash of the parts, one after the other; 32 bytes. */
    public static byte[] hash(byte[]... parts) {
        MessageDigest digest = DIGEST.get();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }
}
