package dev.whatsappmd.engine.transport;

import static dev.whatsappmd.engine.transport.RawServer.BINARY;
import static dev.whatsappmd.engine.transport.RawServer.closeFrame;
import static dev.whatsappmd.engine.transport.RawServer.frame;
import static dev.whatsappmd.engine.transport.RawServer.readHead;
import static dev.whatsappmd.engine.transport.RawServer.upgrade;
import static dev.whatsappmd.engine.transport.RawServer.write;
import static dev.whatsappmd.engine.transport.Recorder.dial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.transport.Proxy.Login;
import dev.whatsappmd.engine.transport.TransportEnd.Kind;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Through proxies that the test writes itself. The server's name exists only for them: a look-up of this side would
 * fail.
 */
@Timeout(60)
class ProxyTunnelTest {
    private static final String NAME = "chat.name.invalid";
    private static final Optional<Login> LOGIN = Optional.of(new Login("alice", "pass:wörd"));
    private static final TransportEnd DONE = TransportEnd.of(Kind.CLOSED, 1000, "closed with code 1000");

    private final Recorder told = new Recorder();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private RawServer server;

    @BeforeEach
    void startServer() {
        server = new RawServer(socket -> {
            upgrade(socket);
            write(socket, frame(BINARY, "through".getBytes(StandardCharsets.UTF_8)));
            write(socket, closeFrame(1000));
        });
    }

    @AfterEach
    void leavesNoThread() throws IOException {
        server.close();
        Recorder.awaitNoThreads();
    }

    private TransportEnd connect(String scheme, int proxyPort, String host, Optional<Login> login) {
        Proxy proxy = Proxy.parse(scheme + "://127.0.0.1:" + proxyPort, login);
        JavaWebSocketTransport.INSTANCE.connect(dial("ws://" + host + ":5222/ws/chat", proxy), told);
        return told.awaitEnd();
    }

    private void tunnel(Socket socket) throws IOException {
        RawServer.join(socket, new Socket(InetAddress.getLoopbackAddress(), server.port()));
    }

