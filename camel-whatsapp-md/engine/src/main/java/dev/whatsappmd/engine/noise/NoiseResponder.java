package dev.whatsappmd.engine.noise;

import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.noise.HandshakeProgress.Step;
import dev.whatsappmd.engine.proto.noise.HandshakeMessage.ClientFinish;
import java.util.random.RandomGenerator;

/**
 * The server's side of one handshake: {@link #onClientHello}, {@link #onClientFinish}, {@link #transport}, in this order and
 * once each; any other order is an {@link IllegalStateException}. For servers of one's own. Not thread-safe.
 */
public final class NoiseResponder {
    private final KeyPair staticKey;
    private final KeyPair ephemeralKey;
    private final byte[] certificateChain;
    private final SymmetricState state;
    private final HandshakeProgress progress = new HandshakeProgress();
    private byte[] clientStatic = {};

    /**
     * @param staticKey the server's Noise key pair
     * @param certificateChain the encoded CertChain message about it; sent as it is, see {@link CertificateChain#issue}
     * @param random a cryptographic one; the ephemeral key is drawn from it
     */
    public NoiseResponder(KeyPair staticKey, byte[] certificateChain, RandomGenerator random) {
        this(staticKey, Curve25519.generateKeyPair(random), certificateChain);
    }

    /** With an ephemeral key of one's own, for a handshake that can be repeated byte for byte. */
    public NoiseResponder(KeyPair staticKey, KeyPair ephemeralKey, byte[] certificateChain) {
        this(staticKey, ephemeralKey, certificateChain, new SymmetricState());
    }

    NoiseResponder(KeyPair staticKey, KeyPair ephemeralKey, byte[] certificateChain, SymmetricState state) {
        this.staticKey = staticKey;
        this.ephemeralKey = ephemeralKey;
        this.certificateChain = certificateChain;
        this.state = state;
    }

    /**
     * @param clientHello content of the client's first frame
     * @return content of the server's first frame
     * @throws NoiseException the message cannot be read, or its key is of low order
     */
    public byte[] onClientHello(byte[] clientHello) throws NoiseException {
        progress.leave(Step.NEW);
        byte[] clientEphemeral =
                HandshakeMessages.clientHelloOf(clientHello).getEphemeral().toByteArray();
        try {
            state.authenticate(SymmetricState.PROLOGUE);
            state.authenticate(clientEphemeral);
            state.authenticate(ephemeralKey.publicKey());
            state.mixIntoKey(Curve25519.agree(ephemeralKey.privateKey(), clientEphemeral));
            byte[] encryptedStatic = state.encrypt(staticKey.publicKey());
            state.mixIntoKey(Curve25519.agree(staticKey.privateKey(), clientEphemeral));
            byte[] encryptedChain = state.encrypt(certificateChain);
            progress.reach(Step.GREETED);
            return HandshakeMessages.serverHello(ephemeralKey.publicKey(), encryptedStatic, encryptedChain);
        } catch (CryptoException e) {
            throw new NoiseException("the client's hello does not hold: " + e.getMessage(), e);
        }
    }

    /**
     * @param clientFinish content of the client's second frame
     * @return the encoded ClientPayload
     * @throws NoiseException the message cannot be read or does not decrypt
     */
    public byte[] onClientFinish(byte[] clientFinish) throws NoiseException {
        progress.leave(Step.GREETED);
        ClientFinish finish = HandshakeMessages.clientFinishOf(clientFinish);
        try {
            byte[] decryptedStatic = state.decrypt(finish.getStatic().toByteArray());
            clientStatic = HandshakeMessages.key(decryptedStatic, "the client's static key");
            state.mixIntoKey(Curve25519.agree(ephemeralKey.privateKey(), clientStatic));
            byte[] clientPayload = state.decrypt(finish.getPayload().toByteArray());
            progress.reach(Step.FINISHED);
            return clientPayload;
        } catch (CryptoException e) {
            throw new NoiseException("the client's finish does not hold: " + e.getMessage(), e);
        }
    }

    /** The client's public Noise key, 32 raw bytes; proven once {@link #onClientFinish} has returned. */
    public byte[] clientStaticKey() {
        if (progress.step() != Step.FINISHED && progress.step() != Step.HANDED_OVER) {
            throw new IllegalStateException(
                    "the client's static key is known when the handshake is finished; it is " + progress.step());
        }
        return clientStatic.clone();
    }

    /** What encrypts and decrypts the frames from now on; given out once. */
    public NoiseTransport transport() {
        progress.leave(Step.FINISHED);
        progress.reach(Step.HANDED_OVER);
        return state.serverTransport();
    }

    @Override
    public String toString() {
        return "NoiseResponder[" + progress.step() + "]";
    }
}
