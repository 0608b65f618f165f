package dev.whatsappmd.engine.crypto;

import java.security.MessageDigest;

/** A SHA-256 over bytes that come in pieces. Not safe for use by several threads. */
public final class Sha256Stream {
    private final MessageDigest digest = Primitives.digest("SHA-256");

    public void update(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
    }

    /** The hash of all so far, 32 bytes; afterwards it begins again. */
    public byte[] finish() {
        return digest.digest();
    }
}
