package dev.whatsappmd.engine.transport;

import static dev.whatsappmd.engine.transport.RawServer.BINARY;
import static dev.whatsappmd.engine.transport.RawServer.CLOSE;
import static dev.whatsappmd.engine.transport.RawServer.CONTINUATION;
import static dev.whatsappmd.engine.transport.RawServer.TEXT;
import static dev.whatsappmd.engine.transport.RawServer.closeFrame;
import static dev.whatsappmd.engine.transport.RawServer.frame;
import static dev.whatsappmd.engine.transport.RawServer.readFrame;
import static dev.whatsappmd.engine.transport.RawServer.readHead;
import static dev.whatsappmd.engine.transport.RawServer.upgrade;
import static dev.whatsappmd.engine.transport.RawServer.write;
import static dev.whatsappmd.engine.transport.Recorder.dial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.transport.TransportEnd.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a websocket tells of itself, against real servers on loopback. */
class JavaWebSocketTransportTest {
    private final Recorder told = new Recorder();
    private final BlockingQueue<RawServer.Received> answers = new ArrayBlockingQueue<>(1);
    private final CountDownLatch asked = new CountDownLatch(1);

    @AfterEach
    void leavesNoThread() {
        Recorder.awaitNoThreads();
    }

    private Transport.Connection connect(String url) {
        return JavaWebSocketTransport.INSTANCE.connect(dial(url), told);
    }

