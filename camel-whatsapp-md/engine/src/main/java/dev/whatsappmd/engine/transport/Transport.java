package dev.whatsappmd.engine.transport;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Opens websockets. An implementation is safe for use by several threads and holds no state between connections. */
public interface Transport {
    /**
     * Begins to open a websocket and returns at once. All that follows is told to the listener, on a thread of the
     * transport, never before this method has returned.
     */
    Connection connect(Dial dial, Listener listener);

    /**
     * Where and how to connect.
     *
     * @param url {@code ws} or {@code wss}
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
        }
    }

    /** One websocket. Safe for use by several threads. */
    interface Connection {
        /**
         * Sends one binary message; the array must not be changed afterwards. Does not wait for the network. After the
         * end it does nothing.
         */
        void send(byte[] message);

        /** Begins to end it with a close frame; who wants to be sure follows with {@link #abort()} a little later. */
        void close();

        /** Ends it now: in the middle of a hanging connect, handshake or write as well. */
        void abort();
    }

    /** Hears of one websocket. It must only hand over: the thread that reads the socket calls it. */
    interface Listener {
        void onOpen();

        /** One message, or a piece of the stream; the array is the listener's from now on. */
        void onBytes(byte[] bytes);

        /** The websocket has ended, or never opened. Told exactly once, and nothing after it. */
        void onEnd(TransportEnd end);
    }
}
