package dev.whatsappmd.engine.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.channel.Channel;
import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.channel.ServerProbe;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.frame.FrameDecoder;
import dev.whatsappmd.engine.frame.FrameException;
import dev.whatsappmd.engine.frame.IntroHeader;
import dev.whatsappmd.engine.message.Answers;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.node.NodeFormatException;
import dev.whatsappmd.engine.noise.CertificateChain;
import dev.whatsappmd.engine.noise.NoiseResponder;
import dev.whatsappmd.engine.noise.NoiseTransport;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.transport.TransportEnd;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** A whole connection without its socket: whatever the server says, the end is told once and nothing after it. */
@Timeout(36_000)
class ChannelFuzzTest {
    private static final RandomGenerator KEYS = new SplittableRandom(11);
    private static final KeyPair ROOT = Curve25519.generateKeyPair(KEYS);
    private static final KeyPair SERVER = Curve25519.generateKeyPair(KEYS);
    private static final KeyPair CLIENT = Curve25519.generateKeyPair(KEYS);
    private static final byte[] CHAIN = CertificateChain.issue(
            ROOT,
            Curve25519.generateKeyPair(KEYS),
            SERVER.publicKey(),
            Instant.now().minusSeconds(86_400),
            Instant.now().plusSeconds(86_400 * 365L),
            KEYS);
    private static final ServerTrust TRUST = new ServerTrust(ROOT.publicKey());
    private static final URI URL = URI.create("ws://localhost/ws/chat");
    private static final List<byte[]> FRAMES = Corpus.frames();
    private static final List<Node> STANZAS = Corpus.stanzas();

    @Test
    void endsOnceWhateverTheServerSays(TestInfo info) {
        Fuzz.run(info, 400, random -> {
            MemorySocket socket = new MemorySocket();
            Heard heard = new Heard(random);
            heard.channel = Channel.open(settings(random), socket, Runnable::run, heard, random);
            socket.open();
            HostileServer server = new HostileServer(random);
            say(random.nextInt(4) > 0 ? server.hello(socket) : server.damagedHello(socket), socket, random);
            if (heard.shookHands) {
                server.finish(socket);
                say(server.stanzas(), socket, random);
                heard.assertTook(server.intact, server.damaged);
            }
            assertThat(socket.isClosed()).as("closed").isEqualTo(heard.isOver());
            socket.end(TransportEnd.Kind.CLOSED);
            assertThat(heard.released).isTrue();
            assertThat(heard.isOver()).isTrue();
        });
    }

    private static Channel.Settings settings(RandomGenerator random) {
        return new Channel.Settings(
                URL,
                Duration.ofSeconds(1),
                Optional.empty(),
                TRUST,
                CLIENT,
                new byte[40],
                random.nextBoolean() ? Optional.empty() : Optional.of(new byte[20]),
                Instant::now);
    }

    @Test
    void answersAProbeOnceWhateverTheServerSays(TestInfo info) {
        Fuzz.run(info, 200, random -> {
            MemorySocket socket = new MemorySocket();
            CompletableFuture<Optional<DisconnectCause>> answer =
                    ServerProbe.ask(URL, Duration.ofSeconds(1), Optional.empty(), TRUST, socket, random);
            socket.open();
            HostileServer server = new HostileServer(random);
            boolean good = random.nextInt(4) == 0;
            say(good ? server.hello(socket) : server.damagedHello(socket), socket, random);
            say(new byte[random.nextInt(100)], socket, random);
            socket.end(TransportEnd.Kind.CLOSED);
            assertThat(answer).isCompleted();
            if (good) {
                assertThat(answer.join()).isEmpty();
            }
        });
    }

    /** In pieces of any size. */
    private static void say(byte[] stream, MemorySocket socket, RandomGenerator random) {
        int most = 1 << random.nextInt(14);
        for (int at = 0; at < stream.length; ) {
            int piece = Math.min(stream.length - at, random.nextInt(1 + most));
            socket.say(Arrays.copyOfRange(stream, at, at + piece));
            at += piece;
        }
    }

    /** Has the right keys, and says what it likes. */
    private static final class HostileServer {
        private final RandomGenerator random;
        private final NoiseResponder responder;
        private NoiseTransport cipher;
        /** How many stanzas come before the damage. */
        private int intact;
        /** Whether there is something that must end the connection. */
        private boolean damaged;

        HostileServer(RandomGenerator random) {
            this.random = random;
            responder = new NoiseResponder(SERVER, CHAIN, random);
        }

        byte[] hello(MemorySocket socket) throws Exception {
            return framed(responder.onClientHello(heard(socket).get(0)));
        }

        byte[] damagedHello(MemorySocket socket) throws Exception {
            byte[] hello = hello(socket);
            Mutator mutator = new Mutator(random, List.of(hello));
            return random.nextBoolean()
                    ? mutator.mutate(hello)
                    : framed(mutator.mutate(Arrays.copyOfRange(hello, 3, hello.length)));
        }

