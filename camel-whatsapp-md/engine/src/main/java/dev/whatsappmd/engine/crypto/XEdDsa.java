package dev.whatsappmd.engine.crypto;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Signatures with Curve25519 keys (Signal's XEdDSA), in the form the field uses: the private key is not negated, the sign
 * of the Edwards public key travels in bit 511 of the signature instead (libsignal, curve25519-js). Safe for use by any
 * thread.
 */
public final class XEdDsa {
    public static final int SIGNATURE_LENGTH = 64;

    private static final int RANDOM_LENGTH = 64;
    private static final int HALF = SIGNATURE_LENGTH / 2;
    private static final int LAST = SIGNATURE_LENGTH - 1;
    private static final int SIGN_BIT = 0x80;
    private static final byte[] NONCE_LABEL = nonceLabel();
    private static final byte[] FIELD_ORDER =
            HexFormat.of().parseHex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    // All u below 2^255 - 19 of an order that divides 8. Under such a key a signature can be made without knowing any
    // secret.
    private static final List<byte[]> LOW_ORDER = List.of(
            HexFormat.of().parseHex("0000000000000000000000000000000000000000000000000000000000000000"),
            HexFormat.of().parseHex("0100000000000000000000000000000000000000000000000000000000000000"),
            HexFormat.of().parseHex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
            HexFormat.of().parseHex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
            HexFormat.of().parseHex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"));

    private static final ThreadLocal<MessageDigest> SHA512 =
            ThreadLocal.withInitial(() -> Primitives.digest("SHA-512"));

    private XEdDsa() {}

    /**
     * Signs a message; 64 bytes, different each time.
     *
     * @param privateKey 32 bytes, clamped or not
     * @param random a cryptographic one; 64 bytes are drawn
     */
    public static byte[] sign(byte[] privateKey, byte[] message, RandomGenerator random) {
        byte[] scalar = Curve25519.clamped(privateKey);
        byte[] publicPoint = BasePointTable.multiply(scalar);
        byte[] drawn = new byte[RANDOM_LENGTH];
        random.nextBytes(drawn);
        byte[] nonce = hash(NONCE_LABEL, scalar, message, drawn);
        byte[] noncePoint = BasePointTable.multiply(nonce);
        byte[] challenge = hash(noncePoint, publicPoint, message);

        byte[] signature = Arrays.copyOf(noncePoint, SIGNATURE_LENGTH);
        System.arraycopy(Scalar25519.multiplyAdd(challenge, scalar, nonce), 0, signature, HALF, HALF);
        signature[LAST] |= (byte) (publicPoint[HALF - 1] & SIGN_BIT);
        Arrays.fill(scalar, (byte) 0);
        Arrays.fill(drawn, (byte) 0);
        Arrays.fill(nonce, (byte) 0);
        return signature;
    }

    /**
     * Whether the signature is this key's over this message. Strict: false for a wrong length of key or signature, an S that
     * is not reduced, an R or key that is not canonical, and a key of low order.
     *
     * @param publicKey 32 raw bytes, or 33 with 0x05 in front
     */
    public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        if (signature.length != SIGNATURE_LENGTH) {
            return false;
        }
        byte[] u;
        try {
            u = Curve25519.unprefixed(publicKey);
        } catch (CryptoException e) {
            return false;
        }
        if (!isUsable(u)) {
            return false;
        }
        byte[] edwards = EdwardsPoint.yOfMontgomery(u);
        edwards[HALF - 1] |= (byte) (signature[LAST] & SIGN_BIT);
        byte[] plain = signature.clone();
        plain[LAST] &= ~SIGN_BIT;
        return Ed25519.verify(plain, 0, edwards, 0, message, 0, message.length);
    }

    /** Whether 32 raw bytes are a key under which a signature proves anything. */
    static boolean isUsable(byte[] u) {
        return isCanonical(u) && LOW_ORDER.stream().noneMatch(low -> Arrays.equals(low, u));
    }

    /** Below 2^255 - 19. */
    private static boolean isCanonical(byte[] u) {
        for (int i = HALF - 1; i >= 0; i--) {
            if (u[i] != FIELD_ORDER[i]) {
                return (u[i] & 0xff) < (FIELD_ORDER[i] & 0xff);
            }
        }
        return false;
    }

    /** SHA-512 of the parts, modulo the order of the base point. */
    private static byte[] hash(byte[]... parts) {
        MessageDigest digest = SHA512.get();
        for (byte[] part : parts) {
            digest.update(part);
        }
        return Scalar25519.reduce(digest.digest());
    }

    /** hash_1 of the XEdDSA specification: 2^256 - 2, little endian. */
    private static byte[] nonceLabel() {
        byte[] label = new byte[HALF];
        Arrays.fill(label, (byte) 0xff);
        label[0] = (byte) 0xfe;
        return label;
    }
}
