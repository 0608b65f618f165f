package dev.whatsappmd.engine.crypto;

import java.util.Arrays;

/**
 * Multiples of the base point of edwards25519, in a time that does not depend on the scalar. Bouncy Castle can do this too,
 * but its public API hashes every private key first, which XEdDSA must not.
 *
 * <p>A scalar is 64 digits of base 16. Column c of the table serves the digits 8c to 8c+7 and has the points
 * 1 to 8 times 16^(8c) B; digits from -8 to 8 make half a table enough. Made once, at the first signature. Thread-safe.
 */
final class BasePointTable {
    private static final int DIGITS = 64;
    private static final int DIGITS_PER_COLUMN = 8;
    private static final int COLUMNS = DIGITS / DIGITS_PER_COLUMN;
    private static final int MULTIPLES = 8;
    private static final int BITS_PER_DIGIT = 4;

    private static final EdwardsPoint.Affine[][] POINTS = points();

    private BasePointTable() {}

    /**
     * The encoding of {@code scalar} times the base point.
     *
     * @param scalar 32 bytes, little endian, below 2^255
     */
    static byte[] multiply(byte[] scalar) {
        byte[] digits = signedDigits(scalar);
        EdwardsPoint sum = new EdwardsPoint();
        EdwardsPoint.Affine selected = new EdwardsPoint.Affine();
        for (int position = DIGITS_PER_COLUMN - 1; position >= 0; position--) {
            for (int i = 0; i < BITS_PER_DIGIT; i++) {
                sum.twice();
            }
            for (int column = 0; column < COLUMNS; column++) {
                select(POINTS[column], digits[column * DIGITS_PER_COLUMN + position], selected);
                sum.add(selected);
            }
        }
        byte[] encoded = sum.encoded();
        Arrays.fill(digits, (byte) 0);
        selected.setNeutral();
        sum.wipe();
        return encoded;
    }

    private static byte[] signedDigits(byte[] scalar) {
        byte[] digits = new byte[DIGITS];
        int carry = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = (scalar[i >> 1] >> ((i & 1) << 2) & 15) + carry;
            // The topmost digit of a scalar below 2^255 is 8 at most with its carry; there is nowhere to carry it to.
            carry = i == DIGITS - 1 ? 0 : digit + 8 >> BITS_PER_DIGIT;
            digits[i] = (byte) (digit - (carry << BITS_PER_DIGIT));
        }
        return digits;
    }

    /** Takes the digit's point, touching all points of the column. */
    private static void select(EdwardsPoint.Affine[] column, int digit, EdwardsPoint.Affine selected) {
        int sign = digit >> 31;
        int magnitude = (digit ^ sign) - sign;
        selected.setNeutral();
        for (int multiple = 1; multiple <= MULTIPLES; multiple++) {
            int mask = ((magnitude ^ multiple) - 1) >> 31;
            selected.move(mask, column[multiple - 1]);
        }
        selected.negate(-sign);
    }

    private static EdwardsPoint.Affine[][] points() {
        EdwardsPoint.Affine[][] points = new EdwardsPoint.Affine[COLUMNS][MULTIPLES];
        EdwardsPoint columnBase = EdwardsPoint.base();
        for (EdwardsPoint.Affine[] column : points) {
            EdwardsPoint multiple = new EdwardsPoint();
            EdwardsPoint.Affine base = columnBase.affine();
            for (int i = 0; i < MULTIPLES; i++) {
                multiple.add(base);
                column[i] = multiple.affine();
            }
            for (int i = 0; i < DIGITS_PER_COLUMN * BITS_PER_DIGIT; i++) {
                columnBase.twice();
            }
        }
        return points;
    }
}
