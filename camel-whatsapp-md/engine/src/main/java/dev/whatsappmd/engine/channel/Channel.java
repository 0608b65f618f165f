package dev.whatsappmd.engine.channel;

import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.frame.FrameDecoder;
import dev.whatsappmd.engine.frame.FrameEncoder;
import dev.whatsappmd.engine.frame.FrameException;
import dev.whatsappmd.engine.frame.IntroHeader;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.node.NodeFormatException;
import dev.whatsappmd.engine.noise.NoiseException;
import dev.whatsappmd.engine.noise.NoiseInitiator;
import dev.whatsappmd.engine.noise.NoiseTransport;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.noise.UntrustedServerException;
import dev.whatsappmd.engine.transport.Proxy;
import dev.whatsappmd.engine.transport.Transport;
import dev.whatsappmd.engine.transport.TransportEnd;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the server: an encrypted stream of nodes. The handshake runs by itself once the websocket is open;
 * whatever ends the connection is told once, as a {@link DisconnectCause}.
 *
 * <p>Not thread-safe: it belongs to the session's thread, and so does its listener. What the transport tells on its
 * own threads is handed over by {@code handOver}, in order.
 */
public final class Channel {
    /** The {@code Origin} of WhatsApp Web (Baileys, Defaults/index.ts). */
    static final String ORIGIN = "https://web.whatsapp.com";

    /** Hears of one connection, on the session's thread. */
    public interface Listener {
        /** The server is who it should be, and has our payload. */
        void onHandshakeDone();

        /**
         * Bytes have arrived: a sign of life. Those of a frame that began longer than {@code connectTimeout} ago are none:
         * a length that was made up would swallow all that the server says, and look like life for ever.
         */
        void onHeard();

        void onNode(Node node);

        /** The connection is over. Told once, and nothing after it. */
        void onEnd(DisconnectCause cause);

        /** The socket is gone. Told once, after or without {@link #onEnd}. */
        void onReleased();
    }

    /**
     * What a connection needs.
     *
     * @param clientPayload says who logs in, or registers; sent only to a server that is believed
     * @param routingInfo where the server wants this account to be routed
     * @param wallClock for the validity of certificates
     */
    public record Settings(
            URI url,
            Duration connectTimeout,
            Optional<Proxy> proxy,
            ServerTrust trust,
            KeyPair noiseKey,
            byte[] clientPayload,
            Optional<byte[]> routingInfo,
            Supplier<Instant> wallClock) {}

    /** Runs what the transport tells on the session's thread. */
    @FunctionalInterface
    public interface HandOver {
        void run(Runnable task);
    }

    private enum Stage {
        OPENING,
        HELLO_SENT,
        ENCRYPTED,
        ENDED
    }

    private final Settings settings;
    private final Listener listener;
    private final NoiseInitiator noise;
    private final FrameEncoder encoder;
    private final FrameDecoder decoder = new FrameDecoder();
    private Transport.Connection connection;
    private NoiseTransport cipher;
    private Stage stage = Stage.OPENING;
    private boolean released;
    /** Since when a frame is under way; null between frames. */
    private @Nullable Instant frameSince;

    private Channel(Settings settings, Listener listener, RandomGenerator random) {
        this.settings = settings;
        this.listener = listener;
        IntroHeader intro =
                settings.routingInfo().map(IntroHeader::withRoutingInfo).orElse(IntroHeader.PLAIN);
        this.encoder = new FrameEncoder(intro);
        this.noise = new NoiseInitiator(settings.noiseKey(), settings.trust(), random);
    }

    /** Begins to connect and returns at once. */
    public static Channel open(
            Settings settings, Transport transport, HandOver handOver, Listener listener, RandomGenerator random) {
        Channel channel = new Channel(settings, listener, random);
        Transport.Dial dial = new Transport.Dial(
                url(settings.url(), settings.routingInfo()), ORIGIN, settings.connectTimeout(), settings.proxy());
        channel.connection = transport.connect(dial, new Transport.Listener() {
            @Override
            public void onOpen() {
                handOver.run(channel::opened);
            }

            @Override
            public void onBytes(byte[] bytes) {
                handOver.run(() -> channel.received(bytes));
            }

            @Override
            public void onEnd(TransportEnd end) {
                handOver.run(() -> {
                    channel.released = true;
                    channel.end(DisconnectCause.of(end));
                    listener.onReleased();
                });
            }
        });
        return channel;
    }

