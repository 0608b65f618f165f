package dev.whatsappmd.engine.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.noise.CertificateChain;
import dev.whatsappmd.engine.noise.CertificateChain.Certificate;
import dev.whatsappmd.engine.noise.NoiseException;
import dev.whatsappmd.engine.noise.NoiseInitiator;
import dev.whatsappmd.engine.noise.NoiseResponder;
import dev.whatsappmd.engine.noise.NoiseTransport;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.noise.UntrustedServerException;
import dev.whatsappmd.engine.proto.noise.CertChain;
import dev.whatsappmd.engine.proto.noise.HandshakeMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Both sides of the handshake and the frames after it: what was altered on the way is refused, and nothing follows. */
@Timeout(36_000)
class NoiseFuzzTest {
    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
    private static final Instant FROM = NOW.minusSeconds(1_000);
    private static final Instant UNTIL = NOW.plusSeconds(1_000);
    private static final byte[] PAYLOAD = "who logs in".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private static final RandomGenerator KEYS = new SplittableRandom(1);
    private static final KeyPair ROOT = Curve25519.generateKeyPair(KEYS);
    private static final KeyPair INTERMEDIATE = Curve25519.generateKeyPair(KEYS);
    private static final KeyPair SERVER = Curve25519.generateKeyPair(KEYS);
    private static final KeyPair CLIENT = Curve25519.generateKeyPair(KEYS);
    private static final ServerTrust TRUST = new ServerTrust(ROOT.publicKey());
    private static final byte[] CHAIN =
            CertificateChain.issue(ROOT, INTERMEDIATE, SERVER.publicKey(), FROM, UNTIL, KEYS);

    private static NoiseInitiator initiator(RandomGenerator random) {
        return new NoiseInitiator(CLIENT, TRUST, random);
    }

    @Test
    void refusesClientHellosThatAreNone(TestInfo info) throws Exception {
        List<byte[]> hellos = List.of(
                initiator(KEYS).clientHello(), messages().get(1), messages().get(2));
        Fuzz.run(info, 1_000, random -> {
            Mutator mutator = new Mutator(random, hellos);
            byte[] hello = mutator.mutate(mutator.original());
            NoiseResponder responder = new NoiseResponder(SERVER, CHAIN, random);
            try {
                responder.onClientHello(hello);
                HandshakeMessage read = HandshakeMessage.parseFrom(hello);
                assertThat(read.getClientHello().getEphemeral().size()).isEqualTo(Curve25519.KEY_LENGTH);
            } catch (NoiseException e) {
                assertThat(responder.toString()).contains("FAILED");
            }
        });
    }

    @Test
    void refusesServerHellosThatWereAltered(TestInfo info) throws Exception {
        List<byte[]> others = messages();
        Fuzz.run(info, 400, random -> {
            NoiseInitiator initiator = initiator(random);
            byte[] hello = new NoiseResponder(SERVER, CHAIN, random).onClientHello(initiator.clientHello());
            byte[] altered = new Mutator(random, others).mutate(hello);
            try {
                initiator.onServerHello(altered, PAYLOAD, NOW);
                assertSameContent(altered, hello);
            } catch (NoiseException e) {
                assertFailed(initiator, hello);
            }
        });
    }

    @Test
    void refusesClientFinishesThatWereAltered(TestInfo info) throws Exception {
        List<byte[]> others = messages();
        Fuzz.run(info, 400, random -> {
            NoiseInitiator initiator = initiator(random);
            NoiseResponder responder = new NoiseResponder(SERVER, CHAIN, random);
            byte[] hello = responder.onClientHello(initiator.clientHello());
            byte[] finish = initiator.onServerHello(hello, PAYLOAD, NOW);
            byte[] altered = new Mutator(random, others).mutate(finish);
            try {
                assertThat(responder.onClientFinish(altered)).isEqualTo(PAYLOAD);
                assertThat(responder.clientStaticKey()).isEqualTo(CLIENT.publicKey());
                assertSameContent(altered, finish);
            } catch (NoiseException e) {
                assertThat(responder.toString()).contains("FAILED");
            }
        });
    }

    @Test
    void refusesChainsThatWereAlteredByAServerThatHasTheKey(TestInfo info) {
        List<byte[]> others = List.of(CHAIN, new byte[300]);
        Fuzz.run(info, 400, random -> {
            byte[] chain = new Mutator(random, others).mutate(CHAIN);
            try {
                CertificateChain.verify(chain, ROOT.publicKey(), SERVER.publicKey(), NOW);
                CertChain read = CertChain.parseFrom(chain);
                CertChain good = CertChain.parseFrom(CHAIN);
                assertThat(read.getLeaf().getDetails()).isEqualTo(good.getLeaf().getDetails());
                assertThat(read.getIntermediate().getDetails())
                        .isEqualTo(good.getIntermediate().getDetails());
            } catch (UntrustedServerException e) {
                assertThat(e).hasMessageContaining("server's");
            }
        });
    }

    /** Signed by whom it should be, but about something else. */
    @Test
    void refusesChainsThatAreWellSignedAndWrong(TestInfo info) {
        Fuzz.run(info, 200, random -> {
            Certificate middle = certificate(random, INTERMEDIATE.publicKey());
            Certificate leaf = certificate(random, SERVER.publicKey());
            byte[] chain = CertificateChain.issue(ROOT, middle, INTERMEDIATE, leaf, random);
            boolean good = (int) middle.issuerSerial() == CertificateChain.ROOT_SERIAL
                    && (int) leaf.issuerSerial() == (int) middle.serial()
                    && Arrays.equals(middle.key(), INTERMEDIATE.publicKey())
                    && Arrays.equals(leaf.key(), SERVER.publicKey())
                    && holds(middle)
                    && holds(leaf);
            try {
                CertificateChain.verify(chain, ROOT.publicKey(), SERVER.publicKey(), NOW);
                assertThat(good).as("%s and %s accepted", middle, leaf).isTrue();
            } catch (UntrustedServerException e) {
                assertThat(good).as("%s and %s refused: %s", middle, leaf, e).isFalse();
            }
        });
    }

