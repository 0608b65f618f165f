package dev.whatsappmd.engine.crypto;

/**
 * MD5: protects nothing, the wire wants it as a fingerprint of the client's version (ClientPayload's build hash). Safe for
 * use by any thread.
 */
public final class Md5 {
    private Md5() {}

    /** The 16-byte hash. */
    public static byte[] hash(byte[] data) {
        return Primitives.digest("MD5").digest(data);
    }
}
