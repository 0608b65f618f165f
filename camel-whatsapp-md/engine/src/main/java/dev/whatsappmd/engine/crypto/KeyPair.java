package dev.whatsappmd.engine.crypto;

import java.security.MessageDigest;
import java.util.Objects;

/**
 * A Curve25519 key pair: 32 raw bytes each, the private key clamped, the public key without the 0x05 prefix.
 *
 * <p>Immutable: the arrays are copied on the way in and must not be written to on the way out. {@code toString} shows
 * no key.
 */
public record KeyPair(byte[] privateKey, byte[] publicKey) {
    /** Length of either key in bytes. */
    public static final int KEY_LENGTH = 32;

    public KeyPair {
        privateKey = checked(privateKey, "private");
        publicKey = checked(publicKey, "public");
    }

    private static byte[] checked(byte[] key, String which) {
        if (Objects.requireNonNull(key, which).length != KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "a Curve25519 " + which + " key has " + KEY_LENGTH + " bytes, not " + key.length);
        }
        return key.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyPair pair
                && MessageDigest.isEqual(privateKey, pair.privateKey)
                && MessageDigest.isEqual(publicKey, pair.publicKey);
    }

    @Override
    public int hashCode() {
        return java.util.Arrays.hashCode(publicKey);
    }

    @Override
    public String toString() {
        return "KeyPair[…]";
    }
}
