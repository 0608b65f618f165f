package dev.whatsappmd.localserver.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.media.MediaDeletion;
import dev.whatsappmd.engine.media.MediaException;
import dev.whatsappmd.engine.media.MediaException.Reason;
import dev.whatsappmd.engine.media.MediaHosts;
import dev.whatsappmd.engine.media.MediaReference;
import dev.whatsappmd.engine.media.MediaSettings;
import dev.whatsappmd.engine.media.MediaType;
import dev.whatsappmd.engine.transport.Proxy;
import dev.whatsappmd.localserver.media.MediaWorld.Sent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every byte goes through the proxy, or none: the media hosts' names exist only for it, and where the server's own address
 * is used, the server could be dialed directly and must not be. With WhatsApp's names and certificates for them, in the
 * order in which the hosts are asked.
 */
@Timeout(120)
class MediaProxyTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Optional<Proxy.Login> LOGIN = Optional.of(new Proxy.Login("alice", "secret"));

    @TempDir
    static Path keys;

    @TempDir
    Path folder;

    private static SSLContext whatsApps;

    private final SSLContext before = defaultContext();
    private MediaWorld world;
    private TunnelProxy proxy;
    private ServerSocket tls;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Path file = keys.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "SAN=dns:*.whatsapp.net",
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
        KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD);
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", store.getCertificate("server"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        whatsApps = SSLContext.getInstance("TLS");
        whatsApps.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    }

    private static SSLContext defaultContext() {
        try {
            return SSLContext.getDefault();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws IOException {
        SSLContext.setDefault(whatsApps);
        world = new MediaWorld(folder);
        proxy = new TunnelProxy();
        tls = whatsApps.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        int blobs = URI.create(world.server.mediaUrl()).getPort();
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            Socket accepted = tls.accept();
                            Socket behind = new Socket(InetAddress.getLoopbackAddress(), blobs);
                            Thread joining = new Thread(
                                    () -> {
                                        try {
                                            TunnelProxy.join(accepted, behind);
                                        } catch (IOException e) {
                                            // One side went away.
                                        }
                                    },
                                    "tls-server");
                            joining.setDaemon(true);
                            joining.start();
                        }
                    } catch (IOException e) {
                        // The test is over.
                    }
                },
                "tls-server");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void close() throws IOException {
        SSLContext.setDefault(before);
        world.assertNothingLeft();
        tls.close();
        proxy.close();
        world.close();
    }

    private MediaSettings through(String scheme, MediaHosts hosts, Optional<Proxy.Login> login) {
        MediaSettings of = world.settings(hosts);
        Proxy configured = Proxy.parse(scheme + "://127.0.0.1:" + proxy.port(), login);
        return MediaSettings.of(hosts, Optional.of(configured))
                .withDirectory(folder)
                .withTimeouts(of.connectTimeout(), of.answerTimeout(), of.stallTimeout(), 1);
    }

    private static MediaDeletion deletion(Sent sent) {
        return new MediaDeletion(
                MediaType.IMAGE,
                sent.reference().directPath(),
                sent.reference().fileEncSha256(),
                Optional.empty(),
                Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "socks5"})
    void asksForNamesThatOnlyTheProxyKnows(String scheme) throws Exception {
        proxy.names.put("media-a.whatsapp.net:443", tls.getLocalPort());
        Sent sent = world.put(300_000);
        MediaSettings settings = through(scheme, MediaHosts.whatsApp(), LOGIN);
        world.blobs.onNext(BlobFault.shortBody(100_000));
        world.assertFetches(sent, settings);
        assertThat(MediaWorld.await(world.downloads(settings).delete(deletion(sent), world.threads)))
                .isTrue();
        assertThat(proxy.asked).hasSize(3).allMatch(line -> line.contains("media-a.whatsapp.net:443"));
        assertThat(world.blobs.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "socks5"})
    void asksTheNextHostWhenOneIsNotThere(String scheme) throws Exception {
        world.hosts = List.of("media-a.whatsapp.net", "media-b.whatsapp.net", "evil.example", "media-c.whatsapp.net");
        proxy.names.put("media-c.whatsapp.net:443", tls.getLocalPort());
        world.assertFetches(world.put(1_000), through(scheme, MediaHosts.whatsApp(), LOGIN));
        assertThat(proxy.asked).hasSize(3).noneMatch(line -> line.contains("evil"));
        assertThat(proxy.asked.get(2)).contains("media-c.whatsapp.net:443");
    }

    /** What one host gave before it broke is kept: the next one is asked for the rest. */
    @Test
    void goesOnAtTheNextHost() throws Exception {
        world.hosts = List.of("media-a.whatsapp.net", "media-b.whatsapp.net");
        proxy.names.put("media-a.whatsapp.net:443", tls.getLocalPort());
        proxy.names.put("media-b.whatsapp.net:443", tls.getLocalPort());
        Sent sent = world.put(300_000);
        world.blobs.onNext(BlobFault.shortBody(100_000)).onNext(BlobFault.status(503));
        world.assertFetches(sent, through("http", MediaHosts.whatsApp(), LOGIN));
        assertThat(proxy.asked).hasSize(3);
        assertThat(proxy.asked.get(2)).contains("media-b");
        assertThat(world.blobs.requests().get(2).header("Range")).contains("bytes=100000-");
    }

    @Test
    void usesTheMessagesHostOnlyWhenItIsWhatsApps() throws Exception {
        world.hosts = List.of("media-a.whatsapp.net");
        proxy.names.put("media-z.whatsapp.net:443", tls.getLocalPort());
        proxy.names.put("evil.example:443", tls.getLocalPort());
        MediaReference of = world.put(1_000).reference();
        for (String host : List.of("media-z.whatsapp.net", "evil.example")) {
            MediaReference reference = new MediaReference(
                    of.type(),
                    "",
                    Optional.of("https://" + host + of.directPath()),
                    of.mediaKey(),
                    of.fileEncSha256(),
                    of.fileSha256(),
                    of.fileLength());
            MediaSettings settings = through("http", MediaHosts.whatsApp(), LOGIN);
            if (host.startsWith("media")) {
                world.fetch(reference, settings).close();
            } else {
                assertThat(world.failure(reference, settings).reason()).isEqualTo(Reason.UNREACHABLE);
            }
        }
        assertThat(proxy.asked).noneMatch(line -> line.contains("evil"));
    }

    /** A certificate for another name is refused, whoever the proxy leads to. */
    @Test
    void refusesAHostWithoutACertificateForItsName() throws Exception {
        world.hosts = List.of("media-a.b.whatsapp.net");
        proxy.names.put("media-a.b.whatsapp.net:443", tls.getLocalPort());
        MediaException failure =
                world.failure(world.put(100).reference(), through("http", MediaHosts.whatsApp(), LOGIN));
        assertThat(failure.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(world.blobs.requests()).isEmpty();
    }

    /** The server could be dialed directly in each of these; nothing may come to it. */
    @ParameterizedTest
    @ValueSource(strings = {"http", "socks5"})
    void sendsNothingPastAProxyThatRefuses(String scheme) throws Exception {
        Sent sent = world.put(1_000);
        MediaHosts reachable = MediaHosts.only(URI.create(world.server.mediaUrl()));
        List<MediaSettings> refused = List.of(
                through(scheme, reachable, LOGIN),
                through(scheme, reachable, Optional.of(new Proxy.Login("alice", "wrong"))));
        for (MediaSettings settings : refused) {
            assertThat(world.failure(sent.reference(), settings).reason()).isEqualTo(Reason.UNREACHABLE);
            assertThatThrownBy(() -> MediaWorld.await(world.downloads(settings).delete(deletion(sent), world.threads)))
                    .isInstanceOf(MediaException.class);
        }
        assertThat(proxy.asked).hasSize(4);
        proxy.close();
        assertThat(world.failure(sent.reference(), refused.get(0)).reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(world.blobs.requests()).isEmpty();
    }

    /** Redirects and the rest of a broken transfer as well. */
    @ParameterizedTest
    @ValueSource(strings = {"http", "socks5"})
    void makesEveryConnectionThroughTheProxy(String scheme) throws Exception {
        URI url = URI.create(world.server.mediaUrl());
        proxy.names.put(url.getAuthority(), url.getPort());
        Sent sent = world.put(300_000);
        world.blobs
                .onNext(BlobFault.redirect(sent.reference().directPath()))
                .onNext(BlobFault.shortBody(100_000))
                .onNext(BlobFault.redirect(sent.reference().directPath()))
                .onNext(BlobFault.status(401));
        world.assertFetches(sent, through(scheme, MediaHosts.only(url), LOGIN));
        assertThat(world.blobs.requests()).hasSize(5);
        assertThat(proxy.asked).hasSize(5);
    }
}