    /** An HTTP proxy that answers with this head, and joins when it is a good one. */
    private RawServer httpProxy(String answer) {
        return new RawServer(socket -> {
            asked.add(readHead(socket));
            write(socket, answer);
            if (answer.startsWith("HTTP/1.1 2")) {
                tunnel(socket);
            } else {
                socket.close();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 Connection established\r\n\r\n",
                "HTTP/1.1 200\r\nProxy-Agent: test\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nVia: \r\r\nX: y\r\n\r\n",
            })
    void opensATunnelThroughAnHttpProxyThatResolvesTheName(String answer) throws IOException {
        try (RawServer proxy = httpProxy(answer)) {
            assertThat(connect("http", proxy.port(), NAME, Optional.empty())).isEqualTo(DONE);
            assertThat(told.texts()).containsExactly("through");
            assertThat(asked).containsExactly("CONNECT " + NAME + ":5222 HTTP/1.1\r\nHost: " + NAME + ":5222\r\n\r\n");
        }
    }

    @Test
    void givesAnHttpProxyTheLogin() throws IOException {
        try (RawServer proxy = httpProxy("HTTP/1.1 200 OK\r\n\r\n")) {
            assertThat(connect("http", proxy.port(), NAME, LOGIN)).isEqualTo(DONE);
            assertThat(asked.get(0))
                    .contains("\r\nProxy-Authorization: Basic "
                            + Base64.getEncoder().encodeToString("alice:pass:wörd".getBytes(StandardCharsets.UTF_8))
                            + "\r\n");
        }
    }

    @Test
    void saysWhatToSetWhenAnHttpProxyWantsALogin() throws IOException {
        try (RawServer proxy =
                httpProxy("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n")) {
            assertThat(connect("http", proxy.port(), NAME, Optional.empty()))
                    .isEqualTo(TransportEnd.of(
                            Kind.PROXY,
                            407,
                            "the proxy answered CONNECT with HTTP 407: set proxyUsername and proxyPassword"));
            assertThat(server.connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 403, 502, 503})
    void tellsTheStatusOfAnHttpProxyThatRefuses(int status) throws IOException {
        try (RawServer proxy = httpProxy("HTTP/1.1 " + status + " No\r\n\r\nthe proxy's page")) {
            assertThat(connect("http", proxy.port(), NAME, LOGIN))
                    .isEqualTo(TransportEnd.of(Kind.PROXY, status, "the proxy answered CONNECT with HTTP " + status));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/2 200\r\n\r\n"})
    void endsWhenAnHttpProxyAnswersSomethingElse(String answer) throws IOException {
        try (RawServer proxy = httpProxy(answer)) {
            TransportEnd end = connect("http", proxy.port(), NAME, LOGIN);
            assertThat(end.kind()).isEqualTo(Kind.PROXY);
            assertThat(end.number()).isEmpty();
            assertThat(end.detail()).endsWith("the proxy did not answer CONNECT as HTTP");
        }
    }

    @Test
    void endsWhenAnHttpProxysAnswerHasNoEnd() throws IOException {
        try (RawServer proxy = new RawServer(socket -> {
            readHead(socket);
            write(socket, "HTTP/1.1 200 OK\r\n");
            while (true) {
                write(socket, "X-Padding: 0123456789\r\n");
            }
        })) {
            TransportEnd end = connect("http", proxy.port(), NAME, LOGIN);
            assertThat(end.kind()).isEqualTo(Kind.PROXY);
            assertThat(end.detail()).endsWith("the proxy's answer to CONNECT has no end");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nX: "})
    void endsWhenAnHttpProxyClosesInTheMiddle(String answer) throws IOException {
        try (RawServer proxy = new RawServer(socket -> {
            readHead(socket);
            write(socket, answer);
            socket.close();
        })) {
            TransportEnd end = connect("http", proxy.port(), NAME, LOGIN);
            assertThat(end.kind()).isEqualTo(Kind.PROXY);
            assertThat(end.detail()).endsWith("the proxy closed the connection while it was asked for a tunnel");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "socks5"})
    void tellsAProxyThatIsDown(String scheme) throws IOException {
        int port = RawServer.unusedPort();
        TransportEnd end = connect(scheme, port, NAME, LOGIN);
        assertThat(end.kind()).isEqualTo(Kind.PROXY);
        assertThat(end.detail()).startsWith("proxy 127.0.0.1:" + port);
    }

    @Test
    void tellsAProxyWhoseNameDoesNotResolve() {
        Proxy proxy = Proxy.parse("http://proxy.name.invalid:3128", Optional.empty());
        JavaWebSocketTransport.INSTANCE.connect(dial("ws://127.0.0.1/", proxy), told);
        assertThat(told.awaitEnd())
                .isEqualTo(TransportEnd.of(Kind.PROXY, "the name of the proxy does not resolve: proxy.name.invalid"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "socks5"})
    void endsATunnelThatTakesTooLong(String scheme) throws IOException {
        try (RawServer proxy = new RawServer(socket -> {})) {
            JavaWebSocketTransport.INSTANCE.connect(
                    new Transport.Dial(
                            URI.create("ws://" + NAME + "/"),
                            Recorder.ORIGIN,
                            Duration.ofMillis(300),
                            Optional.of(Proxy.parse(scheme + "://127.0.0.1:" + proxy.port(), LOGIN))),
                    told);
            assertThat(told.awaitEnd())
                    .isEqualTo(TransportEnd.of(
                            Kind.PROXY, "proxy 127.0.0.1:" + proxy.port() + " opened no tunnel in time"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "socks5"})
    void abortsWhileTheProxyOpensNoTunnel(String scheme) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        try (RawServer proxy = new RawServer(socket -> {
            if (socket.getInputStream().read() >= 0) {
                connected.countDown();
            }
        })) {
            Transport.Connection connection = JavaWebSocketTransport.INSTANCE.connect(
                    dial("ws://" + NAME + "/", Proxy.parse(scheme + "://127.0.0.1:" + proxy.port(), Optional.empty())),
                    told);
            assertThat(connected.await(10, TimeUnit.SECONDS)).isTrue();
            connection.abort();
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.PROXY);
        }
    }

    /** A SOCKS 5 proxy (RFC 1928): it wants this method, gives these answers, and notes what it was asked. */
    private RawServer socksProxy(int method, int loginStatus, byte[] reply) {
        return new RawServer(socket -> {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] greeting = in.readNBytes(2);
            asked.add("methods " + hex(in.readNBytes(greeting[1])));
            write(socket, new byte[] {5, (byte) method});
            if (method == 2) {
                in.readUnsignedByte();
                String user = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
                String password = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.UTF_8);
                asked.add("login " + user + " " + password);
                write(socket, new byte[] {1, (byte) loginStatus});
            }
            asked.add("request " + hex(in.readNBytes(3)));
            asked.add(target(in));
            write(socket, reply);
            if (reply[1] == 0) {
                tunnel(socket);
            }
        });
    }

    private static String target(DataInputStream in) throws IOException {
        int type = in.readUnsignedByte();
        String host = type == 3
                ? new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.US_ASCII)
                : InetAddress.getByAddress(in.readNBytes(type == 1 ? 4 : 16)).getHostAddress();
        return "type " + type + " " + host + " port " + in.readUnsignedShort();
    }

    private static String hex(byte[] bytes) {
        StringBuilder hex = new StringBuilder();
        for (byte one : bytes) {
            hex.append(String.format("%02x", one));
        }
        return hex.toString();
    }

    private static byte[] granted(int type, int addressBytes) {
        ByteArrayOutputStream reply = new ByteArrayOutputStream();
        reply.writeBytes(new byte[] {5, 0, 0, (byte) type});
        if (type == 3) {
            reply.write(addressBytes);
        }
        reply.writeBytes(new byte[addressBytes + 2]);
        return reply.toByteArray();
    }

    @ParameterizedTest
    @CsvSource({"1, 4", "4, 16", "3, 11", "3, 0"})
    void opensATunnelThroughASocksProxyThatResolvesTheName(int type, int addressBytes) throws IOException {
        try (RawServer proxy = socksProxy(0, 0, granted(type, addressBytes))) {
            assertThat(connect("socks5", proxy.port(), NAME, Optional.empty())).isEqualTo(DONE);
            assertThat(told.texts()).containsExactly("through");
            assertThat(asked).containsExactly("methods 00", "request 050100", "type 3 " + NAME + " port 5222");
        }
    }

    @Test
    void givesASocksProxyTheLogin() throws IOException {
        try (RawServer proxy = socksProxy(2, 0, granted(1, 4))) {
            assertThat(connect("socks5", proxy.port(), NAME, LOGIN)).isEqualTo(DONE);
            assertThat(asked)
                    .containsExactly(
                            "methods 0002", "login alice pass:wörd", "request 050100", "type 3 " + NAME + " port 5222");
        }
    }

    @Test
    void needsNoLoginWhereTheSocksProxyWantsNone() throws IOException {
        try (RawServer proxy = socksProxy(0, 0, granted(1, 4))) {
            assertThat(connect("socks5", proxy.port(), NAME, LOGIN)).isEqualTo(DONE);
            assertThat(asked).noneMatch(said -> said.startsWith("login"));
        }
    }

    @ParameterizedTest
    @CsvSource({"203.0.113.9, type 1 203.0.113.9 port 5222", "[2001:db8::1], type 4 2001:db8:0:0:0:0:0:1 port 5222"})
    void givesASocksProxyAnAddressAsOne(String host, String target) throws IOException {
        try (RawServer proxy = socksProxy(0, 0, granted(1, 4))) {
            assertThat(connect("socks5", proxy.port(), host, Optional.empty())).isEqualTo(DONE);
            assertThat(asked).contains(target);
        }
    }

    @Test
    void tellsASocksProxyThatRefusesTheLogin() throws IOException {
        try (RawServer proxy = socksProxy(2, 1, granted(1, 4))) {
            assertThat(connect("socks5", proxy.port(), NAME, LOGIN))
                    .isEqualTo(
                            TransportEnd.of(Kind.PROXY, 1, "the SOCKS proxy refused proxyUsername and proxyPassword"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 255})
    void saysWhatToSetWhenASocksProxyWantsALogin(int method) throws IOException {
        try (RawServer proxy = socksProxy(method, 0, granted(1, 4))) {
            assertThat(connect("socks5", proxy.port(), NAME, Optional.empty()))
                    .isEqualTo(TransportEnd.of(
                            Kind.PROXY, method, "the SOCKS proxy wants a login: set proxyUsername and proxyPassword"));
        }
    }

    @Test
    void tellsASocksProxyThatTakesNoMethodOfOurs() throws IOException {
        try (RawServer proxy = socksProxy(255, 0, granted(1, 4))) {
            TransportEnd end = connect("socks5", proxy.port(), NAME, LOGIN);
            assertThat(end.kind()).isEqualTo(Kind.PROXY);
            assertThat(end.number()).hasValue(255);
            assertThat(end.detail()).doesNotContain("set proxyUsername");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 8, 200})
    void tellsTheReplyOfASocksProxyThatRefuses(int reply) throws IOException {
        try (RawServer proxy = socksProxy(0, 0, new byte[] {5, (byte) reply, 0, 1, 0, 0, 0, 0, 0, 0})) {
            assertThat(connect("socks5", proxy.port(), NAME, Optional.empty()))
                    .isEqualTo(TransportEnd.of(
                            Kind.PROXY, reply, "the SOCKS proxy could not connect: reply " + reply + " (RFC 1928, 6)"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 400 Bad Request', it answered version 72",
        "'\u0004\u0000',             it answered version 4",
        "'\u0005\u0000\u0004\u0000', it answered version 4",
        "'\u0005\u0000\u0005\u0000\u0000\u0009', the SOCKS proxy answered with address type 9",
        "'\u0005',                   the SOCKS proxy closed the connection while it was asked for a tunnel",
        "'\u0005\u0000\u0005',       the SOCKS proxy closed the connection while it was asked for a tunnel",
    })
    void endsWhenASocksProxyAnswersSomethingElse(String answer, String detail) throws IOException {
        try (RawServer proxy = new RawServer(socket -> {
            write(socket, answer);
            socket.shutdownOutput();
        })) {
            TransportEnd end = connect("socks5", proxy.port(), NAME, Optional.empty());
            assertThat(end.kind()).isEqualTo(Kind.PROXY);
            assertThat(end.number()).isEmpty();
            assertThat(end.detail()).startsWith("proxy 127.0.0.1:").endsWith(detail);
        }
    }

    @Test
    void refusesALoginThatSocksCannotCarry() throws IOException {
        try (RawServer proxy = socksProxy(2, 0, granted(1, 4))) {
            TransportEnd end = connect("socks5", proxy.port(), NAME, Optional.of(new Login("alice", "x".repeat(256))));
            assertThat(end.kind()).isEqualTo(Kind.PROXY);
            assertThat(end.detail()).endsWith("SOCKS takes a proxyPassword of 1 to 255 bytes, not 256");
            await().until(() -> asked.size() == 1);
        }
    }
}
