package dev.whatsappmd.engine.crypto;

import static dev.whatsappmd.engine.Vectors.b64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A key that is kept decoded judges as {@link XEdDsa#verify} does. */
class XEdDsaKeyTest {
    private final Random random = new Random(5);

    @TestFactory
    Stream<DynamicTest> verifiesSignatures() {
        return Vectors.tests(
                "curve.json", "xeddsa", test -> check(test, test.path("valid").asBoolean()));
    }

    @TestFactory
    Stream<DynamicTest> refusesSignaturesThatAreNotReduced() {
        return Vectors.tests("curve.json", "xeddsaNonCanonical", test -> check(test, false));
    }

    /** Only the beginning of the array is the message; a second look at the same key finds the same. */
    private void check(JsonNode test, boolean valid) {
        XEdDsaKey key = new XEdDsaKey(b64(test.path("public")));
        byte[] message = b64(test.path("message"));
        byte[] longer = Arrays.copyOf(message, message.length + 64);
        byte[] signature = b64(test.path("signature"));
        assertThat(key.verify(message, message.length, signature)).isEqualTo(valid);
        assertThat(key.verify(longer, message.length, signature)).isEqualTo(valid);
    }

    @Test
    void agreesWithVerifyOnAlteredSignatures() {
        KeyPair pair = Curve25519.generateKeyPair(random);
        XEdDsaKey key = new XEdDsaKey(pair.publicKey());
        byte[] message = new byte[40];
        byte[] signature = XEdDsa.sign(pair.privateKey(), message, random);
        assertThat(key.verify(message, message.length, signature)).isTrue();
        for (int bit = 0; bit < signature.length * 8; bit += 3) {
            byte[] altered = signature.clone();
            altered[bit >> 3] ^= (byte) (1 << (bit & 7));
            assertThat(key.verify(message, message.length, altered)).isFalse();
            assertThat(XEdDsa.verify(pair.publicKey(), message, altered)).isFalse();
        }
        assertThat(key.verify(message, message.length, Arrays.copyOf(signature, 63)))
                .isFalse();
        assertThat(key.verify(message, 39, signature)).isFalse();
    }

    @Test
    void proofsUnderAKeyOfLowOrderCountForNothing() {
        byte[] one = new byte[32];
        one[0] = 1;
        byte[] tooLarge = new byte[32];
        Arrays.fill(tooLarge, (byte) 0xff);
        for (byte[] bad : new byte[][] {new byte[32], one, tooLarge}) {
            XEdDsaKey key = new XEdDsaKey(bad);
            assertThat(key.verify(new byte[5], 5, new byte[64])).isFalse();
            assertThat(key.publicKey()).isEqualTo(bad);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new XEdDsaKey(new byte[33]));
    }
}
