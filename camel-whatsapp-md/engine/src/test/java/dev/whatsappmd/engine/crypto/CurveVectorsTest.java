package dev.whatsappmd.engine.crypto;

import static dev.whatsappmd.engine.Vectors.b64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.ThrowingConsumer;

/** Keys, agreement and signatures as another implementation made them. */
class CurveVectorsTest {
    private static Stream<DynamicTest> all(String kind, ThrowingConsumer<JsonNode> test) {
        return Vectors.tests("curve.json", kind, test);
    }

    @Test
    void everyKindOfTheFileHasATest() {
        Set<String> kinds = new TreeSet<>();
        Vectors.cases("curve.json").forEach(c -> kinds.add(c.path("kind").asText()));
        assertThat(kinds)
                .containsExactlyInAnyOrder(
                        "x25519",
                        "x25519Invalid",
                        "prefix",
                        "publicKeyInvalid",
                        "xeddsa",
                        "xeddsaNonCanonical",
                        "xeddsaInvalidLength",
                        "note",
                        "signedPreKey",
                        "hkdf",
                        "aesGcm",
                        "aesGcmInvalid",
                        "aesCbc",
                        "aesCbcIvPrefixed",
                        "aesCbcInvalid",
                        "aesCtr",
                        "pbkdf2",
                        "crockford",
                        "hmac",
                        "digest");
    }

    @TestFactory
    Stream<DynamicTest> agreesOnTheSecret() {
        return all("x25519", c -> {
            byte[] privateKey = b64(c.path("private"));
            byte[] shared = b64(c.path("shared"));
            assertThat(Curve25519.keyPairOf(privateKey).publicKey()).isEqualTo(b64(c.path("publicOfPrivate")));
            assertThat(Curve25519.agree(privateKey, b64(c.path("peerPublic")))).isEqualTo(shared);
            if (c.has("peerPublicPrefixed")) {
                assertThat(Curve25519.agree(privateKey, b64(c.path("peerPublicPrefixed"))))
                        .isEqualTo(shared);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesToAgreeOnZeros() {
        return all("x25519Invalid", c -> assertThatThrownBy(
                        () -> Curve25519.agree(b64(c.path("private")), b64(c.path("peerPublic"))))
                .isInstanceOf(CryptoException.class)
                .hasMessageContaining("low order"));
    }

    @TestFactory
    Stream<DynamicTest> prefixesPublicKeys() {
        return all("prefix", c -> {
            byte[] prefixed = b64(c.path("prefixed"));
            assertThat(Curve25519.prefixed(b64(c.path("input")))).isEqualTo(prefixed);
            assertThat(Curve25519.prefixed(Curve25519.unprefixed(prefixed))).isEqualTo(prefixed);
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesPublicKeysOfTheWrongForm() {
        byte[] privateKey = new byte[32];
        return all("publicKeyInvalid", c -> {
            byte[] input = b64(c.path("input"));
            assertThatThrownBy(() -> Curve25519.prefixed(input)).isInstanceOf(CryptoException.class);
            assertThatThrownBy(() -> Curve25519.unprefixed(input)).isInstanceOf(CryptoException.class);
            assertThatThrownBy(() -> Curve25519.agree(privateKey, input)).isInstanceOf(CryptoException.class);
            assertThat(XEdDsa.verify(input, new byte[1], new byte[64])).isFalse();
        });
    }

    @TestFactory
    Stream<DynamicTest> verifiesSignatures() {
        return all("xeddsa", c -> {
            byte[] message = b64(c.path("message"));
            byte[] publicKey = b64(c.path("public"));
            byte[] signature = b64(c.path("signature"));
            boolean valid = c.path("valid").asBoolean();
            assertThat(XEdDsa.verify(publicKey, message, signature)).isEqualTo(valid);
            assertThat(XEdDsa.verify(Curve25519.prefixed(publicKey), message, signature))
                    .isEqualTo(valid);
        });
    }

    @TestFactory
    Stream<DynamicTest> signsAsTheReferenceDoesWithTheSameRandomBytes() {
        return all("xeddsa", c -> {
            if (c.has("private")) {
                byte[] message = b64(c.path("message"));
                RandomGenerator random =
                        c.has("random") ? drawing(b64(c.path("random"))) : RandomGenerator.getDefault();
                byte[] signature = XEdDsa.sign(b64(c.path("private")), message, random);
                assertThat(XEdDsa.verify(b64(c.path("public")), message, signature))
                        .isTrue();
                assertThat(signature[63] >> 7 & 1).isEqualTo(c.path("signBit").asInt());
                if (c.has("random")) {
                    assertThat(signature).isEqualTo(b64(c.path("signature")));
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesSignaturesThatAreNotReduced() {
        return all("xeddsaNonCanonical", c -> assertThat(
                        XEdDsa.verify(b64(c.path("public")), b64(c.path("message")), b64(c.path("signature"))))
                .isFalse());
    }

    @TestFactory
    Stream<DynamicTest> refusesSignaturesOfTheWrongLength() {
        return all("xeddsaInvalidLength", c -> assertThat(XEdDsa.verify(
                        b64(c.path("public")),
                        b64(c.path("message")),
                        new byte[c.path("signatureLength").asInt()]))
                .isFalse());
    }

    @TestFactory
    Stream<DynamicTest> verifiesSignedPreKeysOverThePrefixedKey() {
        return all("signedPreKey", c -> {
            byte[] identity = b64(c.path("identity").path("public"));
            byte[] preKey = b64(c.path("preKey").path("public"));
            byte[] message = Curve25519.prefixed(preKey);
            assertThat(message).isEqualTo(b64(c.path("signedMessage")));
            assertThat(XEdDsa.verify(identity, message, b64(c.path("signature"))))
                    .isTrue();
            assertThat(XEdDsa.verify(identity, preKey, b64(c.path("signature"))))
                    .isFalse();
        });
    }

    private static RandomGenerator drawing(byte[] bytes) {
        return new RandomGenerator() {
            @Override
            public void nextBytes(byte[] target) {
                assertThat(target).hasSameSizeAs(bytes);
                System.arraycopy(bytes, 0, target, 0, bytes.length);
            }

            @Override
            public long nextLong() {
                throw new AssertionError("a signature draws bytes");
            }
        };
    }
}
