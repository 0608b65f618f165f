package dev.whatsappmd.engine.transport;

import static dev.whatsappmd.engine.transport.RawServer.closeFrame;
import static dev.whatsappmd.engine.transport.RawServer.readFrame;
import static dev.whatsappmd.engine.transport.RawServer.readHead;
import static dev.whatsappmd.engine.transport.RawServer.upgrade;
import static dev.whatsappmd.engine.transport.RawServer.write;
import static dev.whatsappmd.engine.transport.Recorder.SOON;
import static dev.whatsappmd.engine.transport.Recorder.dial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whatsappmd.engine.transport.TransportEnd.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** This side ends a websocket, at every step it can hang in. */
@Timeout(60)
class TransportAbortTest {
    private static final TransportEnd NOT_OPEN = TransportEnd.of(Kind.CONNECT, "ended before the websocket was open");

    private final Recorder told = new Recorder();

    @AfterEach
    void leavesNoThread() {
        Recorder.awaitNoThreads();
    }

    private Transport.Connection connect(String url) {
        return JavaWebSocketTransport.INSTANCE.connect(dial(url), told);
    }

    @Test
    void abortsBeforeAnythingHasHappened() throws IOException {
        try (RawServer server = new RawServer(RawServer::upgrade)) {
            connect(server.url("/")).abort();
            TransportEnd end = told.awaitEnd();
            assertThat(end.kind()).isIn(Kind.CONNECT, Kind.CLOSED);
        }
    }

