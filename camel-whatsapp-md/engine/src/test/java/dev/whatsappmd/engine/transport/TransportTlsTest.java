package dev.whatsappmd.engine.transport;

import static dev.whatsappmd.engine.transport.RawServer.BINARY;
import static dev.whatsappmd.engine.transport.RawServer.closeFrame;
import static dev.whatsappmd.engine.transport.RawServer.frame;
import static dev.whatsappmd.engine.transport.RawServer.upgrade;
import static dev.whatsappmd.engine.transport.RawServer.write;
import static dev.whatsappmd.engine.transport.Recorder.dial;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.transport.TransportEnd.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code wss}, against a server whose certificate is made for the test and is for {@code localhost}. */
@Timeout(60)
class TransportTlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private static SSLContext withCertificate;

    private final Recorder told = new Recorder();
    private SSLContext before;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path file = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new String(keytool.getInputStream().readAllBytes());
        assertThat(keytool.waitFor()).as(output).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", store.getCertificate("server"));
        trust.init(trusted);
        withCertificate = SSLContext.getInstance("TLS");
        withCertificate.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    }

    @BeforeEach
    void keepDefaults() throws Exception {
        before = SSLContext.getDefault();
    }

    @AfterEach
    void leavesNoThread() {
        SSLContext.setDefault(before);
        Recorder.awaitNoThreads();
    }

    private static RawServer tlsServer(RawServer.Script script) throws IOException {
        return new RawServer(
                withCertificate.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
                script);
    }

    private Transport.Connection connect(String url) {
        return JavaWebSocketTransport.INSTANCE.connect(dial(url), told);
    }

    @Test
    void exchangesMessagesWithAServerOfATrustedCertificate() throws Exception {
        SSLContext.setDefault(withCertificate);
        try (RawServer server = tlsServer(socket -> {
            upgrade(socket);
            write(socket, frame(BINARY, RawServer.readFrame(socket).payload()));
            write(socket, closeFrame(1001));
        })) {
            Transport.Connection connection = connect("wss://localhost:" + server.port() + "/");
            told.awaitOpen();
            connection.send("over TLS".getBytes());
            assertThat(told.awaitEnd()).isEqualTo(TransportEnd.of(Kind.CLOSED, 1001, "closed with code 1001"));
            assertThat(told.texts()).containsExactly("over TLS");
        }
    }

    @Test
    void goesThroughAProxyToATlsServer() throws Exception {
        SSLContext.setDefault(withCertificate);
        try (RawServer server = tlsServer(socket -> {
                    upgrade(socket);
                    write(socket, closeFrame(1001));
                });
                RawServer proxy = new RawServer(socket -> {
                    RawServer.readHead(socket);
                    write(socket, "HTTP/1.1 200 Connection established\r\n\r\n");
                    RawServer.join(socket, new Socket(InetAddress.getLoopbackAddress(), server.port()));
                })) {
            JavaWebSocketTransport.INSTANCE.connect(
                    dial("wss://localhost:443/", Proxy.parse("http://127.0.0.1:" + proxy.port(), Optional.empty())),
                    told);
            assertThat(told.awaitEnd()).isEqualTo(TransportEnd.of(Kind.CLOSED, 1001, "closed with code 1001"));
        }
    }

    @Test
    void refusesACertificateThatNobodyTrusts() throws Exception {
        try (RawServer server = tlsServer(RawServer::upgrade)) {
            connect("wss://localhost:" + server.port() + "/");
            TransportEnd end = told.awaitEnd();
            assertThat(end.kind()).isEqualTo(Kind.TLS);
            assertThat(end.detail()).startsWith("the TLS handshake with localhost failed: ");
            assertThat(told.isOpen()).isFalse();
        }
    }

    @Test
    void refusesACertificateForAnotherName() throws Exception {
        SSLContext.setDefault(withCertificate);
        try (RawServer server = tlsServer(RawServer::upgrade)) {
            connect("wss://127.0.0.1:" + server.port() + "/");
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.TLS);
            assertThat(told.isOpen()).isFalse();
        }
    }

    @Test
    void tellsAServerThatSpeaksNoTls() throws Exception {
        try (RawServer server = new RawServer(socket -> write(socket, "HTTP/1.1 400 Bad Request\r\n\r\n"))) {
            connect("wss://127.0.0.1:" + server.port() + "/");
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.TLS);
        }
    }

    @Test
    void tellsAServerThatEndsInTheTlsHandshake() throws Exception {
        try (RawServer server = new RawServer(Socket::close)) {
            connect("wss://127.0.0.1:" + server.port() + "/");
            assertThat(told.awaitEnd().kind()).isEqualTo(Kind.TLS);
        }
    }

    @Test
    void endsATlsHandshakeThatTakesTooLong() throws Exception {
        try (RawServer server = new RawServer(socket -> {})) {
            JavaWebSocketTransport.INSTANCE.connect(
                    new Transport.Dial(
                            URI.create("wss://127.0.0.1:" + server.port() + "/"),
                            Recorder.ORIGIN,
                            Duration.ofMillis(300),
                            Optional.empty()),
                    told);
            assertThat(told.awaitEnd())
                    .isEqualTo(TransportEnd.of(Kind.TIMED_OUT, "the TLS handshake with 127.0.0.1 took too long"));
        }
    }

    @Test
    void tellsATlsStreamThatIsCutWithoutAWord() throws Exception {
        SSLContext.setDefault(withCertificate);
        CountDownLatch opened = new CountDownLatch(1);
        try (RawServer server = tlsServer(RawServer::upgrade);
                RawServer cutting = new RawServer(socket -> {
                    Socket behind = new Socket(InetAddress.getLoopbackAddress(), server.port());
                    RawServer.startDaemon(() -> {
                        opened.await();
                        socket.close();
                        behind.close();
                    });
                    RawServer.join(socket, behind);
                })) {
            connect("wss://localhost:" + cutting.port() + "/");
            told.awaitOpen();
            opened.countDown();
            assertThat(told.awaitEnd().kind()).isIn(Kind.CLOSED, Kind.FAILED);
        }
    }

    @Test
    void abortsWhileATlsWriteHangs() throws Exception {
        SSLContext.setDefault(withCertificate);
        CountDownLatch upgraded = new CountDownLatch(1);
        try (RawServer server = tlsServer(socket -> {
            upgrade(socket);
            upgraded.countDown();
        })) {
            Transport.Connection connection = connect("wss://localhost:" + server.port() + "/");
            told.awaitOpen();
            assertThat(upgraded.await(10, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 32; i++) {
                connection.send(new byte[1 << 20]);
            }
            await().atMost(Recorder.SOON)
                    .during(Duration.ofMillis(200))
                    .until(() -> Thread.getAllStackTraces().entrySet().stream()
                            .filter(thread -> thread.getKey().getName().startsWith("WebSocketWriteThread"))
                            .flatMap(thread -> java.util.Arrays.stream(thread.getValue()))
                            .anyMatch(at -> at.getMethodName().equals("write")));
            long begun = System.nanoTime();
            connection.abort();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
            assertThat(told.awaitEnd().kind()).isIn(Kind.CLOSED, Kind.FAILED);
        }
    }
}