    /** WhatsApp Web puts the routing info into the address too, as base64url (Baileys, Socket/socket.ts). */
    private static URI url(URI base, Optional<byte[]> routingInfo) {
        if (routingInfo.isEmpty()) {
            return base;
        }
        String ed = "ED=" + Base64.getUrlEncoder().withoutPadding().encodeToString(routingInfo.get());
        String query = base.getRawQuery();
        String separator = query == null ? "?" : "&";
        return URI.create(base + separator + ed);
    }

    /** Sends a node; after the end it does nothing. */
    public void send(Node node) {
        if (stage == Stage.ENCRYPTED) {
            byte[] plain = NodeEncoder.encode(node);
            int length = plain.length + NoiseTransport.OVERHEAD;
            byte[] message = encoder.allocate(length);
            cipher.encrypt(plain, message, message.length - length);
            connection.send(message);
        }
    }

    /** Ends the connection from this side: no further word to the listener but that the socket is gone. */
    public void close() {
        stage = Stage.ENDED;
        connection.close();
    }

    /** As {@link #close}, without waiting for anything. */
    public void abort() {
        stage = Stage.ENDED;
        connection.abort();
    }

    /** Whether the socket is gone. */
    public boolean isReleased() {
        return released;
    }

    private void opened() {
        if (stage == Stage.OPENING) {
            stage = Stage.HELLO_SENT;
            connection.send(encoder.encode(noise.clientHello()));
        }
    }

    private void received(byte[] bytes) {
        if (stage == Stage.ENDED) {
            return;
        }
        Optional<DisconnectCause> broken = Optional.empty();
        try {
            decoder.feed(bytes);
        } catch (FrameException e) {
            broken = Optional.of(DisconnectCause.protocolError(e.getMessage()));
        }
        Optional<byte[]> first = decoder.poll();
        if (first.isPresent() || isFrameInTime()) {
            listener.onHeard();
        }
        first.ifPresent(this::frames);
        broken.ifPresent(this::fail);
        if (decoder.pendingBytes() == 0) {
            frameSince = null;
        }
    }

    private boolean isFrameInTime() {
        Instant now = settings.wallClock().get();
        if (frameSince == null) {
            frameSince = now;
        }
        return Duration.between(frameSince, now).compareTo(settings.connectTimeout()) < 0;
    }

    /** A listener may end the connection in the middle of it. */
    private void frames(byte[] first) {
        frameSince = null;
        Optional<byte[]> next = Optional.of(first);
        while (next.isPresent() && stage != Stage.ENDED) {
            try {
                frame(next.get());
            } catch (UntrustedServerException e) {
                fail(DisconnectCause.untrusted(e.getMessage()));
            } catch (NoiseException e) {
                fail(DisconnectCause.protocolError(e.getMessage()));
            } catch (NodeFormatException e) {
                fail(DisconnectCause.protocolError("a stanza does not decode: " + e.getMessage()));
            }
            next = decoder.poll();
        }
    }

    private void frame(byte[] content) throws NoiseException, NodeFormatException {
        if (stage == Stage.HELLO_SENT) {
            byte[] finish = noise.onServerHello(
                    content, settings.clientPayload(), settings.wallClock().get());
            connection.send(encoder.encode(finish));
            cipher = noise.transport();
            stage = Stage.ENCRYPTED;
            listener.onHandshakeDone();
        } else {
            listener.onNode(NodeDecoder.decode(cipher.decrypt(content)));
        }
    }

    private void fail(DisconnectCause cause) {
        if (stage != Stage.ENDED) {
            end(cause);
            connection.close();
        }
    }

    private void end(DisconnectCause cause) {
        if (stage != Stage.ENDED) {
            stage = Stage.ENDED;
            listener.onEnd(cause);
        }
    }
}
