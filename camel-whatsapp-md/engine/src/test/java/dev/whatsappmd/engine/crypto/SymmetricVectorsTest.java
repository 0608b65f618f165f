package dev.whatsappmd.engine.crypto;

import static dev.whatsappmd.engine.Vectors.b64;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.ThrowingConsumer;

/** Ciphers, MACs, hashes and derivations as another implementation made them. */
class SymmetricVectorsTest {
    private static Stream<DynamicTest> all(String kind, ThrowingConsumer<JsonNode> test) {
        return Vectors.tests("curve.json", kind, test);
    }

    @TestFactory
    Stream<DynamicTest> derivesKeys() {
        return all("hkdf", c -> assertThat(Hkdf.sha256(
                        b64(c.path("ikm")),
                        Vectors.optionalB64(c.path("salt")).orElse(null),
                        c.path("info").asText().getBytes(UTF_8),
                        c.path("length").asInt()))
                .isEqualTo(b64(c.path("okm"))));
    }

    @TestFactory
    Stream<DynamicTest> encryptsAndDecryptsGcm() {
        return all("aesGcm", c -> {
            AesGcm gcm = new AesGcm(b64(c.path("key")));
            byte[] iv = b64(c.path("iv"));
            byte[] aad = b64(c.path("aad"));
            byte[] plaintext = b64(c.path("plaintext"));
            byte[] ciphertext = b64(c.path("ciphertext"));
            assertThat(gcm.encrypt(iv, aad, plaintext)).isEqualTo(ciphertext);
            assertThat(gcm.decrypt(iv, aad, ciphertext)).isEqualTo(plaintext);
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesGcmWithAnAlteredTagAndGoesOnAfterwards() {
        return all("aesGcmInvalid", c -> {
            AesGcm gcm = new AesGcm(b64(c.path("key")));
            byte[] iv = b64(c.path("iv"));
            byte[] aad = b64(c.path("aad"));
            byte[] ciphertext = b64(c.path("ciphertext"));
            assertThatThrownBy(() -> gcm.decrypt(iv, aad, ciphertext))
                    .isInstanceOf(CryptoException.class)
                    .hasMessageContaining("tag");
            assertThat(gcm.decrypt(iv, aad, gcm.encrypt(iv, aad, new byte[3]))).hasSize(3);
        });
    }

    @TestFactory
    Stream<DynamicTest> encryptsAndDecryptsCbc() {
        return all("aesCbc", c -> {
            byte[] key = b64(c.path("key"));
            byte[] iv = b64(c.path("iv"));
            assertThat(AesCbc.encrypt(key, iv, b64(c.path("plaintext")))).isEqualTo(b64(c.path("ciphertext")));
            assertThat(AesCbc.decrypt(key, iv, b64(c.path("ciphertext")))).isEqualTo(b64(c.path("plaintext")));
        });
    }

    @TestFactory
    Stream<DynamicTest> encryptsAndDecryptsCbcWithTheIvInFront() {
        return all("aesCbcIvPrefixed", c -> {
            byte[] key = b64(c.path("key"));
            byte[] plaintext = b64(c.path("plaintext"));
            byte[] ciphertext = b64(c.path("ciphertext"));
            assertThat(AesCbc.decryptIvPrefixed(key, ciphertext)).isEqualTo(plaintext);

            byte[] ours = AesCbc.encryptIvPrefixed(key, plaintext, RandomGenerator.getDefault());
            assertThat(ours).hasSameSizeAs(ciphertext);
            assertThat(AesCbc.decryptIvPrefixed(key, ours)).isEqualTo(plaintext);
            assertThat(AesCbc.encrypt(key, Arrays.copyOf(ciphertext, 16), plaintext))
                    .isEqualTo(Arrays.copyOfRange(ciphertext, 16, ciphertext.length));
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesCbcThatIsNotWholeBlocks() {
        return all("aesCbcInvalid", c -> {
            byte[] key = b64(c.path("key"));
            byte[] iv = b64(c.path("iv"));
            byte[] ciphertext = b64(c.path("ciphertext"));
            byte[] prefixed = Arrays.copyOf(iv, 16 + ciphertext.length);
            System.arraycopy(ciphertext, 0, prefixed, 16, ciphertext.length);
            assertThatThrownBy(() -> AesCbc.decrypt(key, iv, ciphertext)).isInstanceOf(CryptoException.class);
            assertThatThrownBy(() -> AesCbc.decryptIvPrefixed(key, prefixed)).isInstanceOf(CryptoException.class);
        });
    }

    @TestFactory
    Stream<DynamicTest> appliesCtr() {
        return all("aesCtr", c -> {
            byte[] key = b64(c.path("key"));
            byte[] iv = b64(c.path("iv"));
            assertThat(AesCtr.apply(key, iv, b64(c.path("plaintext")))).isEqualTo(b64(c.path("ciphertext")));
            assertThat(AesCtr.apply(key, iv, b64(c.path("ciphertext")))).isEqualTo(b64(c.path("plaintext")));
        });
    }

    @TestFactory
    Stream<DynamicTest> derivesThePairingCodesKey() {
        return all("pbkdf2", c -> {
            assertThat(c.path("hash").asText()).isEqualTo("SHA-256");
            assertThat(c.path("iterations").asInt()).isEqualTo(Pbkdf2.PAIRING_CODE_ITERATIONS);
            assertThat(Pbkdf2.sha256(
                            c.path("password").asText(),
                            b64(c.path("salt")),
                            c.path("iterations").asInt(),
                            c.path("length").asInt()))
                    .isEqualTo(b64(c.path("key")));
        });
    }

    @TestFactory
    Stream<DynamicTest> writesPairingCodes() {
        return all("crockford", c -> assertThat(Crockford.encode(b64(c.path("bytes"))))
                .isEqualTo(c.path("code").asText()));
    }

    @TestFactory
    Stream<DynamicTest> makesMacs() {
        return all("hmac", c -> {
            byte[] key = b64(c.path("key"));
            byte[] data = b64(c.path("data"));
            int middle = data.length / 2;
            byte[] first = Arrays.copyOf(data, middle);
            byte[] second = Arrays.copyOfRange(data, middle, data.length);
            assertThat(Hmac.sha256(key, data)).isEqualTo(b64(c.path("sha256")));
            assertThat(Hmac.sha256(key, first, second)).isEqualTo(b64(c.path("sha256")));
            assertThat(Hmac.sha512(key, data)).isEqualTo(b64(c.path("sha512")));
            assertThat(Hmac.sha512(key, first, second)).isEqualTo(b64(c.path("sha512")));
        });
    }

    @TestFactory
    Stream<DynamicTest> hashes() {
        return all("digest", c -> {
            assertThat(Sha256.hash(b64(c.path("data")))).isEqualTo(b64(c.path("sha256")));
            assertThat(Md5.hash(b64(c.path("data")))).isEqualTo(b64(c.path("md5")));
        });
    }
}
