package dev.whatsappmd.engine.transport;

import dev.whatsappmd.engine.transport.TransportEnd.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.SocketFactory;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.ReadyState;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.handshake.ServerHandshake;
import org.java_websocket.protocols.Protocol;

/**
 * Websockets by the Java-WebSocket library: two daemon threads for each connection, one that dials and then reads, one
 * that writes.
 */
public final class JavaWebSocketTransport implements Transport {
    /** It has no state. */
    public static final JavaWebSocketTransport INSTANCE = new JavaWebSocketTransport();

    /** Largest message taken: a frame of the protocol has at most 2^24 - 1 bytes and three of length. */
    private static final int MAX_MESSAGE = (1 << 24) + 1024;

    private static final Pattern STATUS = Pattern.compile("[Ss]tatus code received: (\\d{3})");

    private JavaWebSocketTransport() {}

    @Override
    public Connection connect(Dial dial, Listener listener) {
        Client client = new Client(dial, listener);
        client.connect();
        return client;
    }

    private static final class Client extends WebSocketClient implements Connection {
        private final Listener listener;
        private final SocketDialer dialer;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile Exception lastError;
        private volatile boolean opened;
        private volatile boolean text;

        Client(Dial dial, Listener listener) {
            super(
                    dial.url(),
                    new Draft_6455(List.of(), List.of(new Protocol("")), MAX_MESSAGE),
                    Map.of("Origin", dial.origin()),
                    0);
            this.listener = listener;
            this.dialer = new SocketDialer(dial);
            setDaemon(true);
            setTcpNoDelay(true);
            // Liveness is judged by the session, which knows what it is waiting for.
            setConnectionLostTimeout(0);
            setSocketFactory(new DialedSocketFactory(dialer));
        }

        @Override
        public void send(byte[] message) {
            if (getReadyState() == ReadyState.OPEN) {
                super.send(message);
            }
        }

        @Override
        public void close() {
            if (getReadyState() == ReadyState.OPEN) {
                super.close();
            } else {
                abort();
            }
        }

        @Override
        public void abort() {
            dialer.abort();
        }

        @Override
        public void onOpen(ServerHandshake handshake) {
            opened = true;
            listener.onOpen();
        }

        @Override
        public void onMessage(ByteBuffer message) {
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            listener.onBytes(bytes);
        }

        @Override
        public void onMessage(String message) {
            text = true;
            close(CloseFrame.REFUSE, "binary messages only");
        }

        @Override
        public void onError(Exception error) {
            lastError = error;
        }

        @Override
        public void onClose(int code, String reason, boolean remote) {
            if (ended.compareAndSet(false, true)) {
                listener.onEnd(end(code, reason == null ? "" : reason));
            }
            // The library leaves the socket to a writer thread, which there is none of before the upgrade.
            dialer.abort();
        }

        private TransportEnd end(int code, String reason) {
            if (lastError instanceof SocketDialer.DialException failed) {
                return failed.end();
            }
            if (!opened) {
                return notOpened(code, reason);
            }
            if (text) {
                return TransportEnd.of(Kind.TEXT_MESSAGE, "the server sent a text message");
            }
            if (lastError != null) {
                return TransportEnd.of(Kind.FAILED, describe(lastError));
            }
            // 1006 is what a side notes for itself when there was no close frame.
            return code == CloseFrame.ABNORMAL_CLOSE
                    ? TransportEnd.of(Kind.CLOSED, "the stream ended without a close frame")
                    : TransportEnd.of(Kind.CLOSED, code, "closed with code " + code);
        }

        private TransportEnd notOpened(int code, String reason) {
            Matcher status = STATUS.matcher(reason);
            if (status.find()) {
                int number = Integer.parseInt(status.group(1));
                return TransportEnd.of(
                        Kind.UPGRADE_REFUSED, number, "the server answered the upgrade with HTTP " + number);
            }
            String why = lastError == null ? "ended before the websocket was open" : describe(lastError);
            return TransportEnd.of(Kind.CONNECT, why + (code > 0 ? " (" + code + ")" : ""));
        }

        private static String describe(Exception error) {
            String message = error.getMessage();
            return message == null ? error.getClass().getSimpleName() : message;
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