    @Test
    void abortsWhileTheConnectHangs() throws IOException {
        try (FullServer full = new FullServer()) {
            Transport.Connection connection = connect(full.url());
            awaitReaderIn("connect");
            connection.abort();
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.CONNECT);
            assertThat(told.isOpen()).isFalse();
        }
    }

    @Test
    void closeEndsAConnectThatHangs() throws IOException {
        try (FullServer full = new FullServer()) {
            Transport.Connection connection = connect(full.url());
            awaitReaderIn("connect");
            connection.close();
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.CONNECT);
        }
    }

    @Test
    void endsAConnectThatTakesTooLong() throws IOException {
        try (FullServer full = new FullServer()) {
            JavaWebSocketTransport.INSTANCE.connect(
                    new Transport.Dial(
                            URI.create(full.url()), Recorder.ORIGIN, Duration.ofMillis(200), Optional.empty()),
                    told);
            TransportEnd end = told.awaitEnd();
            assertThat(end.kind()).isEqualTo(Kind.TIMED_OUT);
            assertThat(end.detail()).startsWith("server 127.0.0.1:").endsWith("did not answer in time");
        }
    }

    @Test
    void abortsWhileTheServerOnlyAccepts() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (RawServer server = new RawServer(socket -> {
            readHead(socket);
            asked.countDown();
        })) {
            Transport.Connection connection = connect(server.url("/"));
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            long begun = System.nanoTime();
            connection.abort();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
            assertThat(told.awaitEnd()).isEqualTo(NOT_OPEN);
        }
    }

    @Test
    void closeEndsAnUpgradeThatHangs() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (RawServer server = new RawServer(socket -> {
            readHead(socket);
            asked.countDown();
        })) {
            Transport.Connection connection = connect(server.url("/"));
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            connection.close();
            assertThat(told.awaitEnd()).isEqualTo(NOT_OPEN);
        }
    }

    @Test
    void abortsWhileTheTlsHandshakeHangs() throws Exception {
        CountDownLatch greeted = new CountDownLatch(1);
        try (RawServer server = new RawServer(socket -> {
            if (socket.getInputStream().read() >= 0) {
                greeted.countDown();
            }
        })) {
            Transport.Connection connection = connect("wss://127.0.0.1:" + server.port() + "/");
            assertThat(greeted.await(10, TimeUnit.SECONDS)).isTrue();
            connection.abort();
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.TLS);
        }
    }

    @Test
    void abortsWhileAWriteHangs() throws Exception {
        try (RawServer server = new RawServer(RawServer::upgrade)) {
            Transport.Connection connection = connect(server.url("/"));
            told.awaitOpen();
            for (int i = 0; i < 32; i++) {
                connection.send(new byte[1 << 20]);
            }
            await().atMost(SOON).during(Duration.ofMillis(200)).until(() -> stackOf("WebSocketWriteThread")
                    .contains("write"));
            long begun = System.nanoTime();
            connection.abort();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.CLOSED);
        }
    }

    /** The writing thread is the one that sees it first, the reading thread the one that tells it. */
    @Test
    void tellsAnEndThatComesWhileAWriteHangs() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            hanging.await();
            socket.setSoLinger(true, 0);
            socket.close();
        })) {
            Transport.Connection connection = connect(server.url("/"));
            told.awaitOpen();
            for (int i = 0; i < 32; i++) {
                connection.send(new byte[1 << 20]);
            }
            await().atMost(SOON).during(Duration.ofMillis(200)).until(() -> stackOf("WebSocketWriteThread")
                    .contains("write"));
            hanging.countDown();
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.CLOSED);
        }
    }

    /** It ends at once although the close frame that it owes is behind bytes that nobody reads. */
    @Test
    void endsOnACloseFrameWhileAWriteHangs() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            hanging.await();
            write(socket, closeFrame(1011));
        })) {
            Transport.Connection connection = connect(server.url("/"));
            told.awaitOpen();
            for (int i = 0; i < 32; i++) {
                connection.send(new byte[1 << 20]);
            }
            await().atMost(SOON).during(Duration.ofMillis(200)).until(() -> stackOf("WebSocketWriteThread")
                    .contains("write"));
            hanging.countDown();
            assertThat(told.awaitEnd()).isEqualTo(TransportEnd.of(Kind.CLOSED, 1011, "closed with code 1011"));
        }
    }

    @Test
    void closesWithACloseFrame() throws Exception {
        BlockingQueue<RawServer.Received> received = new ArrayBlockingQueue<>(1);
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            received.add(readFrame(socket));
            write(socket, closeFrame(1000));
        })) {
            Transport.Connection connection = connect(server.url("/"));
            told.awaitOpen();
            connection.close();
            assertThat(told.awaitEnd()).isEqualTo(TransportEnd.of(Kind.CLOSED, 1000, "closed with code 1000"));
            RawServer.Received frame = received.take();
            assertThat(frame.opcode()).isEqualTo(RawServer.CLOSE);
            assertThat(frame.closeCode()).isEqualTo(1000);
        }
    }

    @Test
    void sendsWhatWasGivenToItBeforeTheClose() throws Exception {
        BlockingQueue<RawServer.Received> received = new ArrayBlockingQueue<>(3);
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            for (int i = 0; i < 3; i++) {
                received.add(readFrame(socket));
            }
            write(socket, closeFrame(1000));
        })) {
            Transport.Connection connection = connect(server.url("/"));
            told.awaitOpen();
            connection.send(new byte[200_000]);
            connection.send(new byte[] {1});
            connection.close();
            connection.send(new byte[] {2});
            told.awaitEnd();
            assertThat(received)
                    .extracting(RawServer.Received::opcode)
                    .containsExactly(RawServer.BINARY, RawServer.BINARY, RawServer.CLOSE);
        }
    }

    @Test
    void abortEndsACloseThatNobodyAnswers() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            readFrame(socket);
            closed.countDown();
        })) {
            Transport.Connection connection = connect(server.url("/"));
            told.awaitOpen();
            connection.close();
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
            connection.close();
            await().during(Duration.ofMillis(100)).until(() -> !told.hasEnded());
            connection.abort();
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.CLOSED);
        }
    }

    @Test
    void abortsAnOpenWebsocketAndMayBeToldSoTwice() throws Exception {
        try (RawServer server = new RawServer(RawServer::upgrade)) {
            Transport.Connection connection = connect(server.url("/"));
            told.awaitOpen();
            connection.abort();
            connection.abort();
            connection.close();
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.CLOSED);
            connection.abort();
            connection.close();
        }
    }

    /** From the thread that is just telling something. */
    @Test
    void abortsOutOfItsListener() throws Exception {
        BlockingQueue<Transport.Connection> handle = new ArrayBlockingQueue<>(1);
        try (RawServer server = new RawServer(RawServer::upgrade)) {
            Transport.Listener listener = new Transport.Listener() {
                @Override
                public void onOpen() {
                    told.onOpen();
                    try {
                        handle.take().abort();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }

                @Override
                public void onBytes(byte[] bytes) {
                    told.onBytes(bytes);
                }

                @Override
                public void onEnd(TransportEnd end) {
                    told.onEnd(end);
                }
            };
            handle.add(JavaWebSocketTransport.INSTANCE.connect(dial(server.url("/")), listener));
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.CLOSED);
        }
    }

    private static void awaitReaderIn(String method) {
        await().atMost(SOON).until(() -> stackOf("WebSocketConnectReadThread").contains(method));
    }

    /** The methods that the thread with such a name is in. */
    private static List<String> stackOf(String threadName) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().startsWith(threadName))
                .flatMap(thread -> Arrays.stream(thread.getValue()))
                .map(StackTraceElement::getMethodName)
                .toList();
    }

    /** Nobody accepts, and there is no more room to wait in: the next connect hangs. */
    private static final class FullServer implements AutoCloseable {
        private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final List<Socket> waiting = new ArrayList<>();

        FullServer() throws IOException {
            boolean full = false;
            while (!full && waiting.size() < 20) {
                Socket socket = new Socket();
                waiting.add(socket);
                try {
                    socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 300);
                } catch (SocketTimeoutException e) {
                    full = true;
                } catch (IOException e) {
                    break;
                }
            }
            if (!full) {
                close();
            }
            assumeTrue(full, "this system refuses a connection that it has no room for instead of letting it wait");
        }

        String url() {
            return "ws://127.0.0.1:" + server.getLocalPort() + "/";
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }
}
