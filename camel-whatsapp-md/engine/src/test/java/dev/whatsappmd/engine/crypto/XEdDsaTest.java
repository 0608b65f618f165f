package dev.whatsappmd.engine.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XEdDsaTest {
    private static final BigInteger L =
            BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final BigInteger P = BigInteger.ONE.shiftLeft(255).subtract(BigInteger.valueOf(19));

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(20261121L);

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void verifiesWhatItSigned() {
        for (int length = 0; length < 300; length++) {
            KeyPair pair = Curve25519.generateKeyPair(random);
            byte[] message = bytes(length);
            byte[] signature = XEdDsa.sign(pair.privateKey(), message, random);
            assertThat(XEdDsa.verify(pair.publicKey(), message, signature))
                    .as("%d", length)
                    .isTrue();
            signature[random.nextInt(64)] ^= (byte) (1 << random.nextInt(8));
            assertThat(XEdDsa.verify(pair.publicKey(), message, signature))
                    .as("%d altered", length)
                    .isFalse();
        }
    }

    @Test
    void signsWithAnUnclampedKeyAsWithTheClampedOne() {
        byte[] privateKey = bytes(32);
        privateKey[0] |= 7;
        privateKey[31] |= (byte) 0x80;
        KeyPair pair = Curve25519.keyPairOf(privateKey);
        assertThat(pair.privateKey()).isNotEqualTo(privateKey);
        assertThat(XEdDsa.verify(pair.publicKey(), new byte[9], XEdDsa.sign(privateKey, new byte[9], random)))
                .isTrue();
    }

    @Test
    void signsDifferentlyEachTime() {
        KeyPair pair = Curve25519.generateKeyPair(random);
        assertThat(XEdDsa.sign(pair.privateKey(), new byte[5], random))
                .isNotEqualTo(XEdDsa.sign(pair.privateKey(), new byte[5], random));
    }

    @Test
    void leavesTheArgumentsAlone() {
        KeyPair pair = Curve25519.generateKeyPair(random);
        byte[] privateKey = pair.privateKey().clone();
        byte[] message = bytes(40);
        byte[] messageBefore = message.clone();
        byte[] signature = XEdDsa.sign(privateKey, message, random);
        byte[] signatureBefore = signature.clone();
        XEdDsa.verify(pair.publicKey(), message, signature);
        assertThat(privateKey).isEqualTo(pair.privateKey());
        assertThat(message).isEqualTo(messageBefore);
        assertThat(signature).isEqualTo(signatureBefore);
    }

    /** The identity as R and 0 as S hold under a key of low order for one message in eight. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
            })
    void refusesKeysOfLowOrder(String hex) {
        byte[] key = HexFormat.of().parseHex(hex);
        byte[] secret = new byte[32];
        assertThat(X25519.calculateAgreement(bytes(32), 0, key, 0, secret, 0)).isFalse();
        byte[] signature = new byte[64];
        signature[0] = 1;
        for (int i = 0; i < 64; i++) {
            signature[63] = (byte) ((i & 1) << 7);
            assertThat(XEdDsa.verify(key, new byte[] {(byte) i}, signature)).isFalse();
        }
    }

    @Test
    void refusesKeysThatAreNotCanonical() {
        KeyPair pair = Curve25519.generateKeyPair(random);
        byte[] signature = XEdDsa.sign(pair.privateKey(), new byte[3], random);
        byte[] topBit = pair.publicKey().clone();
        topBit[31] |= (byte) 0x80;
        assertThat(XEdDsa.verify(topBit, new byte[3], signature)).isFalse();
        assertThat(XEdDsa.verify(littleEndian(P.add(BigInteger.valueOf(9)), 32), new byte[3], signature))
                .isFalse();
    }

    @Test
    void multipliesTheBasePointAsBouncyCastleDoes() throws Exception {
        for (int i = 0; i < 200; i++) {
            byte[] seed = bytes(32);
            byte[] scalar = Arrays.copyOf(MessageDigest.getInstance("SHA-512").digest(seed), 32);
            X25519.clampPrivateKey(scalar);
            byte[] expected = new byte[32];
            Ed25519.generatePublicKey(seed, 0, expected, 0);
            assertThat(BasePointTable.multiply(scalar)).isEqualTo(expected);
            expected[31] &= 0x7f;
            assertThat(EdwardsPoint.yOfMontgomery(Curve25519.keyPairOf(scalar).publicKey()))
                    .isEqualTo(expected);
        }
    }

    @Test
    void multipliesTheBasePointByTheEdgesOfTheRange() {
        byte[] base = littleEndian(
                BigInteger.valueOf(4)
                        .multiply(BigInteger.valueOf(5).modInverse(P))
                        .mod(P),
                32);
        byte[] negativeBase = base.clone();
        negativeBase[31] |= (byte) 0x80;
        byte[] neutral = littleEndian(BigInteger.ONE, 32);
        assertThat(BasePointTable.multiply(littleEndian(BigInteger.ZERO, 32))).isEqualTo(neutral);
        assertThat(BasePointTable.multiply(littleEndian(BigInteger.ONE, 32))).isEqualTo(base);
        assertThat(BasePointTable.multiply(littleEndian(L, 32))).isEqualTo(neutral);
        assertThat(BasePointTable.multiply(littleEndian(L.add(BigInteger.ONE), 32)))
                .isEqualTo(base);
        assertThat(BasePointTable.multiply(littleEndian(L.subtract(BigInteger.ONE), 32)))
                .isEqualTo(negativeBase);
        // The greatest scalar below 2^255, and all digits 8, where every digit carries into the next.
        for (BigInteger scalar : new BigInteger[] {
            BigInteger.ONE.shiftLeft(255).subtract(BigInteger.ONE), new BigInteger("8".repeat(63), 16)
        }) {
            assertThat(BasePointTable.multiply(littleEndian(scalar, 32)))
                    .isEqualTo(BasePointTable.multiply(littleEndian(scalar.mod(L), 32)));
        }
    }

    @Test
    void reducesScalarsAsBigIntegerDoes() {
        for (int i = 0; i < 2000; i++) {
            byte[] wide = bytes(64);
            if (i % 3 == 0) {
                Arrays.fill(wide, random.nextInt(33), 64, (byte) (i % 2 == 0 ? 0 : 0xff));
            }
            assertThat(Scalar25519.reduce(wide))
                    .isEqualTo(littleEndian(number(wide).mod(L), 32));

            byte[] a = bytes(32);
            byte[] b = bytes(32);
            byte[] c = bytes(32);
            assertThat(Scalar25519.multiplyAdd(a, b, c))
                    .isEqualTo(littleEndian(
                            number(a).multiply(number(b)).add(number(c)).mod(L), 32));
        }
    }

    @Test
    void reducesScalarsAroundMultiplesOfTheOrder() {
        BigInteger top = BigInteger.ONE.shiftLeft(512).subtract(BigInteger.ONE);
        for (BigInteger multiple : new BigInteger[] {
            BigInteger.ZERO,
            BigInteger.ONE,
            BigInteger.TWO,
            BigInteger.valueOf(15),
            BigInteger.valueOf(16),
            top.divide(L)
        }) {
            for (int distance = -2; distance <= 2; distance++) {
                BigInteger value = multiple.multiply(L).add(BigInteger.valueOf(distance));
                if (value.signum() >= 0) {
                    assertThat(Scalar25519.reduce(littleEndian(value, 64)))
                            .as("%s L %+d", multiple, distance)
                            .isEqualTo(littleEndian(value.mod(L), 32));
                }
            }
        }
        assertThat(Scalar25519.reduce(littleEndian(top, 64))).isEqualTo(littleEndian(top.mod(L), 32));
        byte[] full = new byte[32];
        Arrays.fill(full, (byte) 0xff);
        assertThat(Scalar25519.multiplyAdd(full, full, full))
                .isEqualTo(littleEndian(
                        number(full).multiply(number(full)).add(number(full)).mod(L), 32));
    }

    private static BigInteger number(byte[] littleEndian) {
        return new BigInteger(1, reversed(littleEndian));
    }

    private static byte[] littleEndian(BigInteger value, int length) {
        byte[] bigEndian = value.toByteArray();
        byte[] padded = new byte[Math.max(length, bigEndian.length)];
        System.arraycopy(bigEndian, 0, padded, padded.length - bigEndian.length, bigEndian.length);
        return Arrays.copyOf(reversed(padded), length);
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }
}
