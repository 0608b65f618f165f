package dev.whatsappmd.benchmarks.noise;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.noise.CertificateChain;
import dev.whatsappmd.engine.noise.NoiseException;
import dev.whatsappmd.engine.noise.NoiseInitiator;
import dev.whatsappmd.engine.noise.NoiseResponder;
import dev.whatsappmd.engine.noise.NoiseTransport;
import dev.whatsappmd.engine.noise.ServerTrust;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/** A client and a server with fixed long-term keys, a valid certificate chain and a payload of 300 bytes. */
final class Peers {
    private static final int PAYLOAD_LENGTH = 300;

    private final SecureRandom random = new SecureRandom();
    private final KeyPair clientKey = Curve25519.generateKeyPair(random);
    private final KeyPair serverKey = Curve25519.generateKeyPair(random);
    private final byte[] payload = new byte[PAYLOAD_LENGTH];
    private final Instant now = Instant.now();
    private final ServerTrust trust;
    private final byte[] chain;

    Peers() {
        Arrays.fill(payload, (byte) 7);
        KeyPair root = Curve25519.generateKeyPair(random);
        KeyPair intermediate = Curve25519.generateKeyPair(random);
        trust = new ServerTrust(root.publicKey());
        chain = CertificateChain.issue(
                root,
                intermediate,
                serverKey.publicKey(),
                now.minus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(1)),
                random);
    }

    /** The two ends after a handshake. */
    record Connected(NoiseTransport client, NoiseTransport server) {}

    /** A whole handshake: two ephemeral key pairs, six agreements, two certificate signatures checked. */
    Connected shakeHands() throws NoiseException {
        NoiseInitiator client = new NoiseInitiator(clientKey, trust, random);
        NoiseResponder server = new NoiseResponder(serverKey, chain, random);
        byte[] hello = server.onClientHello(client.clientHello());
        byte[] received = server.onClientFinish(client.onServerHello(hello, payload, now));
        if (received.length != PAYLOAD_LENGTH) {
            throw new IllegalStateException("the server read " + received.length + " bytes of payload");
        }
        return new Connected(client.transport(), server.transport());
    }
}
