package dev.whatsappmd.engine.transport;

import dev.whatsappmd.engine.transport.TransportEnd.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.SocketFactory;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.exceptions.WebsocketNotConnectedException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.handshake.ServerHandshake;

/**
 * Websockets by the Java-WebSocket library: two daemon threads for each connection, one that dials and then reads, one
 * that writes; and a third for as long as a name is looked up.
 */
public final class JavaWebSocketTransport implements Transport {
    /** It has no state. */
    public static final JavaWebSocketTransport INSTANCE = new JavaWebSocketTransport();

    /** Largest message taken: a frame of the protocol has at most 2^24 - 1 bytes and three of length. */
    private static final int MAX_MESSAGE = (1 << 24) + 1024;

    /**
     * How long a last close frame may take to be written before the socket is cut. Mostly it goes out; the library's
     * writing thread may also end before it, which no server minds.
     */
    private static final long FLUSH_MILLIS = 250;

    private static final Pattern STATUS = Pattern.compile("[Ss]tatus code received: (\\d{3})");

    private JavaWebSocketTransport() {}

    @Override
    public Connection connect(Dial dial, Listener listener) {
        Client client = new Client(dial, listener);
        client.connect();
        return client;
    }

    /**
     * One websocket. All that the listener hears comes from the thread that dials and then reads, so the end is the last
     * of it: whoever else sees the end first only closes the socket, which ends the reading.
     */
    private static final class Client extends WebSocketClient implements Connection {
        private final Listener listener;
        private final SocketDialer dialer;
        private volatile Exception firstError;
        private volatile boolean opened;
        private volatile boolean text;
        private volatile Closing closing = new Closing(CloseFrame.ABNORMAL_CLOSE, "", false);

        Client(Dial dial, Listener listener) {
            super(dial.url(), new BoundedDraft(MAX_MESSAGE), Map.of("Origin", dial.origin()), 0);
            this.listener = listener;
            this.dialer = new SocketDialer(dial);
            setDaemon(true);
            setTcpNoDelay(true);
            // Liveness is judged by the session, which knows what it is waiting for.
            setConnectionLostTimeout(0);
            setSocketFactory(new DialedSocketFactory(dialer));
        }

        @Override
        public void run() {
            try {
                super.run();
            } finally {
                // The library leaves the socket to the writing thread, which there is none of before the upgrade.
                if (opened) {
                    dialer.awaitClosed(FLUSH_MILLIS);
                }
                dialer.abort();
                listener.onEnd(end());
            }
        }

        @Override
        public void send(byte[] message) {
            try {
                super.send(message);
            } catch (WebsocketNotConnectedException e) {
                // Not open yet, or not any more: the listener hears of the end by itself.
            }
        }

        @Override
        public void close() {
            switch (getReadyState()) {
                case OPEN -> super.close();
                case NOT_YET_CONNECTED -> abort();
                case CLOSING, CLOSED -> {
                    // It is ending already.
                }
            }
        }

        @Override
        public void abort() {
            dialer.abort();
        }

        @Override
        public void onOpen(ServerHandshake handshake) {
            opened = true;
            tell(listener::onOpen);
        }

        @Override
        public void onMessage(ByteBuffer message) {
            if (text) {
                // The rule was broken before this came.
                return;
            }
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            tell(() -> listener.onBytes(bytes));
        }

        /** The library would go on behind a listener that fails, and the stream would have a hole. */
        private void tell(Runnable word) {
            try {
                word.run();
            } catch (RuntimeException e) {
                onError(e);
                abort();
            }
        }

        @Override
        public void onMessage(String message) {
            text = true;
            close(CloseFrame.REFUSE, "binary messages only");
        }

        @Override
        public void onError(Exception error) {
            if (firstError == null) {
                firstError = error;
            }
        }

        @Override
        public void onClose(int code, String reason, boolean remote) {
            closing = new Closing(code, reason == null ? "" : reason, remote);
        }

        private TransportEnd end() {
            if (firstError instanceof SocketDialer.DialException failed) {
                return failed.end();
            }
            if (!opened) {
                return notOpened();
            }
            if (text) {
                return TransportEnd.of(Kind.TEXT_MESSAGE, "the server sent a text message");
            }
            int code = closing.code();
            if (closing.brokenRule()) {
                return TransportEnd.of(Kind.INVALID_FRAME, code, "a frame was refused with close code " + code);
            }
            if (firstError != null) {
                return TransportEnd.of(Kind.FAILED, describe(firstError));
            }
            return code == CloseFrame.ABNORMAL_CLOSE
                    ? TransportEnd.of(Kind.CLOSED, "the stream ended without a close frame")
                    : TransportEnd.of(Kind.CLOSED, code, "closed with code " + code);
        }

        private TransportEnd notOpened() {
            Matcher status = STATUS.matcher(closing.reason());
            if (status.find()) {
                int number = Integer.parseInt(status.group(1));
                return TransportEnd.of(
                        Kind.UPGRADE_REFUSED, number, "the server answered the upgrade with HTTP " + number);
            }
            if (closing.brokenRule()) {
                return TransportEnd.of(
                        Kind.CONNECT, "the server did not answer the upgrade as a websocket server does");
            }
            return TransportEnd.of(
                    Kind.CONNECT, firstError == null ? "ended before the websocket was open" : describe(firstError));
        }

        private static String describe(Exception error) {
            String message = error.getMessage();
            return message == null ? error.getClass().getSimpleName() : message;
        }
    }

    /**
     * How the library saw the end.
     *
     * @param remote whether the code is the other side's
     */
    private record Closing(int code, String reason, boolean remote) {
        /** Whether this side ended it because of what it received. */
        boolean brokenRule() {
            return !remote
                    && (code == CloseFrame.PROTOCOL_ERROR
                            || code == CloseFrame.NO_UTF8
                            || code == CloseFrame.TOOBIG
                            || code == CloseFrame.REFUSE);
        }
    }

    /** Gives the library a socket that is connected already. */
    private static final class DialedSocketFactory extends SocketFactory {
        private final SocketDialer dialer;

        DialedSocketFactory(SocketDialer dialer) {
            this.dialer = dialer;
        }

        @Override
        public Socket createSocket() throws IOException {
            return dialer.dial();
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            throw notUsed();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
            throw notUsed();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            throw notUsed();
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
                throws IOException {
            throw notUsed();
        }

        private static IOException notUsed() {
            return new UnknownHostException("this factory only gives out the dialed socket");
        }
    }
}