        void finish(MemorySocket socket) throws Exception {
            responder.onClientFinish(heard(socket).get(1));
            cipher = responder.transport();
        }

        /** Some stanzas, and mostly damage in one of the layers somewhere among them. */
        byte[] stanzas() {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            int count = 1 + random.nextInt(30);
            int wrong = random.nextInt(count + 4);
            for (int i = 0; i < count; i++) {
                if (i == wrong) {
                    damage(stream);
                } else {
                    Node stanza = STANZAS.get(random.nextInt(STANZAS.size()));
                    byte[] plain =
                            random.nextInt(3) == 0 ? NodeEncoder.encodeDeflated(stanza) : NodeEncoder.encode(stanza);
                    stream.writeBytes(framed(cipher.encrypt(plain)));
                    intact += damaged ? 0 : 1;
                }
            }
            return stream.toByteArray();
        }

        private void damage(ByteArrayOutputStream stream) {
            Mutator mutator = new Mutator(random, FRAMES);
            byte[] plain = mutator.original();
            damaged = true;
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    byte[] altered = mutator.mutate(plain);
                    damaged = !decodes(altered);
                    intact += damaged ? 0 : 1;
                    stream.writeBytes(framed(cipher.encrypt(altered)));
                }
                case 2 -> {
                    byte[] encrypted = cipher.encrypt(plain);
                    encrypted[random.nextInt(encrypted.length)] ^= (byte) (1 << random.nextInt(8));
                    stream.writeBytes(framed(encrypted));
                }
                case 3 -> stream.writeBytes(new byte[3]);
                case 4 -> stream.writeBytes(framed(new byte[1 + random.nextInt(100)]));
                default -> {
                    byte[] twice = framed(cipher.encrypt(NodeEncoder.encode(Node.of("ib"))));
                    stream.writeBytes(twice);
                    stream.writeBytes(twice);
                    intact++;
                }
            }
        }

        private static boolean decodes(byte[] plain) {
            try {
                NodeDecoder.decode(plain);
                return true;
            } catch (NodeFormatException e) {
                return false;
            }
        }

        private static List<byte[]> heard(MemorySocket socket) throws FrameException {
            ByteBuffer sent = ByteBuffer.wrap(socket.sent());
            IntroHeader.read(sent, 100).orElseThrow();
            FrameDecoder decoder = new FrameDecoder();
            decoder.feed(sent);
            List<byte[]> frames = new ArrayList<>();
            decoder.forEach(frames::add);
            return frames;
        }

        private static byte[] framed(byte[] content) {
            return ByteBuffer.allocate(3 + content.length)
                    .put((byte) (content.length >> 16))
                    .putShort((short) content.length)
                    .put(content)
                    .array();
        }
    }

    private static final class Heard implements Channel.Listener {
        private final RandomGenerator random;
        private Channel channel;
        private Optional<DisconnectCause> end = Optional.empty();
        private boolean closedByUs;
        private boolean released;
        private boolean shookHands;
        private int nodes;

        Heard(RandomGenerator random) {
            this.random = random;
        }

        @Override
        public void onHandshakeDone() {
            assertOpen();
            shookHands = true;
        }

        @Override
        public void onHeard() {
            assertOpen();
        }

        @Override
        public void onNode(Node node) {
            assertOpen();
            nodes++;
            channel.send(Answers.ack(node, Optional.of("4915550001234:7@s.whatsapp.net"), Optional.empty()));
            if (random.nextInt(200) == 0) {
                closedByUs = true;
                channel.close();
            }
        }

        @Override
        public void onEnd(DisconnectCause cause) {
            assertOpen();
            end = Optional.of(cause);
            assertThat(cause.kind())
                    .isIn(
                            WhatsAppDisconnectKind.PROTOCOL_ERROR,
                            WhatsAppDisconnectKind.UNTRUSTED_SERVER,
                            WhatsAppDisconnectKind.TRANSPORT_LOST);
            channel.send(Node.of("ack"));
        }

        @Override
        public void onReleased() {
            assertThat(released).isFalse();
            released = true;
        }

        boolean isOver() {
            return end.isPresent() || closedByUs;
        }

        void assertTook(int intact, boolean damaged) {
            if (closedByUs) {
                assertThat(nodes).isLessThanOrEqualTo(intact);
            } else {
                assertThat(nodes).as("stanzas taken").isEqualTo(intact);
                assertThat(end.isPresent()).as("ended").isEqualTo(damaged);
            }
        }

        private void assertOpen() {
            assertThat(end).as("told after the end").isEmpty();
            assertThat(closedByUs || released).as("told after the end").isFalse();
        }
    }
}
