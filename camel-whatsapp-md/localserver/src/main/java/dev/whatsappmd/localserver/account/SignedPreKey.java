package dev.whatsappmd.localserver.account;

import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.XEdDsa;

/**
 * A companion's signed pre-key as the server keeps it.
 *
 * @param id 24 bits
 * @param publicKey 32 bytes
 * @param signature 64 bytes, by the companion's identity over 0x05 and the key
 */
public record SignedPreKey(int id, byte[] publicKey, byte[] signature) {
    /** Whether the identity signed this key. */
    public boolean isSignedBy(byte[] identityKey) {
        try {
            return XEdDsa.verify(identityKey, Curve25519.prefixed(publicKey), signature);
        } catch (CryptoException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "signed pre-key " + id;
    }
}
