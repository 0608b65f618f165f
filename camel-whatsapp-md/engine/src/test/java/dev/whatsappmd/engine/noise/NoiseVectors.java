package dev.whatsappmd.engine.noise;

import static dev.whatsappmd.engine.Vectors.b64;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.ThrowingConsumer;

/** The cases of noise.json as this room's objects. */
final class NoiseVectors {
    /** The moment at which the vectors were made. */
    static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");

    private NoiseVectors() {}

    static Stream<DynamicTest> all(String kind, ThrowingConsumer<JsonNode> test) {
        return Vectors.tests("noise.json", kind, test);
    }

    static KeyPair pair(JsonNode keys) {
        return new KeyPair(b64(keys.path("private")), b64(keys.path("public")));
    }

    static NoiseInitiator initiator(JsonNode c, SymmetricState state) {
        JsonNode keys = c.path("keys");
        ServerTrust trust = new ServerTrust(b64(keys.path("root").path("public")));
        return new NoiseInitiator(pair(keys.path("clientNoise")), pair(keys.path("clientEphemeral")), trust, state);
    }

    static NoiseResponder responder(JsonNode c, SymmetricState state) {
        JsonNode keys = c.path("keys");
        return new NoiseResponder(
                pair(keys.path("serverStatic")), pair(keys.path("serverEphemeral")), b64(c.path("certChain")), state);
    }

    /** What a state is after a step. */
    private record Seen(byte[] hash, byte[] salt, byte[] key, long counter) {}

    /** A state that remembers every step. */
    static final class RecordingState extends SymmetricState {
        private final List<Seen> seen = new ArrayList<>();
        private boolean nested;

        RecordingState() {
            record();
        }

        @Override
        void authenticate(byte[] data) {
            super.authenticate(data);
            if (!nested) {
                record();
            }
        }

        @Override
        byte[] encrypt(byte[] plaintext) {
            nested = true;
            byte[] ciphertext = super.encrypt(plaintext);
            nested = false;
            record();
            return ciphertext;
        }

        @Override
        byte[] decrypt(byte[] ciphertext) throws CryptoException {
            nested = true;
            byte[] plaintext = super.decrypt(ciphertext);
            nested = false;
            record();
            return plaintext;
        }

        @Override
        void mixIntoKey(byte[] sharedSecret) {
            super.mixIntoKey(sharedSecret);
            record();
        }

        private void record() {
            seen.add(new Seen(hash(), salt(), key(), counter()));
        }

        void assertPassedThrough(JsonNode steps) {
            assertThat(seen).hasSameSizeAs(steps);
            for (int i = 0; i < seen.size(); i++) {
                JsonNode step = steps.get(i);
                String name = step.path("step").asText();
                assertThat(seen.get(i).hash()).as("hash after %s", name).isEqualTo(b64(step.path("hash")));
                assertThat(seen.get(i).salt()).as("salt after %s", name).isEqualTo(b64(step.path("salt")));
                assertThat(seen.get(i).key()).as("key after %s", name).isEqualTo(b64(step.path("key")));
                assertThat(seen.get(i).counter())
                        .as("counter after %s", name)
                        .isEqualTo(step.path("counter").asLong());
            }
        }
    }
}
