package dev.whatsappmd.engine.transport;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Opens websockets. An implementation is safe for use by several threads and holds no state between connections. */
public interface Transport {
    /**
     * Begins to open a websocket and returns at once. All that follows is told to the listener, one thing after the
     * other, on a thread of the transport and never on the caller's; that thread may be faster than this method.
     */
    Connection connect(Dial dial, Listener listener);

    /**
     * Where and how to connect.
     *
     * @param url {@code ws} or {@code wss}, in lower case, with a host
     * @param origin the {@code Origin} header
     * @param timeout for DNS, the proxy, TCP and TLS together; how long the upgrade may take is for the caller to judge,
     *     who ends it by {@link Connection#abort()}
     */
    record Dial(URI url, String origin, Duration timeout, Optional<Proxy> proxy) {
        public Dial {
            Objects.requireNonNull(url, "url");
            Objects.requireNonNull(origin, "origin");
            Objects.requireNonNull(timeout, "timeout");
            Objects.requireNonNull(proxy, "proxy");
            if (!("ws".equals(url.getScheme()) || "wss".equals(url.getScheme())) || url.getHost() == null) {
                throw new IllegalArgumentException("not an address to dial: expected ws://host[:port]/path or"
                        + " wss://host[:port]/path, got scheme " + url.getScheme() + " and host " + url.getHost());
            }
        }
    }

    /** One websocket. Safe for use by several threads. */
    interface Connection {
        /**
         * Sends one binary message; the array must not be changed afterwards. Does not wait for the network. After the
         * end it does nothing.
         */
        void send(byte[] message);

        /**
         * Begins to end it with a close frame, or ends it when it was not open yet; a second call does nothing. The
         * other side may never answer: who wants to be sure follows with {@link #abort()} a little later.
         */
        void close();

        /** Ends it now: in the middle of a hanging connect, handshake or write as well. */
        void abort();
    }

    /** Hears of one websocket. It must only hand over: the thread that reads the socket calls it. */
    interface Listener {
        void onOpen();

        /** One message, or a piece of the stream; the array is the listener's from now on. */
        void onBytes(byte[] bytes);

        /** The websocket has ended, or never opened; its socket is closed. Told exactly once, and nothing after it. */
        void onEnd(TransportEnd end);
    }
}
