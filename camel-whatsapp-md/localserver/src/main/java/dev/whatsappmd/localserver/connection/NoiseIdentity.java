package dev.whatsappmd.localserver.connection;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.noise.CertificateChain;
import dev.whatsappmd.engine.noise.NoiseResponder;
import dev.whatsappmd.localserver.fault.CertificateFault;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** The server's own root, and its Noise key with the certificates that lead to that root. Immutable. */
public final class NoiseIdentity {
    private static final Duration VALIDITY = Duration.ofDays(365);

    private final KeyPair root;
    private final KeyPair staticKey;
    private final byte[] chain;
    private final SpoiledChains spoiled;

    private NoiseIdentity(KeyPair root, KeyPair staticKey, byte[] chain, SpoiledChains spoiled) {
        this.root = root;
        this.staticKey = staticKey;
        this.chain = chain;
        this.spoiled = spoiled;
    }

    /** New keys, and certificates that hold from a year before to a year after. */
    public static NoiseIdentity generate(Instant now, RandomGenerator random) {
        KeyPair root = Curve25519.generateKeyPair(random);
        KeyPair intermediate = Curve25519.generateKeyPair(random);
        KeyPair staticKey = Curve25519.generateKeyPair(random);
        byte[] chain = CertificateChain.issue(
                root, intermediate, staticKey.publicKey(), now.minus(VALIDITY), now.plus(VALIDITY), random);
        SpoiledChains spoiled = new SpoiledChains(root, intermediate, staticKey.publicKey(), now);
        return new NoiseIdentity(root, staticKey, chain, spoiled);
    }

    /** The public root key as 64 hexadecimal digits: what a client has to pin. */
    public String rootKeyHex() {
        return HexFormat.of().formatHex(root.publicKey());
    }

    NoiseResponder responder(RandomGenerator random) {
        return new NoiseResponder(staticKey, chain, random);
    }

    /** One that shows a chain to be refused. */
    NoiseResponder responder(CertificateFault fault, RandomGenerator random) {
        return new NoiseResponder(staticKey, spoiled.chain(fault, random), random);
    }
}
