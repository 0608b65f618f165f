package dev.whatsappmd.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.client.WhatsAppClient;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.migration.BaileysImport;
import dev.whatsappmd.engine.migration.MigrationException;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.signal.GroupCipher;
import dev.whatsappmd.engine.signal.SessionCipher;
import dev.whatsappmd.engine.signal.SignalAddress;
import dev.whatsappmd.engine.signal.SignalStore;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.engine.time.SystemTimers;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.LocalWhatsAppServerExtension;
import dev.whatsappmd.localserver.connection.ServerConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An account that Baileys has linked goes on with this engine: no new scan, no message that cannot be read. */
class BaileysImportTest {
    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    @TempDir
    Path temporary;

    @Test
    void goesOnWithAnAccountThatBaileysHasLinked() throws Exception {
        assumeThat(NodeTools.missing()).isEmpty();
        LocalWhatsAppServer server = whatsApp.server();
        Path folder = Path.of(
                System.getProperty("baileys.folder", temporary.resolve("auth").toString()));
        LinkedDevice device;
        JsonNode later;
        try (BaileysClient baileys = BaileysClient.start(server, Map.of("folder", folder.toString()))) {
            device = server.phone("4915100000001")
                    .scan(baileys.awaitUpdate("qr").path("qr").asText());
            baileys.awaitConnection("open", 0);
            baileys.await("receivedPendingNotifications", 0, event -> event.path("receivedPendingNotifications")
                    .asBoolean(false));
            baileys.await("uploaded pre-keys", 0, event -> event.path("keys")
                    .toString()
                    .contains("firstUnuploadedPreKeyId"));
            int before = baileys.count();
            baileys.command(Map.of("do", "exchange"));
            later = baileys.await("exchanged", before, event -> event.path("event")
                            .asText()
                            .equals("exchanged"))
                    .path("later");
            assertThat(later).hasSize(9);
            baileys.command(Map.of("do", "end"));
        }

        try (SessionStore store = new SqliteSessionStore(temporary.resolve("store"))) {
            BaileysImport.Result moved = BaileysImport.run(folder, store, "moved");
            assertThat(moved.preKeys()).isEqualTo(812 - 3);
            assertThat(moved.sessions()).isEqualTo(3);
            assertThat(moved.senderKeys()).isEqualTo(2);
            assertThat(moved.lidMappings()).isPositive();
            assertThatExceptionOfType(MigrationException.class)
                    .isThrownBy(() -> BaileysImport.run(folder, store, "moved"))
                    .withMessageContaining("has credentials already");
            readsWhatWasWrittenTo(store, later);
            connectsAs(device, store, server);
        }
    }

    private static void readsWhatWasWrittenTo(SessionStore store, JsonNode later) throws Exception {
        try (StoredSession session = store.open("moved")) {
            Credentials self;
            try (Snapshot snapshot = session.snapshot()) {
                self = SessionRows.credentials(snapshot).orElseThrow();
            }
            SignalStore signal = new SignalStore(session::snapshot, () -> self, damage -> {});
            SessionCipher sessions = new SessionCipher(signal, new SecureRandom());
            GroupCipher groups = new GroupCipher(signal, new SecureRandom());
            for (JsonNode message : later) {
                String[] name = message.path("from").asText().split("[_.]");
                SignalAddress from = new SignalAddress(
                        name[0],
                        name.length == 3 ? Integer.parseInt(name[1]) : 0,
                        Integer.parseInt(name[name.length - 1]));
                byte[] bytes =
                        Base64.getDecoder().decode(message.path("ciphertext").asText());
                byte[] plaintext =
                        switch (message.path("type").asText()) {
                            case "skmsg" ->
                                groups.decrypt(Jid.parse(message.path("group").asText()), from, bytes);
                            case "pkmsg" ->
                                sessions.decryptPreKeyMessage(from, bytes).plaintext();
                            default -> sessions.decryptMessage(from, bytes).plaintext();
                        };
                assertThat(new String(plaintext, StandardCharsets.UTF_8))
                        .isEqualTo(message.path("text").asText());
            }
            assertThat(signal.lidOf("4915100000088")).contains("100000000000088");
            // Nobody has answered there: the message still tells who opened the session.
            assertThat(sessions.encrypt(new SignalAddress("4915100000099", 0, 0), new byte[] {1})
                            .preKeyMessage())
                    .isTrue();
        }
    }

    private static void connectsAs(LinkedDevice device, SessionStore store, LocalWhatsAppServer server)
            throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);
        ClientOptions options = ClientOptions.builder("moved", store)
                .serverUrl(URI.create(server.url()))
                .serverTrust(ServerTrust.ofHex(server.rootKeyHex()))
                .build();
        try (WhatsAppClient client = new WhatsAppClient(options, threads, new SystemTimers(timers))) {
            int before = server.connections().size();
            client.start();
            ServerConnection open = server.awaitConnection(before + 1, BaileysClient.LIMIT);
            Awaitility.await()
                    .atMost(BaileysClient.LIMIT)
                    .until(() -> client.status().phase(), "open"::equals);
            assertThat(open.record().generation()).isEqualTo(before + 1);
            assertThat(server.connections()).hasSize(before + 1);
            assertThat(device.preKeyCount()).isPositive();
        } finally {
            threads.shutdownNow();
            timers.shutdownNow();
        }
    }
}
