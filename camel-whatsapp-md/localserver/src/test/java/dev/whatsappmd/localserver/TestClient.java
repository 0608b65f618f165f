package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.frame.FrameDecoder;
import dev.whatsappmd.engine.frame.FrameEncoder;
import dev.whatsappmd.engine.frame.IntroHeader;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.noise.NoiseException;
import dev.whatsappmd.engine.noise.NoiseInitiator;
import dev.whatsappmd.engine.noise.NoiseTransport;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.pairing.ClientPayloads;
import dev.whatsappmd.engine.pairing.DeviceConfig;
import dev.whatsappmd.engine.pairing.DeviceProfile;
import dev.whatsappmd.engine.pairing.HistoryScope;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A client that does only what it is told: the engine's codec rooms on the JDK's websocket, which shares no code with the
 * server's.
 */
final class TestClient implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(10);
    static final SecureRandom RANDOM = new SecureRandom();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** How the connection ended: the close code, or 1006 for anything without one. */
    record End(int code) {}

    /** What came as one piece of a websocket message. */
    record Message(boolean text, int length, boolean last) {}

    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();
    private final List<Node> waiting = new ArrayList<>();
    private final List<Message> messages = new CopyOnWriteArrayList<>();
    private final FrameDecoder decoder = new FrameDecoder();
    private final FrameEncoder encoder;
    private final WebSocket socket;
    private NoiseTransport transport;
    private End end;
    private volatile int pendingBytes;
    private int lastId;
    private int pieceLength = Integer.MAX_VALUE;

    private TestClient(String url, IntroHeader intro) {
        encoder = new FrameEncoder(intro);
        socket = HTTP.newWebSocketBuilder()
                .connectTimeout(LIMIT)
                .buildAsync(URI.create(url), new Listener())
                .join();
    }

    /** A socket on which nothing has been said yet. */
    static TestClient open(LocalWhatsAppServer server) {
        return new TestClient(server.url(), IntroHeader.PLAIN);
    }

    /** Connects and shakes hands: to log in when these credentials have an account, else to register. */
    static TestClient connect(LocalWhatsAppServer server, Credentials credentials) {
        IntroHeader intro =
                credentials.routingInfo().map(IntroHeader::withRoutingInfo).orElse(IntroHeader.PLAIN);
        return new TestClient(server.url(), intro).shakeHands(server, credentials);
    }

    static byte[] payload(Credentials credentials) {
        DeviceConfig config = DeviceConfig.of(DeviceProfile.DEFAULT, HistoryScope.RECENT);
        return credentials
                .account()
                .map(account -> ClientPayloads.login(account.id(), config))
                .orElseGet(() -> ClientPayloads.registration(credentials, config));
    }

    TestClient shakeHands(LocalWhatsAppServer server, Credentials credentials) {
        return shakeHands(server, credentials, payload(credentials));
    }

    TestClient shakeHands(LocalWhatsAppServer server, Credentials credentials, byte[] payload) {
        return shakeHands(server, credentials, payload, Instant.now());
    }

    /** @param now the time at which this client looks at the certificates */
    TestClient shakeHands(LocalWhatsAppServer server, Credentials credentials, byte[] payload, Instant now) {
        NoiseInitiator noise =
                new NoiseInitiator(credentials.noiseKey(), ServerTrust.ofHex(server.rootKeyHex()), RANDOM);
        try {
            sendFrame(noise.clientHello());
            sendFrame(noise.onServerHello(frame(), payload, now));
            transport = noise.transport();
        } catch (Exception e) {
            throw new IllegalStateException("handshake failed", e);
        }
        return this;
    }

    void send(Node stanza) {
        sendFrame(transport.encrypt(NodeEncoder.encode(stanza)));
    }

    /** A whole encrypted frame around any bytes. */
    void sendPlaintext(byte[] plaintext) {
        sendFrame(transport.encrypt(plaintext));
    }

    void sendFrame(byte[] content) {
        sendBytes(encoder.encode(content));
    }

    void sendBytes(byte[] bytes) {
        for (int from = 0; from < bytes.length; from += Math.min(pieceLength, bytes.length - from)) {
            int length = Math.min(pieceLength, bytes.length - from);
            socket.sendBinary(ByteBuffer.wrap(bytes, from, length), true).join();
        }
    }

    /** From now on cuts what it sends into websocket messages of this length. */
    void splitInto(int length) {
        pieceLength = length;
    }

    void sendText(String text) {
        socket.sendText(text, true).join();
    }

    /** Asks and waits for the answer. */
    Node query(Node.Builder iq) {
        String id = "t-" + ++lastId;
        send(iq.attribute("id", id).attribute("to", "s.whatsapp.net").build());
        return take(StanzaMatch.tag("iq").with("id", id));
    }

    static Node.Builder iq(String type, String xmlns, Node... children) {
        Node.Builder iq = Node.builder("iq").attribute("type", type).attribute("xmlns", xmlns);
        for (Node child : children) {
            iq.child(child);
        }
        return iq;
    }

    /** The oldest stanza that matches; others stay for later. */
    Node take(StanzaMatch match) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            for (Node node : waiting) {
                if (match.test(node)) {
                    waiting.remove(node);
                    return node;
                }
            }
            Object next = next(deadline, "a stanza " + match);
            if (next instanceof End) {
                throw new AssertionError("the connection ended (" + next + ") before " + match + "; left: "
                        + waiting.stream().map(StanzaMatch::label).toList());
            }
            waiting.add(decrypted((byte[]) next));
        }
    }

    /** The oldest stanza that nobody took, of those here or to come in this time; empty when there is none, or the end came. */
    Optional<Node> poll(Duration wait) throws InterruptedException {
        if (!waiting.isEmpty()) {
            return Optional.of(waiting.remove(0));
        }
        Object next = end == null ? arrived.poll(wait.toNanos(), TimeUnit.NANOSECONDS) : null;
        if (next instanceof End ended) {
            end = ended;
        }
        return next instanceof byte[] frame ? Optional.of(decrypted(frame)) : Optional.empty();
    }

    /** All stanzas that have come until the end of the connection. */
    List<Node> takeUntilEnd() {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (end == null) {
            Object next = next(deadline, "the end");
            if (next instanceof byte[] frame) {
                waiting.add(decrypted(frame));
            }
        }
        List<Node> all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }

    /** Waits for the end; what came before is dropped. */
    End awaitEnd() {
        takeUntilEnd();
        return end;
    }

    /** Stanzas that have come and nobody took, up to what a round trip to the server and back brings. */
    List<Node> arrivedSoFar() {
        query(iq("get", "w:p"));
        return List.copyOf(waiting);
    }

    /** What came over the websocket so far, before frames were found in it. */
    List<Message> messages() {
        return messages;
    }

    /** The next frame as it is. */
    byte[] frame() {
        Object next = next(System.nanoTime() + LIMIT.toNanos(), "a frame");
        assertThat(next).as("a frame").isInstanceOf(byte[].class);
        return (byte[]) next;
    }

    /** Whether a whole frame is here that nobody took. */
    boolean hasFrame() {
        return arrived.stream().anyMatch(byte[].class::isInstance);
    }

    /** Bytes of a frame that is not whole yet. */
    int pendingBytes() {
        return pendingBytes;
    }

    byte[] decrypt(byte[] frame) throws NoiseException {
        return transport.decrypt(frame);
    }

    private Object next(long deadline, String what) {
        try {
            Object next = arrived.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new AssertionError("waited " + LIMIT + " for " + what + "; came: "
                        + waiting.stream().map(StanzaMatch::label).toList());
            }
            if (next instanceof End ended) {
                end = ended;
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what);
        }
    }

    private Node decrypted(byte[] frame) {
        try {
            return NodeDecoder.decode(transport.decrypt(frame));
        } catch (Exception e) {
            throw new IllegalStateException("a frame of the server cannot be read", e);
        }
    }

    /** Closes in order; when the server has closed meanwhile, that was it. */
    @Override
    public void close() {
        socket.sendClose(1000, "").exceptionally(alreadyClosed -> socket).join();
    }

    /** Drops the TCP connection. */
    void abort() {
        socket.abort();
    }

    private final class Listener implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            messages.add(new Message(false, data.remaining(), last));
            try {
                decoder.feed(data);
                decoder.forEach(arrived::add);
                pendingBytes = decoder.pendingBytes();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            messages.add(new Message(true, data.length(), last));
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            arrived.add(new End(statusCode));
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            arrived.add(new End(1006));
        }
    }
}