    /** Whether the last close frame still goes out is a race in the library; when it does, it has the right code. */
    private void readAnswer(Socket socket) throws IOException {
        try {
            answers.add(readFrame(socket));
        } finally {
            asked.countDown();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void exchangesBinaryMessagesOfEverySizeWithAnotherImplementation() throws Exception {
        CountDownLatch listening = new CountDownLatch(1);
        WebSocketServer echo = new EchoServer(listening);
        echo.setDaemon(true);
        echo.start();
        assertThat(listening.await(10, TimeUnit.SECONDS)).isTrue();
        try {
            Transport.Connection connection = connect("ws://127.0.0.1:" + echo.getPort() + "/ws/chat");
            told.awaitOpen();
            int[] sizes = {0, 1, 125, 126, 65_535, 65_536, 3_000_000};
            Random random = new Random(7);
            for (int i = 0; i < sizes.length; i++) {
                byte[] message = new byte[sizes[i]];
                random.nextBytes(message);
                connection.send(message);
                told.awaitMessages(i + 1);
                assertThat(told.messages().get(i)).isEqualTo(message);
            }
            connection.close();
            await().until(told::hasEnded);
        } finally {
            echo.stop(2_000);
        }
        assertThat(told.awaitEnd()).isEqualTo(TransportEnd.of(Kind.CLOSED, 1000, "closed with code 1000"));
    }

    @Test
    void sendsTheOriginAndTheWholePath() throws Exception {
        BlockingQueue<String> heads = new ArrayBlockingQueue<>(1);
        try (RawServer server = new RawServer(socket -> {
            heads.add(upgrade(socket));
            write(socket, closeFrame(1000));
        })) {
            connect(server.url("/ws/chat?ED=AbC-_"));
            told.awaitEnd();
            assertThat(heads.take())
                    .startsWith("GET /ws/chat?ED=AbC-_ HTTP/1.1\r\n")
                    .contains("\r\nOrigin: https://web.whatsapp.com\r\n")
                    .contains("\r\nHost: 127.0.0.1:" + server.port() + "\r\n")
                    .doesNotContainIgnoringCase("Sec-WebSocket-Extensions")
                    .doesNotContainIgnoringCase("Sec-WebSocket-Protocol");
        }
    }

    @Test
    void tellsMessagesThatComeTogetherWithTheUpgradeAfterTheOpening() throws Exception {
        try (RawServer server = new RawServer(socket -> {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(frame(BINARY, bytes("one")));
            all.writeBytes(frame(BINARY, bytes("two")));
            all.writeBytes(closeFrame(1001));
            upgrade(socket);
            write(socket, all.toByteArray());
        })) {
            connect(server.url("/"));
            assertThat(told.awaitEnd()).isEqualTo(TransportEnd.of(Kind.CLOSED, 1001, "closed with code 1001"));
            assertThat(told.isOpen()).isTrue();
            assertThat(told.texts()).containsExactly("one", "two");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001, 1002, 1008, 1009, 1011, 4000, 4999})
    void tellsTheCodeOfACloseFrame(int code) throws Exception {
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            write(socket, closeFrame(code));
            readAnswer(socket);
        })) {
            connect(server.url("/"));
            assertThat(told.awaitEnd()).isEqualTo(TransportEnd.of(Kind.CLOSED, code, "closed with code " + code));
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(answers).allMatch(answer -> answer.opcode() == CLOSE && answer.closeCode() == code);
        }
    }

    @Test
    void tellsAStreamThatEndsWithoutACloseFrame() throws Exception {
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            write(socket, frame(BINARY, bytes("last")));
            socket.close();
        })) {
            connect(server.url("/"));
            assertThat(told.awaitEnd())
                    .isEqualTo(TransportEnd.of(Kind.CLOSED, "the stream ended without a close frame"));
            assertThat(told.texts()).containsExactly("last");
        }
    }

    @Test
    void tellsAConnectionThatIsReset() throws Exception {
        CountDownLatch opened = new CountDownLatch(1);
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            opened.await();
            socket.setSoLinger(true, 0);
            socket.close();
        })) {
            connect(server.url("/"));
            told.awaitOpen();
            opened.countDown();
            TransportEnd end = told.awaitEnd();
            assertThat(end.kind()).isEqualTo(Kind.CLOSED);
            assertThat(end.number()).isEmpty();
        }
    }

    @Test
    void tellsAConnectionThatIsResetBeforeTheUpgradeIsAnswered() throws Exception {
        try (RawServer server = new RawServer(socket -> {
            readHead(socket);
            socket.setSoLinger(true, 0);
            socket.close();
        })) {
            connect(server.url("/"));
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.CONNECT);
            assertThat(told.isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "403, Forbidden",
        "503, Service Unavailable",
        "200, OK",
        "302, Found",
        "429, Too Many Requests",
        "400, Bad Request"
    })
    void tellsTheHttpStatusOfARefusedUpgrade(int status, String phrase) throws Exception {
        try (RawServer server = new RawServer(socket -> {
            readHead(socket);
            write(socket, "HTTP/1.1 " + status + " " + phrase + "\r\nContent-Length: 2\r\n\r\nno");
        })) {
            connect(server.url("/"));
            assertThat(told.awaitEnd())
                    .isEqualTo(TransportEnd.of(
                            Kind.UPGRADE_REFUSED, status, "the server answered the upgrade with HTTP " + status));
            assertThat(told.isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n\r\n",
                "\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: bm90IHRoZSBhbnN3ZXI=\r\n\r\n",
            })
    void endsWhenTheAnswerIsNoUpgrade(String answer) throws Exception {
        try (RawServer server = new RawServer(socket -> {
            readHead(socket);
            write(socket, answer);
        })) {
            connect(server.url("/"));
            TransportEnd end = told.awaitEnd();
            assertThat(end.kind()).isEqualTo(Kind.CONNECT);
            assertThat(end.detail()).isEqualTo("the server did not answer the upgrade as a websocket server does");
            assertThat(told.isOpen()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-More: header\r\n", "x"})
    void refusesAnAnswerToTheUpgradeThatHasNoEnd(String piece) throws Exception {
        try (RawServer server = new RawServer(socket -> {
            readHead(socket);
            write(socket, "HTTP/1.1 101 Switching Protocols\r\n");
            while (true) {
                write(socket, piece.repeat(100));
            }
        })) {
            connect(server.url("/"));
            TransportEnd end = told.awaitEnd();
            assertThat(end.kind()).isEqualTo(Kind.CONNECT);
            assertThat(end.detail()).isEqualTo("the server did not answer the upgrade as a websocket server does");
        }
    }

    @Test
    void tellsAServerThatEndsBeforeTheUpgradeIsAnswered() throws Exception {
        try (RawServer server = new RawServer(socket -> {
            readHead(socket);
            socket.close();
        })) {
            connect(server.url("/"));
            assertThat(told.awaitEnd()).isEqualTo(TransportEnd.of(Kind.CONNECT, "ended before the websocket was open"));
        }
    }

    @Test
    void tellsAPortThatNobodyListensOn() throws IOException {
        int port = RawServer.unusedPort();
        connect("ws://127.0.0.1:" + port + "/");
        TransportEnd end = told.awaitEnd();
        assertThat(end.kind()).isEqualTo(Kind.CONNECT);
        assertThat(end.detail()).contains("127.0.0.1:" + port).contains("refused");
    }

    @Test
    void tellsANameThatDoesNotResolve() {
        connect("ws://name.invalid/");
        assertThat(told.awaitEnd())
                .isEqualTo(TransportEnd.of(Kind.DNS, "the name of the server does not resolve: name.invalid"));
    }

    @Test
    void endsOnATextMessageAndTellsNothingThatComesAfterIt() throws Exception {
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            byte[] text = frame(TEXT, bytes("hello"));
            byte[] binary = frame(BINARY, bytes("too late"));
            byte[] together = Arrays.copyOf(text, text.length + binary.length);
            System.arraycopy(binary, 0, together, text.length, binary.length);
            write(socket, together);
            readAnswer(socket);
        })) {
            connect(server.url("/"));
            assertThat(told.awaitEnd()).isEqualTo(TransportEnd.of(Kind.TEXT_MESSAGE, "the server sent a text message"));
            assertThat(told.messages()).isEmpty();
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(answers).allMatch(answer -> answer.opcode() == CLOSE && answer.closeCode() == 1003);
        }
    }

    /** The largest frame of the protocol has 2^24 - 1 bytes and three of length. */
    @Test
    void takesTheLargestMessageOfTheProtocol() throws Exception {
        byte[] largest = new byte[(1 << 24) + 2];
        largest[largest.length - 1] = 42;
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            write(socket, longHeader(largest.length));
            write(socket, largest);
        })) {
            Transport.Connection connection = connect(server.url("/"));
            told.awaitMessages(1);
            assertThat(told.messages().get(0)).isEqualTo(largest);
            connection.abort();
            told.awaitEnd();
        }
    }

    /** On the header alone, so that nobody makes this side keep what it will not take. */
    @ParameterizedTest
    @ValueSource(longs = {(1 << 24) + 4096, 1L << 31, Long.MAX_VALUE})
    void refusesAMessageThatIsTooLarge(long length) throws Exception {
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            write(socket, longHeader(length));
            readAnswer(socket);
        })) {
            connect(server.url("/"));
            assertThat(told.awaitEnd())
                    .isEqualTo(TransportEnd.of(Kind.INVALID_FRAME, 1009, "a frame was refused with close code 1009"));
            assertThat(told.messages()).isEmpty();
            assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(answers).allMatch(answer -> answer.opcode() == CLOSE && answer.closeCode() == 1009);
        }
    }

    @Test
    void joinsAMessageInPieces() throws Exception {
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            write(socket, piece(BINARY, bytes("one ")));
            write(socket, piece(CONTINUATION, bytes("message ")));
            write(socket, frame(CONTINUATION, bytes("in three")));
            write(socket, piece(BINARY, new byte[60_000]));
            write(socket, frame(CONTINUATION, new byte[60_000]));
            write(socket, closeFrame(1000));
        })) {
            connect(server.url("/"));
            told.awaitEnd();
            assertThat(told.texts()).hasSize(2).first().isEqualTo("one message in three");
            assertThat(told.messages().get(1)).hasSize(120_000);
        }
    }

    /** Before its last piece, which need not come: a server that sends none would fill the memory. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 60_000})
    void refusesAMessageWhosePiecesAreTooLargeTogether(int size) throws Exception {
        byte[] next = piece(CONTINUATION, new byte[size]);
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int i = 0; i < 100; i++) {
            many.writeBytes(next);
        }
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            write(socket, piece(BINARY, bytes("first")));
            while (true) {
                write(socket, many.toByteArray());
            }
        })) {
            connect(server.url("/"));
            assertThat(told.awaitEnd())
                    .isEqualTo(TransportEnd.of(Kind.INVALID_FRAME, 1009, "a frame was refused with close code 1009"));
            assertThat(told.messages()).isEmpty();
        }
    }

    /** A hole in the stream would be found only later, as a frame that does not decrypt. */
    @Test
    void endsWhenItsListenerFails() throws Exception {
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            write(socket, frame(BINARY, bytes("one")));
            write(socket, frame(BINARY, bytes("two")));
        })) {
            Transport.Listener full = new Transport.Listener() {
                @Override
                public void onOpen() {
                    told.onOpen();
                }

                @Override
                public void onBytes(byte[] bytes) {
                    throw new IllegalStateException("no room");
                }

                @Override
                public void onEnd(TransportEnd end) {
                    told.onEnd(end);
                }
            };
            JavaWebSocketTransport.INSTANCE.connect(dial(server.url("/")), full);
            assertThat(told.awaitEnd()).isEqualTo(TransportEnd.of(Kind.FAILED, "no room"));
        }
    }

    @Test
    void refusesAFrameWithAnUnknownOpcode() throws Exception {
        try (RawServer server = new RawServer(socket -> {
            upgrade(socket);
            write(socket, frame(11, new byte[0]));
        })) {
            connect(server.url("/"));
            assertThat(told.awaitEnd())
                    .isEqualTo(TransportEnd.of(Kind.INVALID_FRAME, 1002, "a frame was refused with close code 1002"));
        }
    }

    @Test
    void doesNothingOnASendBeforeTheOpeningAndAfterTheEnd() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        BlockingQueue<RawServer.Received> received = new ArrayBlockingQueue<>(1);
        try (RawServer server = new RawServer(socket -> {
            sent.await();
            upgrade(socket);
            received.add(readFrame(socket));
            socket.close();
        })) {
            Transport.Connection connection = connect(server.url("/"));
            connection.send(bytes("too early"));
            sent.countDown();
            told.awaitOpen();
            connection.send(bytes("in time"));
            told.awaitEnd();
            connection.send(bytes("too late"));
            assertThat(new String(received.take().payload(), StandardCharsets.UTF_8))
                    .isEqualTo("in time");
        }
    }

    @Test
    void refusesAnAddressThatIsNoWebsocketsBeforeAnythingIsDialed() {
        for (String url : List.of("WSS://host/", "http://host/", "ws:///path", "ws:opaque", "relative")) {
            assertThatIllegalArgumentException().isThrownBy(() -> dial(url)).withMessageContaining("ws://host");
        }
    }

    /** A frame that is not the last of its message. */
    private static byte[] piece(int opcode, byte[] payload) {
        byte[] frame = frame(opcode, payload);
        frame[0] &= 0x7f;
        return frame;
    }

    private static byte[] longHeader(long length) {
        return ByteBuffer.allocate(10)
                .put((byte) (0x80 | BINARY))
                .put((byte) 127)
                .putLong(length)
                .array();
    }

    private static final class EchoServer extends WebSocketServer {
        private final CountDownLatch listening;

        EchoServer(CountDownLatch listening) {
            super(new InetSocketAddress("127.0.0.1", 0), 1, List.of(new Draft_6455()));
            this.listening = listening;
            setReuseAddr(true);
        }

        @Override
        public void onOpen(WebSocket socket, ClientHandshake handshake) {
            assertThat(handshake.getFieldValue("Origin")).isEqualTo(Recorder.ORIGIN);
        }

        @Override
        public void onMessage(WebSocket socket, ByteBuffer message) {
            socket.send(message);
        }

        @Override
        public void onMessage(WebSocket socket, String message) {
            socket.close(1003, "binary only");
        }

        @Override
        public void onClose(WebSocket socket, int code, String reason, boolean remote) {
            // The client's side of the end is what is tested.
        }

        @Override
        public void onError(WebSocket socket, Exception error) {
            if (socket != null) {
                socket.close(1011, "error");
            }
        }

        @Override
        public void onStart() {
            listening.countDown();
        }
    }
}