    private static boolean holds(Certificate certificate) {
        return !NOW.isBefore(instant(certificate.notBefore())) && !NOW.isAfter(instant(certificate.notAfter()));
    }

    /** Seconds are unsigned in a certificate. */
    private static Instant instant(Instant written) {
        return written.getEpochSecond() < 0 ? Instant.MAX : written;
    }

    private static Certificate certificate(RandomGenerator random, byte[] key) {
        byte[] about = random.nextInt(8) == 0 ? new byte[random.nextInt(70)] : key;
        return new Certificate(
                pick(random, 1L, 1L, 1L, 2L, 0L, 0xffff_ffffL),
                pick(random, 0L, 1L, 1L, 0L, 0L, 1L << 32),
                about,
                pick(random, FROM, FROM, FROM, FROM, NOW, UNTIL, Instant.EPOCH, Instant.MIN, Instant.MAX),
                pick(random, UNTIL, UNTIL, UNTIL, UNTIL, NOW, FROM, Instant.EPOCH, Instant.MIN, Instant.MAX));
    }

    @SafeVarargs
    private static <T> T pick(RandomGenerator random, T... from) {
        return from[random.nextInt(from.length)];
    }

    @Test
    void refusesFramesThatWereAlteredRepeatedLostOrMovedAndAllThatFollow(TestInfo info) throws Exception {
        Fuzz.run(info, 300, random -> {
            NoiseInitiator initiator = initiator(random);
            NoiseResponder responder = new NoiseResponder(SERVER, CHAIN, random);
            responder.onClientFinish(
                    initiator.onServerHello(responder.onClientHello(initiator.clientHello()), PAYLOAD, NOW));
            boolean toClient = random.nextBoolean();
            NoiseTransport sender = toClient ? responder.transport() : initiator.transport();
            NoiseTransport receiver = toClient ? initiator.transport() : responder.transport();
            List<byte[]> plain = new ArrayList<>();
            List<byte[]> sent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                byte[] content = new byte[random.nextInt(200)];
                random.nextBytes(content);
                plain.add(content);
                sent.add(sender.encrypt(content));
            }
            assertDecryptsUntilTheFirstWrongOne(receiver, plain, sent, arriving(sent, random));
        });
    }

    private static List<byte[]> arriving(List<byte[]> sent, RandomGenerator random) {
        List<byte[]> arriving = new ArrayList<>(sent);
        for (int i = random.nextInt(3); i > 0; i--) {
            int at = random.nextInt(arriving.size());
            int other = random.nextInt(arriving.size());
            switch (random.nextInt(5)) {
                case 0 -> arriving.remove(at);
                case 1 -> arriving.add(at, arriving.get(other));
                case 2 -> java.util.Collections.swap(arriving, at, other);
                case 3 -> arriving.add(at, new byte[random.nextInt(40)]);
                default -> arriving.set(at, new Mutator(random, sent).mutate(arriving.get(at)));
            }
        }
        return arriving;
    }

    private static void assertDecryptsUntilTheFirstWrongOne(
            NoiseTransport receiver, List<byte[]> plain, List<byte[]> sent, List<byte[]> arriving) {
        boolean good = true;
        for (int i = 0; i < arriving.size(); i++) {
            good &= i < sent.size() && Arrays.equals(arriving.get(i), sent.get(i));
            try {
                byte[] content = receiver.decrypt(arriving.get(i));
                assertThat(good).as("frame %d accepted", i).isTrue();
                assertThat(content).isEqualTo(plain.get(i));
            } catch (NoiseException e) {
                assertThat(good).as("frame %d refused: %s", i, e).isFalse();
            }
        }
    }

    /** One message of each kind. */
    private static List<byte[]> messages() throws NoiseException {
        NoiseInitiator initiator = initiator(KEYS);
        byte[] clientHello = initiator.clientHello();
        byte[] serverHello = new NoiseResponder(SERVER, CHAIN, KEYS).onClientHello(clientHello);
        return List.of(clientHello, serverHello, initiator.onServerHello(serverHello, PAYLOAD, NOW));
    }

    /** What was accepted although it was altered must say the same: a field that nobody reads, or a longer number. */
    private static void assertSameContent(byte[] altered, byte[] original) throws Exception {
        HandshakeMessage found = HandshakeMessage.parseFrom(altered);
        HandshakeMessage sent = HandshakeMessage.parseFrom(original);
        assertThat(found.getServerHello().getEphemeral())
                .isEqualTo(sent.getServerHello().getEphemeral());
        assertThat(found.getServerHello().getStatic())
                .isEqualTo(sent.getServerHello().getStatic());
        assertThat(found.getServerHello().getPayload())
                .isEqualTo(sent.getServerHello().getPayload());
        assertThat(found.getClientFinish().getStatic())
                .isEqualTo(sent.getClientFinish().getStatic());
        assertThat(found.getClientFinish().getPayload())
                .isEqualTo(sent.getClientFinish().getPayload());
    }

    /** After a refusal not even the right message is taken, and there is no transport. */
    private static void assertFailed(NoiseInitiator initiator, byte[] hello) throws NoiseException {
        try {
            initiator.onServerHello(hello, PAYLOAD, NOW);
            fail("taken after a failure");
        } catch (IllegalStateException e) {
            assertThat(initiator.toString()).contains("FAILED");
        }
        try {
            initiator.transport();
            fail("a transport after a failure");
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("FAILED");
        }
    }
}
