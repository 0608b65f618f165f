package dev.whatsappmd.engine.crypto;

import java.security.InvalidKeyException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An HMAC-SHA-256 over bytes that come in pieces. Not safe for use by several threads. */
public final class HmacStream {
    private final Mac mac = Primitives.mac("HmacSHA256");

    /** @param key 1 byte and more */
    public HmacStream(byte[] key) {
        try {
            mac.init(new SecretKeySpec(key, mac.getAlgorithm()));
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("HMAC-SHA-256 refused a key of " + key.length + " bytes", e);
        }
    }

    public void update(byte[] bytes, int offset, int length) {
        mac.update(bytes, offset, length);
    }

    /** The MAC of all so far, 32 bytes; afterwards it begins again under the same key. */
    public byte[] finish() {
        return mac.doFinal();
    }
}
