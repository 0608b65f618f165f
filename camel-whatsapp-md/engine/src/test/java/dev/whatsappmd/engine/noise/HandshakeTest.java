package dev.whatsappmd.engine.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.proto.noise.HandshakeMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** The two sides against each other, and against nonsense. */
class HandshakeTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(11);
    private final KeyPair root = Curve25519.generateKeyPair(random);
    private final KeyPair serverKey = Curve25519.generateKeyPair(random);
    private final KeyPair clientKey = Curve25519.generateKeyPair(random);
    private final byte[] chain = CertificateChain.issue(
            root,
            Curve25519.generateKeyPair(random),
            serverKey.publicKey(),
            NOW.minus(Duration.ofDays(1)),
            NOW.plus(Duration.ofDays(1)),
            random);
    private final NoiseInitiator client = new NoiseInitiator(clientKey, new ServerTrust(root.publicKey()), random);
    private final NoiseResponder server = new NoiseResponder(serverKey, chain, random);

    private void shakeHands(byte[] payload) throws NoiseException {
        byte[] hello = server.onClientHello(client.clientHello());
        assertThat(server.onClientFinish(client.onServerHello(hello, payload, NOW)))
                .isEqualTo(payload);
    }

    @Test
    void bothSidesUnderstandEachOther() throws Exception {
        shakeHands(new byte[300]);
        assertThat(server.clientStaticKey()).isEqualTo(clientKey.publicKey());
        NoiseTransport fromClient = client.transport();
        NoiseTransport fromServer = server.transport();
        for (int length : new int[] {0, 1, 15, 16, 17, 1000, 70_000}) {
            byte[] plaintext = new byte[length];
            random.nextBytes(plaintext);
            assertThat(fromServer.decrypt(fromClient.encrypt(plaintext))).isEqualTo(plaintext);
            assertThat(fromClient.decrypt(fromServer.encrypt(plaintext))).isEqualTo(plaintext);
        }
        assertThat(fromClient.framesWritten()).isEqualTo(7);
        assertThat(fromClient.framesRead()).isEqualTo(7);
    }

    @Test
    void eachHandshakeHasItsOwnEphemeralKeys() throws Exception {
        byte[] first = client.clientHello();
        byte[] second = new NoiseInitiator(clientKey, new ServerTrust(root.publicKey()), random).clientHello();
        assertThat(second).isNotEqualTo(first);
        assertThat(server.onClientHello(first))
                .isNotEqualTo(new NoiseResponder(serverKey, chain, random).onClientHello(first));
    }

    @Test
    void refusesAServerWhoseChainHasExpired() throws Exception {
        byte[] hello = server.onClientHello(client.clientHello());
        Instant late = NOW.plus(Duration.ofDays(2));
        assertThatThrownBy(() -> client.onServerHello(hello, new byte[1], late))
                .isInstanceOf(UntrustedServerException.class)
                .hasMessageContaining(late.toString());
    }

    @Test
    void stepsAreDoneOnceAndInOrder() throws Exception {
        assertThatThrownBy(() -> client.onServerHello(new byte[1], new byte[1], NOW))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("NEW");
        assertThatThrownBy(() -> server.onClientFinish(new byte[1])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(server::clientStaticKey).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(client::transport).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(server::transport).isInstanceOf(IllegalStateException.class);
        shakeHands(new byte[2]);
        client.transport();
        server.transport();
        assertThatThrownBy(client::transport)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("HANDED_OVER");
        assertThatThrownBy(server::transport).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(client::clientHello).isInstanceOf(IllegalStateException.class);
        assertThat(server.clientStaticKey()).isEqualTo(clientKey.publicKey());
    }

    @Test
    void refusesMessagesThatAreNotTheExpectedOne() {
        byte[] clientHello = client.clientHello();
        assertThatThrownBy(() -> client.onServerHello(clientHello, new byte[1], NOW))
                .isExactlyInstanceOf(NoiseException.class)
                .hasMessageContaining("serverHello");
        assertThatThrownBy(() -> newResponder().onClientHello(new byte[] {7}))
                .isExactlyInstanceOf(NoiseException.class)
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> newResponder().onClientHello(new byte[0]))
                .isExactlyInstanceOf(NoiseException.class)
                .hasMessageContaining("clientHello");
        assertThatThrownBy(() -> {
                    server.onClientHello(clientHello);
                    server.onClientFinish(clientHello);
                })
                .isExactlyInstanceOf(NoiseException.class)
                .hasMessageContaining("clientFinish");
    }

    @Test
    void refusesEphemeralKeysOfTheWrongLengthOrOfLowOrder() {
        for (int length : new int[] {0, 31, 33}) {
            byte[] hello = clientHello(new byte[length]);
            assertThatThrownBy(() -> newResponder().onClientHello(hello))
                    .isExactlyInstanceOf(NoiseException.class)
                    .hasMessageContaining("not 32");
        }
        assertThatThrownBy(() -> newResponder().onClientHello(clientHello(new byte[32])))
                .isExactlyInstanceOf(NoiseException.class)
                .hasMessageContaining("low order");
    }

    @Test
    void refusesAClientFinishWithAnyPartAltered() throws Exception {
        byte[] finish = client.onServerHello(server.onClientHello(client.clientHello()), new byte[20], NOW);
        HandshakeMessage message = HandshakeMessage.parseFrom(finish);
        byte[] altered = message.getClientFinish().getPayload().toByteArray();
        altered[3] ^= 1;
        HandshakeMessage.Builder builder = message.toBuilder();
        builder.getClientFinishBuilder().setPayload(ByteString.copyFrom(altered));
        assertThatThrownBy(() -> server.onClientFinish(builder.build().toByteArray()))
                .isExactlyInstanceOf(NoiseException.class)
                .hasMessageContaining("tag");
        assertThatThrownBy(server::clientStaticKey).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(server::transport)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("FAILED");
    }

    @Test
    void showsNoKey() {
        assertThat(client).hasToString("NoiseInitiator[NEW]");
        assertThat(server).hasToString("NoiseResponder[NEW]");
    }

    private NoiseResponder newResponder() {
        return new NoiseResponder(serverKey, chain, random);
    }

    private static byte[] clientHello(byte[] ephemeral) {
        return HandshakeMessages.clientHello(ephemeral);
    }
}
