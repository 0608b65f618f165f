package dev.whatsappmd.engine.noise;

import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.noise.HandshakeProgress.Step;
import dev.whatsappmd.engine.proto.noise.HandshakeMessage.ServerHello;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * The client's side of one handshake: {@link #clientHello}, {@link #onServerHello}, {@link #transport}, in this order and
 * once each; any other order is an {@link IllegalStateException}. Not thread-safe.
 */
public final class NoiseInitiator {
    private final KeyPair noiseKey;
    private final KeyPair ephemeralKey;
    private final ServerTrust trust;
    private final SymmetricState state;
    private final HandshakeProgress progress = new HandshakeProgress();

    /**
     * @param noiseKey the account's Noise key pair
     * @param random a cryptographic one; the ephemeral key is drawn from it
     */
    public NoiseInitiator(KeyPair noiseKey, ServerTrust trust, RandomGenerator random) {
        this(noiseKey, Curve25519.generateKeyPair(random), trust, new SymmetricState());
    }

    NoiseInitiator(KeyPair noiseKey, KeyPair ephemeralKey, ServerTrust trust, SymmetricState state) {
        this.noiseKey = noiseKey;
        this.ephemeralKey = ephemeralKey;
        this.trust = trust;
        this.state = state;
    }

    /** The content of the first frame. */
    public byte[] clientHello() {
        progress.leave(Step.NEW);
        state.authenticate(SymmetricState.PROLOGUE);
        state.authenticate(ephemeralKey.publicKey());
        progress.reach(Step.GREETED);
        return HandshakeMessages.clientHello(ephemeralKey.publicKey());
    }

    /**
     * Checks the server and answers it. Nothing about the account is encrypted before the server is believed.
     *
     * @param serverHello content of the first frame from the server
     * @param clientPayload the encoded ClientPayload: who logs in, or registers
     * @param now for the validity dates of the server's certificates
     * @return content of the second frame
     * @throws UntrustedServerException the certificate chain breaks a rule
     * @throws NoiseException the message cannot be read or does not decrypt
     */
    public byte[] onServerHello(byte[] serverHello, byte[] clientPayload, Instant now) throws NoiseException {
        progress.leave(Step.GREETED);
        ServerHello hello = HandshakeMessages.serverHelloOf(serverHello);
        byte[] clientFinish;
        try {
            checkServer(hello, now);
            clientFinish = finish(hello.getEphemeral().toByteArray(), clientPayload);
        } catch (CryptoException e) {
            throw new NoiseException("the server's hello does not hold: " + e.getMessage(), e);
        }
        progress.reach(Step.FINISHED);
        return clientFinish;
    }

    private void checkServer(ServerHello hello, Instant now) throws CryptoException, NoiseException {
        byte[] serverEphemeral = hello.getEphemeral().toByteArray();
        state.authenticate(serverEphemeral);
        state.mixIntoKey(Curve25519.agree(ephemeralKey.privateKey(), serverEphemeral));
        byte[] serverStatic = state.decrypt(hello.getStatic().toByteArray());
        HandshakeMessages.key(serverStatic, "the server's static key");
        state.mixIntoKey(Curve25519.agree(ephemeralKey.privateKey(), serverStatic));
        byte[] chain = state.decrypt(hello.getPayload().toByteArray());
        trust.verify(chain, serverStatic, now);
    }

    private byte[] finish(byte[] serverEphemeral, byte[] clientPayload) throws CryptoException {
        byte[] encryptedStatic = state.encrypt(noiseKey.publicKey());
        state.mixIntoKey(Curve25519.agree(noiseKey.privateKey(), serverEphemeral));
        return HandshakeMessages.clientFinish(encryptedStatic, state.encrypt(clientPayload));
    }

    /** What encrypts and decrypts the frames from now on; given out once. */
    public NoiseTransport transport() {
        progress.leave(Step.FINISHED);
        progress.reach(Step.HANDED_OVER);
        return state.clientTransport();
    }

    @Override
    public String toString() {
        return "NoiseInitiator[" + progress.step() + "]";
    }
}
