package dev.whatsappmd.engine.crypto;

import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.jspecify.annotations.Nullable;

/**
 * A public key under which many signatures are checked: its points are decoded once. As strict as {@link XEdDsa#verify}.
 * Not safe for use by several threads.
 */
public final class XEdDsaKey {
    private static final int SIGN_BIT = 0x80;
    private static final int LAST = XEdDsa.SIGNATURE_LENGTH - 1;

    private final byte[] publicKey;
    private final boolean usable;

    /** By the sign bit, which comes with the signature; a signer uses one and the same. */
    private final Ed25519.@Nullable PublicPoint[] points = new Ed25519.PublicPoint[2];

    /** @param publicKey 32 raw bytes; one of low order or not canonical is taken, and every signature under it refused */
    public XEdDsaKey(byte[] publicKey) {
        this.publicKey = Primitives.exactly(publicKey, Curve25519.KEY_LENGTH, "a Curve25519 public key")
                .clone();
        this.usable = XEdDsa.isUsable(this.publicKey);
    }

    /** 32 bytes; not to be written to. */
    public byte[] publicKey() {
        return publicKey;
    }

    /** Whether the signature is this key's over the first {@code length} bytes of the message. */
    public boolean verify(byte[] message, int length, byte[] signature) {
        if (signature.length != XEdDsa.SIGNATURE_LENGTH || !usable) {
            return false;
        }
        int sign = signature[LAST] & SIGN_BIT;
        Ed25519.PublicPoint point = point(sign);
        if (point == null) {
            return false;
        }
        byte[] plain = signature.clone();
        plain[LAST] &= ~SIGN_BIT;
        return Ed25519.verify(plain, 0, point, message, 0, length);
    }

    /** Null when there is no such point on the curve. */
    private Ed25519.@Nullable PublicPoint point(int sign) {
        int index = sign >>> 7;
        if (points[index] == null) {
            byte[] edwards = EdwardsPoint.yOfMontgomery(publicKey);
            edwards[edwards.length - 1] |= (byte) sign;
            points[index] = Ed25519.validatePublicKeyPartialExport(edwards, 0);
        }
        return points[index];
    }
}
