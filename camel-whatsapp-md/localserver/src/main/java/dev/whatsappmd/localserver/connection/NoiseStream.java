package dev.whatsappmd.localserver.connection;

import dev.whatsappmd.engine.frame.FrameDecoder;
import dev.whatsappmd.engine.frame.FrameException;
import dev.whatsappmd.engine.frame.IntroHeader;
import dev.whatsappmd.engine.noise.NoiseException;
import dev.whatsappmd.engine.noise.NoiseResponder;
import dev.whatsappmd.engine.noise.NoiseTransport;
import dev.whatsappmd.localserver.fault.CertificateFault;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Intro, frames and Noise of one connection: bytes in, frames out, and back. No I/O, no decisions. Not thread-safe.
 *
 * <p>The order is {@link #hello}, {@link #finish}, then {@link #decrypt} and {@link #encrypt}.
 */
public final class NoiseStream {
    private static final int ROUTING_INFO_LIMIT = 4096;

    /** What the next frame of the client is. */
    enum Stage {
        /** The client's hello. */
        HELLO,
        /** The client's static key and payload. */
        FINISH,
        /** An encrypted stanza. */
        ESTABLISHED
    }

    private final NoiseIdentity identity;
    private final RandomGenerator random;
    private final FrameDecoder decoder = new FrameDecoder();
    private NoiseResponder responder;
    private byte[] beforeIntro = {};
    private IntroHeader intro;
    private NoiseTransport transport;
    private Stage stage = Stage.HELLO;

    /** The beginning of a connection; the ephemeral key comes from the random generator. */
    public NoiseStream(NoiseIdentity identity, RandomGenerator random) {
        this.identity = identity;
        this.random = random;
        responder = identity.responder(random);
    }

    Stage stage() {
        return stage;
    }

    /** Takes the next piece of the client's stream. */
    void feed(byte[] piece) throws FrameException {
        if (intro != null) {
            decoder.feed(piece);
            return;
        }
        byte[] stream = Arrays.copyOf(beforeIntro, beforeIntro.length + piece.length);
        System.arraycopy(piece, 0, stream, beforeIntro.length, piece.length);
        ByteBuffer buffer = ByteBuffer.wrap(stream);
        intro = IntroHeader.read(buffer, ROUTING_INFO_LIMIT).orElse(null);
        if (intro == null) {
            beforeIntro = stream;
        } else {
            decoder.feed(buffer);
        }
    }

    /** The next whole frame. */
    Optional<byte[]> poll() {
        return decoder.poll();
    }

    /** The routing info of the intro. */
    Optional<byte[]> routingInfo() {
        return intro == null ? Optional.empty() : intro.routingInfo();
    }

    /** Takes the client's hello, gives the content of the answer. */
    byte[] hello(byte[] frame) throws NoiseException {
        byte[] answer = responder.onClientHello(frame);
        stage = Stage.FINISH;
        return answer;
    }

    /** Gives another answer to the same hello, with a chain that is to be refused. */
    byte[] helloAgain(byte[] frame, CertificateFault fault) throws NoiseException {
        responder = identity.responder(fault, random);
        return responder.onClientHello(frame);
    }

    /** Takes the client's last handshake message, gives its ClientPayload. */
    byte[] finish(byte[] frame) throws NoiseException {
        byte[] payload = responder.onClientFinish(frame);
        transport = responder.transport();
        stage = Stage.ESTABLISHED;
        return payload;
    }

    /** The client's public Noise key, after {@link #finish}. */
    byte[] clientKey() {
        return responder.clientStaticKey();
    }

    byte[] decrypt(byte[] frame) throws NoiseException {
        return transport.decrypt(frame);
    }

    byte[] encrypt(byte[] plaintext) {
        return transport.encrypt(plaintext);
    }
}
