package dev.whatsappmd.engine.crypto;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** X25519 key pairs and agreement, and the two forms of a public key. Safe for use by any thread. */
public final class Curve25519 {
    /** Length of a raw key in bytes. */
    public static final int KEY_LENGTH = KeyPair.KEY_LENGTH;

    /** Length of a public key with its type byte in front. */
    public static final int PREFIXED_LENGTH = KEY_LENGTH + 1;

    /** The type byte that Signal puts in front of a public key (libsignal: DJB type). */
    public static final byte PREFIX = 0x05;

    private Curve25519() {}

    /** A new key pair; {@code random} has to be a cryptographic one wherever the key protects anything. */
    public static KeyPair generateKeyPair(RandomGenerator random) {
        byte[] privateKey = new byte[KEY_LENGTH];
        random.nextBytes(privateKey);
        return keyPairOf(privateKey);
    }

    /** The pair of a private key: clamped in the pair (RFC 7748), left as it is in the argument. */
    public static KeyPair keyPairOf(byte[] privateKey) {
        byte[] clamped = clamped(privateKey);
        byte[] publicKey = new byte[KEY_LENGTH];
        X25519.scalarMultBase(clamped, 0, publicKey, 0);
        return new KeyPair(clamped, publicKey);
    }

    /**
     * The shared secret, 32 bytes.
     *
     * @param publicKey the other side's, 32 raw bytes or prefixed; bit 255 is ignored (RFC 7748)
     * @throws CryptoException the public key has the wrong form, or is of low order: the secret would be all zeros,
     *     whatever the private key
     */
    public static byte[] agree(byte[] privateKey, byte[] publicKey) throws CryptoException {
        Primitives.exactly(privateKey, KEY_LENGTH, "a Curve25519 private key");
        int offset = keyOffset(publicKey);
        byte[] secret = new byte[KEY_LENGTH];
        if (!X25519.calculateAgreement(privateKey, 0, publicKey, offset, secret, 0)) {
            throw new CryptoException("the other side's public key is of low order: the agreement gives only zeros");
        }
        return secret;
    }

    /**
     * The key in 33 bytes, 0x05 first; one that is prefixed already comes back as a copy.
     *
     * @throws CryptoException neither 32 bytes nor 33 with 0x05 in front
     */
    public static byte[] prefixed(byte[] publicKey) throws CryptoException {
        byte[] prefixed = new byte[PREFIXED_LENGTH];
        prefixed[0] = PREFIX;
        System.arraycopy(publicKey, keyOffset(publicKey), prefixed, 1, KEY_LENGTH);
        return prefixed;
    }

    /**
     * The key in 32 raw bytes; one without prefix comes back as a copy.
     *
     * @throws CryptoException neither 32 bytes nor 33 with 0x05 in front
     */
    public static byte[] unprefixed(byte[] publicKey) throws CryptoException {
        int offset = keyOffset(publicKey);
        return Arrays.copyOfRange(publicKey, offset, offset + KEY_LENGTH);
    }

    static byte[] clamped(byte[] privateKey) {
        byte[] clamped = Primitives.exactly(privateKey, KEY_LENGTH, "a Curve25519 private key")
                .clone();
        X25519.clampPrivateKey(clamped);
        return clamped;
    }

    /** Where the 32 raw bytes begin. */
    private static int keyOffset(byte[] publicKey) throws CryptoException {
        if (publicKey.length == KEY_LENGTH) {
            return 0;
        }
        if (publicKey.length != PREFIXED_LENGTH) {
            throw new CryptoException(
                    "a Curve25519 public key has 32 bytes, or 33 with its type byte, not " + publicKey.length);
        }
        if (publicKey[0] != PREFIX) {
            throw new CryptoException(
                    "a Curve25519 public key of 33 bytes begins with 5, not with " + (publicKey[0] & 0xff));
        }
        return 1;
    }
}
