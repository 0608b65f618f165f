package dev.whatsappmd.localserver.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.client.WhatsAppClient;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The question that {@code testConnectionOnStartup} asks. */
class TestConnectionTest {
    @TempDir
    private Path directory;

    private Optional<String> ask(String url, String rootKey, Duration timeout) {
        try (SqliteSessionStore store = new SqliteSessionStore(directory)) {
            ClientOptions options = ClientOptions.builder("support", store)
                    .serverUrl(URI.create(url))
                    .serverTrust(ServerTrust.ofHex(rootKey))
                    .connectTimeout(timeout)
                    .build();
            return WhatsAppClient.testConnection(options).join();
        }
    }

    @Test
    void isContentWithAServerThatProvesItself() {
        try (LocalWhatsAppServer server = LocalWhatsAppServer.start()) {
            assertThat(ask(server.url(), server.rootKeyHex(), RunningClient.LIMIT))
                    .isEmpty();
            assertThat(server.recording().failures()).isEmpty();
            assertThat(directory).isEmptyDirectory();
        }
    }

    @Test
    void saysThatNobodyListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(ask("ws://127.0.0.1:" + port + "/ws/chat", "00".repeat(32), RunningClient.LIMIT))
                .hasValueSatisfying(message -> assertThat(message)
                        .startsWith("server not reached: server 127.0.0.1:" + port + ": ")
                        .contains("refused"));
    }

    @Test
    void saysThatTheServerIsAnother() {
        try (LocalWhatsAppServer server = LocalWhatsAppServer.start()) {
            assertThat(ask(server.url(), "00".repeat(31) + "09", RunningClient.LIMIT))
                    .hasValueSatisfying(message -> assertThat(message)
                            .startsWith("the server's identity was refused: ")
                            .endsWith("Check serverUrl, serverRootKey and this machine's clock"));
        }
    }

    @Test
    void doesNotWaitForEver() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String url = "ws://127.0.0.1:" + silent.getLocalPort() + "/ws/chat";
            assertThat(ask(url, "00".repeat(31) + "09", Duration.ofMillis(300)))
                    .contains("connecting and the handshake took longer than connectTimeout=300ms");
        }
    }
}
