package dev.whatsappmd.engine.noise;

import static dev.whatsappmd.engine.Vectors.b64;
import static dev.whatsappmd.engine.noise.NoiseVectors.NOW;
import static dev.whatsappmd.engine.noise.NoiseVectors.pair;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.frame.FrameDecoder;
import dev.whatsappmd.engine.frame.FrameEncoder;
import dev.whatsappmd.engine.frame.IntroHeader;
import dev.whatsappmd.engine.noise.NoiseVectors.RecordingState;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Both sides of the handshake against what another implementation sent, step by step. */
class HandshakeVectorsTest {
    @Test
    void everyKindOfTheFileHasATest() {
        Set<String> kinds = new TreeSet<>();
        Vectors.cases("noise.json").forEach(c -> kinds.add(c.path("kind").asText()));
        assertThat(kinds).containsExactlyInAnyOrder("handshake", "refusedHandshake", "genuineChain");
    }

    @TestFactory
    Stream<DynamicTest> initiatorPassesThroughEveryStep() {
        return NoiseVectors.all("handshake", c -> {
            RecordingState state = new RecordingState();
            NoiseInitiator client = NoiseVectors.initiator(c, state);
            assertThat(client.clientHello()).isEqualTo(b64(c.path("clientHello")));
            assertThat(client.onServerHello(b64(c.path("serverHello")), b64(c.path("clientPayload")), NOW))
                    .isEqualTo(b64(c.path("clientFinish")));
            state.assertPassedThrough(c.path("steps"));
        });
    }

    @TestFactory
    Stream<DynamicTest> responderPassesThroughEveryStep() {
        return NoiseVectors.all("handshake", c -> {
            RecordingState state = new RecordingState();
            NoiseResponder server = NoiseVectors.responder(c, state);
            assertThat(server.onClientHello(b64(c.path("clientHello")))).isEqualTo(b64(c.path("serverHello")));
            assertThat(server.onClientFinish(b64(c.path("clientFinish")))).isEqualTo(b64(c.path("clientPayload")));
            assertThat(server.clientStaticKey())
                    .isEqualTo(b64(c.path("keys").path("clientNoise").path("public")));
            state.assertPassedThrough(c.path("steps"));
        });
    }

    @TestFactory
    Stream<DynamicTest> transportKeysAreThoseOfTheVectors() {
        return NoiseVectors.all("handshake", c -> {
            byte[] write = b64(c.path("transport").path("clientWriteKey"));
            byte[] read = b64(c.path("transport").path("clientReadKey"));
            byte[] plaintext = {1, 2, 3};
            byte[] expectedFromClient = new NoiseTransport(write, read).encrypt(plaintext);
            byte[] expectedFromServer = new NoiseTransport(read, write).encrypt(plaintext);
            assertThat(finishedInitiator(c).transport().encrypt(plaintext)).isEqualTo(expectedFromClient);
            assertThat(finishedResponder(c).transport().encrypt(plaintext)).isEqualTo(expectedFromServer);
        });
    }

    @TestFactory
    Stream<DynamicTest> framesOfBothDirectionsAreThoseOfTheVectors() {
        return NoiseVectors.all("handshake", c -> {
            NoiseTransport client = finishedInitiator(c).transport();
            NoiseTransport server = finishedResponder(c).transport();
            assertFrames(c.path("clientFrames"), client, server);
            assertFrames(c.path("serverFrames"), server, client);
        });
    }

    private static void assertFrames(JsonNode frames, NoiseTransport sender, NoiseTransport receiver) throws Exception {
        assertThat(frames).isNotEmpty();
        FrameEncoder encoder = FrameEncoder.withoutIntro();
        FrameDecoder decoder = new FrameDecoder();
        for (JsonNode frame : frames) {
            byte[] plaintext = b64(frame.path("plaintext"));
            byte[] wire = b64(frame.path("wire"));
            assertThat(sender.framesWritten())
                    .isEqualTo(frame.path("nonceCounter").asLong());
            byte[] ours = encoder.allocate(plaintext.length + NoiseTransport.OVERHEAD);
            sender.encrypt(plaintext, ours, FrameEncoder.HEADER_LENGTH);
            assertThat(ours).isEqualTo(wire);
            decoder.feed(wire);
            assertThat(receiver.decrypt(decoder.poll().orElseThrow())).isEqualTo(plaintext);
        }
    }

