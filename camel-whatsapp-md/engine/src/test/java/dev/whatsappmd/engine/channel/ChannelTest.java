package dev.whatsappmd.engine.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.frame.FrameDecoder;
import dev.whatsappmd.engine.frame.FrameEncoder;
import dev.whatsappmd.engine.frame.IntroHeader;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.noise.CertificateChain;
import dev.whatsappmd.engine.noise.NoiseResponder;
import dev.whatsappmd.engine.noise.NoiseTransport;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.transport.Transport;
import dev.whatsappmd.engine.transport.TransportEnd;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One connection against a server's side of the handshake, without sockets; the clock is moved by hand. */
class ChannelTest {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
    private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");

    private final Random random = new Random(1);
    private final List<String> told = new ArrayList<>();
    private final FrameEncoder serverFrames = FrameEncoder.withoutIntro();
    private final FrameDecoder clientFrames = new FrameDecoder();
    private Instant now = START;
    private Transport.Listener socket;
    private boolean introRead;
    private NoiseTransport server;
    private DisconnectCause cause;

    @BeforeEach
    void shakeHands() throws Exception {
        KeyPair root = Curve25519.generateKeyPair(random);
        KeyPair intermediate = Curve25519.generateKeyPair(random);
        KeyPair key = Curve25519.generateKeyPair(random);
        byte[] chain = CertificateChain.issue(
                root, intermediate, key.publicKey(), START.minusSeconds(60), START.plusSeconds(86_400), random);
        NoiseResponder responder = new NoiseResponder(key, chain, random);
        Channel.Settings settings = new Channel.Settings(
                URI.create("ws://127.0.0.1:1/ws/chat"),
                CONNECT_TIMEOUT,
                Optional.empty(),
                new ServerTrust(root.publicKey()),
                Curve25519.generateKeyPair(random),
                new byte[] {1},
                Optional.empty(),
                () -> now);
        Channel.open(settings, this::connect, Runnable::run, new Told(), random);
        socket.onOpen();
        socket.onBytes(
                serverFrames.encode(responder.onClientHello(clientFrames.poll().orElseThrow())));
        responder.onClientFinish(clientFrames.poll().orElseThrow());
        server = responder.transport();
        assertThat(told).containsExactly("heard", "handshake");
        told.clear();
    }

    @Test
    void everyPieceOfAFrameIsASignOfLife() {
        byte[] wire = stanza("ib");
        for (byte next : wire) {
            socket.onBytes(new byte[] {next});
        }
        assertThat(told).hasSize(wire.length + 1).endsWith("heard", "ib");
    }

    @Test
    void aFrameThatIsUnderWayForTooLongIsNoSignOfLifeUntilItIsWhole() {
        byte[] wire = stanza("ib");
        int half = wire.length / 2;
        socket.onBytes(Arrays.copyOf(wire, half));
        now = now.plus(CONNECT_TIMEOUT).minusMillis(1);
        socket.onBytes(Arrays.copyOfRange(wire, half, half + 1));
        assertThat(told).containsExactly("heard", "heard");

        now = now.plusMillis(1);
        socket.onBytes(Arrays.copyOfRange(wire, half + 1, half + 2));
        assertThat(told).hasSize(2);

        socket.onBytes(Arrays.copyOfRange(wire, half + 2, wire.length));
        assertThat(told).containsExactly("heard", "heard", "heard", "ib");
    }

    @Test
    void aFrameThatBeginsAfterALongQuietIsInTime() {
        socket.onBytes(stanza("ib"));
        now = now.plus(Duration.ofHours(1));
        byte[] wire = stanza("ack");
        socket.onBytes(Arrays.copyOf(wire, 10));
        assertThat(told).containsExactly("heard", "ib", "heard");
    }

    @Test
    void aFrameThatBeginsBehindAWholeOneHasItsOwnTime() {
        byte[] first = stanza("ib");
        byte[] second = stanza("ack");
        socket.onBytes(Arrays.copyOf(first, 10));
        now = now.plus(CONNECT_TIMEOUT);
        byte[] rest = ByteBuffer.allocate(first.length - 10 + 10)
                .put(first, 10, first.length - 10)
                .put(second, 0, 10)
                .array();
        socket.onBytes(rest);
        now = now.plus(CONNECT_TIMEOUT).minusMillis(1);
        socket.onBytes(Arrays.copyOfRange(second, 10, 11));
        assertThat(told).containsExactly("heard", "heard", "ib", "heard");
    }

    @Test
    void aFrameThatDoesNotDecryptEndsTheConnectionOnce() {
        byte[] wire = stanza("ib");
        wire[wire.length - 1] ^= 1;
        socket.onBytes(wire);
        socket.onBytes(stanza("ack"));
        socket.onEnd(TransportEnd.of(TransportEnd.Kind.CLOSED, 1000, "closed"));
        assertThat(told).containsExactly("heard", "end", "close", "released");
        assertThat(cause.kind()).isEqualTo(WhatsAppDisconnectKind.PROTOCOL_ERROR);
        assertThat(cause.statusCode()).isEqualTo(500);
    }

    @Test
    void framesBehindTheOneThatEndsItAreNotTold() {
        byte[] good = stanza("ib");
        byte[] empty = serverFrames.encode(new byte[0]);
        byte[] more = stanza("ack");
        socket.onBytes(ByteBuffer.allocate(good.length + empty.length + more.length)
                .put(good)
                .put(empty)
                .put(more)
                .array());
        assertThat(told).containsExactly("heard", "ib", "end", "close");
    }

    private byte[] stanza(String tag) {
        return serverFrames.encode(server.encrypt(NodeEncoder.encode(Node.of(tag))));
    }

    private Transport.Connection connect(Transport.Dial dial, Transport.Listener listener) {
        socket = listener;
        return new Transport.Connection() {
            @Override
            public void send(byte[] message) {
                try {
                    ByteBuffer bytes = ByteBuffer.wrap(message);
                    if (!introRead) {
                        introRead = IntroHeader.read(bytes, 100).isPresent();
                    }
                    clientFrames.feed(bytes);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void close() {
                told.add("close");
            }

            @Override
            public void abort() {
                told.add("abort");
            }
        };
    }

    private final class Told implements Channel.Listener {
        @Override
        public void onHandshakeDone() {
            told.add("handshake");
        }

        @Override
        public void onHeard() {
            told.add("heard");
        }

        @Override
        public void onNode(Node node) {
            told.add(node.tag());
        }

        @Override
        public void onEnd(DisconnectCause end) {
            cause = end;
            told.add("end");
        }

        @Override
        public void onReleased() {
            told.add("released");
        }
    }
}
