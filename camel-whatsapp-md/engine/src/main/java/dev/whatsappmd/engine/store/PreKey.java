package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.crypto.KeyPair;
import java.util.Objects;

/**
 * A one-time pre-key.
 *
 * @param id its number, 1 to 16777215
 * @param uploaded whether the server has confirmed to have it
 */
public record PreKey(int id, KeyPair keyPair, boolean uploaded) {
    /** The largest number a pre-key can have: three bytes on the wire. */
    public static final int MAX_ID = 0xFFFFFF;

    public PreKey {
        Objects.requireNonNull(keyPair, "keyPair");
        if (id < 1 || id > MAX_ID) {
            throw new IllegalArgumentException("a pre-key's number is 1 to " + MAX_ID + ", not " + id);
        }
    }

    public PreKey markedUploaded() {
        return new PreKey(id, keyPair, true);
    }
}