    @TestFactory
    Stream<DynamicTest> wholeStreamOfTheServerIsReadInThePiecesOfTheVectors() {
        return NoiseVectors.all("handshake", c -> {
            NoiseTransport client = finishedInitiator(c).transport();
            FrameEncoder encoder = new FrameEncoder(intro(c));
            assertThat(intro(c).bytes()).isEqualTo(b64(c.path("introHeader")));
            assertThat(encoder.encode(b64(c.path("clientHello")))).isEqualTo(b64(c.path("wireClientHello")));
            assertThat(encoder.encode(b64(c.path("clientFinish")))).isEqualTo(b64(c.path("wireClientFinish")));
            FrameDecoder decoder = new FrameDecoder();
            decoder.feed(b64(c.path("wireServerHello")));
            assertThat(decoder.poll()).hasValue(b64(c.path("serverHello")));
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            c.path("serverFrames").forEach(frame -> stream.writeBytes(b64(frame.path("wire"))));
            ByteBuffer unread = ByteBuffer.wrap(stream.toByteArray());
            for (JsonNode length : c.path("chunking").path("lengths")) {
                decoder.feed(unread.slice(unread.position(), length.asInt()));
                unread.position(unread.position() + length.asInt());
            }
            assertThat(unread.hasRemaining()).isFalse();
            for (JsonNode frame : c.path("serverFrames")) {
                assertThat(client.decrypt(decoder.poll().orElseThrow())).isEqualTo(b64(frame.path("plaintext")));
            }
            assertThat(decoder.poll()).isEmpty();
        });
    }

    @Test
    void hashedPrologueIsThePlainIntro() {
        assertThat(SymmetricState.PROLOGUE).isEqualTo(IntroHeader.PLAIN.bytes());
    }

    private static final Map<String, String> REASONS = Map.of(
            "refused leaf signature wrong", "leaf certificate is not signed by its intermediate",
            "refused intermediate signature wrong", "intermediate certificate is not signed by the trusted root",
            "refused other root", "intermediate certificate is not signed by the trusted root",
            "refused intermediate issuerSerial not 0", "as its issuer, not the root's 0",
            "refused leaf issuerSerial differs from intermediate serial", "as its issuer, not the intermediate's",
            "refused leaf key is not the server static", "not the key that the server has in the handshake",
            "refused leaf missing", "no complete leaf certificate",
            "refused intermediate missing", "no complete intermediate certificate",
            "refused payload is not a CertChain", "cannot be read");

    @TestFactory
    Stream<DynamicTest> refusesServersThatBreakARuleAndSendsNothing() {
        return NoiseVectors.all("refusedHandshake", c -> {
            String name = c.path("name").asText();
            NoiseInitiator client = new NoiseInitiator(
                    pair(c.path("clientNoise")),
                    pair(c.path("clientEphemeral")),
                    new ServerTrust(b64(c.path("rootPublic"))),
                    new SymmetricState());
            client.clientHello();
            Throwable refusal =
                    catchThrowable(() -> client.onServerHello(b64(c.path("serverHello")), new byte[9], NOW));
            assertThat(refusal).isInstanceOf(NoiseException.class);
            if (Vectors.isOwnCopy()) {
                checkReason(c, REASONS.get(name), refusal);
            }
            assertThatThrownBy(client::transport).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> client.onServerHello(b64(c.path("serverHello")), new byte[9], NOW))
                    .isInstanceOf(IllegalStateException.class);
        });
    }

    private static void checkReason(JsonNode c, String reason, Throwable refusal) {
        if (reason == null) {
            assertThat(c.path("why").asText()).startsWith("GCM tag");
            assertThat(refusal).isExactlyInstanceOf(NoiseException.class).hasMessageContaining("tag");
        } else {
            assertThat(refusal).isInstanceOf(UntrustedServerException.class).hasMessageContaining(reason);
        }
    }

    private static IntroHeader intro(JsonNode c) {
        return Vectors.optionalB64(c.path("routingInfo"))
                .map(IntroHeader::withRoutingInfo)
                .orElse(IntroHeader.PLAIN);
    }

    private static NoiseInitiator finishedInitiator(JsonNode c) throws NoiseException {
        NoiseInitiator client = NoiseVectors.initiator(c, new SymmetricState());
        client.clientHello();
        client.onServerHello(b64(c.path("serverHello")), b64(c.path("clientPayload")), NOW);
        return client;
    }

    private static NoiseResponder finishedResponder(JsonNode c) throws NoiseException {
        NoiseResponder server = NoiseVectors.responder(c, new SymmetricState());
        server.onClientHello(b64(c.path("clientHello")));
        server.onClientFinish(b64(c.path("clientFinish")));
        return server;
    }
}
