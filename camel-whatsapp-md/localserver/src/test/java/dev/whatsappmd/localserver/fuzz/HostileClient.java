package dev.whatsappmd.localserver.fuzz;

import dev.whatsappmd.engine.frame.FrameDecoder;
import dev.whatsappmd.engine.frame.FrameEncoder;
import dev.whatsappmd.engine.frame.IntroHeader;
import dev.whatsappmd.engine.noise.NoiseInitiator;
import dev.whatsappmd.engine.noise.NoiseTransport;
import dev.whatsappmd.engine.transport.JavaWebSocketTransport;
import dev.whatsappmd.engine.transport.Transport;
import dev.whatsappmd.engine.transport.TransportEnd;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client on a real socket that says what it likes, and reads no more than it must. */
final class HostileClient implements Transport.Listener, AutoCloseable {
    private static final long LIMIT_SECONDS = 20;

    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final BlockingQueue<byte[]> frames = new LinkedBlockingQueue<>();
    private final FrameDecoder decoder = new FrameDecoder();
    private final FrameEncoder encoder = new FrameEncoder(IntroHeader.PLAIN);
    private final Transport.Connection connection;
    private NoiseTransport cipher;

    HostileClient(URI url) throws InterruptedException {
        connection = JavaWebSocketTransport.INSTANCE.connect(
                new Transport.Dial(
                        url, "https://web.whatsapp.com", Duration.ofSeconds(LIMIT_SECONDS), Optional.empty()),
                this);
        require(opened.await(LIMIT_SECONDS, TimeUnit.SECONDS), "the websocket to open");
    }

    @Override
    public void onOpen() {
        opened.countDown();
    }

    @Override
    public void onBytes(byte[] bytes) {
        try {
            decoder.feed(bytes);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        decoder.forEach(frames::add);
    }

    @Override
    public void onEnd(TransportEnd end) {
        opened.countDown();
        ended.countDown();
    }

    /** Goes through the handshake as a good client does. */
    void shakeHands(NoiseInitiator noise, byte[] payload) throws Exception {
        sendFrame(noise.clientHello());
        byte[] hello = frames.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        require(hello != null, "the server's hello");
        sendFrame(noise.onServerHello(hello, payload, Instant.now()));
        cipher = noise.transport();
    }

    void sendEncrypted(byte[] plaintext) {
        sendFrame(cipher.encrypt(plaintext));
    }

    void sendFrame(byte[] content) {
        connection.send(encoder.encode(content));
    }

    void sendBytes(byte[] bytes) {
        connection.send(bytes);
    }

    /** Ends in order, so that the server has read everything by then; it has ended the connection, or does so now. */
    @Override
    public void close() throws InterruptedException {
        connection.close();
        if (!ended.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            connection.abort();
            throw new AssertionError("waited " + LIMIT_SECONDS + " s for the end of the connection");
        }
    }

    private static void require(boolean seen, String what) {
        if (!seen) {
            throw new AssertionError("waited " + LIMIT_SECONDS + " s for " + what);
        }
    }
}
