package dev.whatsappmd.engine.signal;

import java.util.Objects;
import java.util.Optional;

/**
 * What the server tells about a device so that a session can be opened with it. Public keys have 32 raw bytes, or 33 with
 * 0x05 in front; they and the signature are checked when the bundle is used.
 *
 * @param registrationId the other device's
 * @param identityKey its identity key
 * @param signedPreKey its signed pre-key
 * @param signature over the 33 bytes of the signed pre-key, by the identity key
 * @param oneTimePreKey empty when the server has none left
 */
public record PreKeyBundle(
        int registrationId, byte[] identityKey, Key signedPreKey, byte[] signature, Optional<Key> oneTimePreKey) {

    /** A public key with its number. */
    public record Key(int id, byte[] publicKey) {
        public Key {
            Objects.requireNonNull(publicKey, "publicKey");
        }
    }

    public PreKeyBundle {
        Objects.requireNonNull(identityKey, "identityKey");
        Objects.requireNonNull(signedPreKey, "signedPreKey");
        Objects.requireNonNull(signature, "signature");
        Objects.requireNonNull(oneTimePreKey, "oneTimePreKey");
    }
}
