package dev.whatsappmd.engine.crypto;

import java.util.Arrays;
import org.bouncycastle.math.ec.rfc7748.X25519Field;

/**
 * A point of edwards25519 in extended coordinates (x = X/Z, y = Y/Z, xy = T/Z), changed in place. The field arithmetic is
 * Bouncy Castle's; a sum of more than two products is carried before it is multiplied again, as that class wants it.
 *
 * <p>Formulas: Hisil, Wong, Carter, Dawson, "Twisted Edwards curves revisited" (2008), a = -1. They are complete and take
 * the same steps for all points. Not thread-safe.
 */
final class EdwardsPoint {
    static final int ENCODED_LENGTH = 32;

    private static final int[] D = quotient(negated(number(121665)), number(121666));

    private final int[] x = number(0);
    private final int[] y = number(1);
    private final int[] z = number(1);
    private final int[] t = number(0);

    private final int[] e = X25519Field.create();
    private final int[] f = X25519Field.create();
    private final int[] g = X25519Field.create();
    private final int[] h = X25519Field.create();

    /** The neutral element. */
    EdwardsPoint() {}

    /** The base point: y = 4/5, x even (RFC 8032). */
    static EdwardsPoint base() {
        EdwardsPoint base = new EdwardsPoint();
        int[] y = quotient(number(4), number(5));
        int[] numerator = X25519Field.create();
        int[] denominator = X25519Field.create();
        X25519Field.sqr(y, numerator);
        X25519Field.mul(numerator, D, denominator);
        X25519Field.subOne(numerator);
        X25519Field.addOne(denominator);
        int[] x = X25519Field.create();
        if (!X25519Field.sqrtRatioVar(numerator, denominator, x)) {
            throw new IllegalStateException("4/5 is not the y of a point of edwards25519");
        }
        X25519Field.normalize(x);
        X25519Field.cnegate(x[0] & 1, x);
        X25519Field.copy(x, 0, base.x, 0);
        X25519Field.copy(y, 0, base.y, 0);
        X25519Field.mul(x, y, base.t);
        return base;
    }

    void twice() {
        X25519Field.sqr(x, e);
        X25519Field.sqr(y, f);
        X25519Field.apm(e, f, h, g);
        X25519Field.add(x, y, e);
        X25519Field.sqr(e, e);
        X25519Field.sub(h, e, e);
        X25519Field.carry(e);
        X25519Field.sqr(z, f);
        X25519Field.add(f, f, f);
        X25519Field.add(f, g, f);
        X25519Field.carry(f);
        takeProducts();
    }

    /** Adds an affine point. */
    void add(Affine point) {
        X25519Field.apm(y, x, h, g);
        X25519Field.mul(g, point.difference, e);
        X25519Field.mul(h, point.sum, f);
        X25519Field.apm(f, e, h, e);
        X25519Field.add(z, z, g);
        X25519Field.mul(t, point.product, t);
        X25519Field.apm(g, t, g, f);
        X25519Field.carry(g);
        X25519Field.carry(f);
        takeProducts();
    }

    private void takeProducts() {
        X25519Field.mul(e, f, x);
        X25519Field.mul(g, h, y);
        X25519Field.mul(f, g, z);
        X25519Field.mul(e, h, t);
    }

    Affine affine() {
        int[] inverse = X25519Field.create();
        int[] affineX = X25519Field.create();
        int[] affineY = X25519Field.create();
        invert(z, inverse);
        X25519Field.mul(x, inverse, affineX);
        X25519Field.mul(y, inverse, affineY);

        Affine point = new Affine();
        X25519Field.apm(affineY, affineX, point.sum, point.difference);
        X25519Field.carry(point.sum);
        X25519Field.carry(point.difference);
        X25519Field.mul(affineX, affineY, point.product);
        X25519Field.mul(point.product, D, point.product);
        X25519Field.add(point.product, point.product, point.product);
        X25519Field.carry(point.product);
        return point;
    }

    /** y, and the lowest bit of x in the place of bit 255 (RFC 8032). */
    byte[] encoded() {
        int[] inverse = X25519Field.create();
        int[] affine = X25519Field.create();
        X25519Field.inv(z, inverse);
        X25519Field.mul(x, inverse, affine);
        X25519Field.normalize(affine);
        int lowestBitOfX = affine[0] & 1;
        X25519Field.mul(y, inverse, affine);
        byte[] encoded = encoded(affine);
        encoded[ENCODED_LENGTH - 1] |= (byte) (lowestBitOfX << 7);
        return encoded;
    }

    /** The Edwards y, (u - 1) / (u + 1), of a Montgomery u; 0 for u = -1. */
    static byte[] yOfMontgomery(byte[] u) {
        int[] numerator = X25519Field.create();
        X25519Field.decode(u, numerator);
        int[] denominator = numerator.clone();
        X25519Field.subOne(numerator);
        X25519Field.addOne(denominator);
        return encoded(quotient(numerator, denominator));
    }

    void wipe() {
        for (int[] element : new int[][] {x, y, z, t, e, f, g, h}) {
            Arrays.fill(element, 0);
        }
    }

    private static byte[] encoded(int[] element) {
        byte[] encoded = new byte[ENCODED_LENGTH];
        X25519Field.normalize(element);
        X25519Field.encode(element, encoded);
        return encoded;
    }

    private static int[] number(int value) {
        int[] element = X25519Field.create();
        element[0] = value;
        return element;
    }

    private static int[] negated(int[] element) {
        int[] negative = X25519Field.create();
        X25519Field.negate(element, negative);
        return negative;
    }

    private static int[] quotient(int[] numerator, int[] denominator) {
        int[] quotient = X25519Field.create();
        invert(denominator, quotient);
        X25519Field.mul(numerator, quotient, quotient);
        return quotient;
    }

    /** For values that are no secret: the time depends on them. */
    private static void invert(int[] element, int[] inverse) {
        int[] normal = element.clone();
        X25519Field.normalize(normal);
        X25519Field.invVar(normal, inverse);
    }

    /** An affine point as an addition wants it: y + x, y - x, 2dxy. The neutral element when new. */
    static final class Affine {
        private final int[] sum = number(1);
        private final int[] difference = number(1);
        private final int[] product = number(0);

        void setNeutral() {
            X25519Field.one(sum);
            X25519Field.one(difference);
            X25519Field.zero(product);
        }

        /** Becomes the other point where the mask is -1 and stays where it is 0. */
        void move(int mask, Affine other) {
            X25519Field.cmov(mask, other.sum, 0, sum, 0);
            X25519Field.cmov(mask, other.difference, 0, difference, 0);
            X25519Field.cmov(mask, other.product, 0, product, 0);
        }

        /** Becomes its negative where {@code negate} is 1 and stays where it is 0. */
        void negate(int negate) {
            X25519Field.cswap(negate, sum, difference);
            X25519Field.cnegate(negate, product);
        }
    }
}
