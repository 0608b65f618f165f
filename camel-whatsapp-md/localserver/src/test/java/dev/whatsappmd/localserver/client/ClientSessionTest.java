package dev.whatsappmd.localserver.client;

import static dev.whatsappmd.localserver.client.RunningClient.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.SimulatedPhone;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.reconnect.ReconnectDirective;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client as a whole, over real sockets: linked by QR, restarted, opened, and back after each disconnect. */
class ClientSessionTest {
    @TempDir
    private Path directory;

    private LocalWhatsAppServer server;
    private SimulatedPhone phone;

    @BeforeEach
    void start() {
        server = LocalWhatsAppServer.start();
        phone = server.phone("4915100000001");
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(server.internalFailures()).isEmpty();
    }

    private static ReconnectSettings quick() {
        return ReconnectSettings.defaults().withDelay(Duration.ofMillis(20)).withJitter(0);
    }

    private RunningClient run() {
        return RunningClient.start(server, directory, options -> options.reconnect(quick()));
    }

    private LinkedDevice link(RunningClient client) {
        LinkedDevice device = phone.scan(client.awaitQr().qr());
        client.awaitOpen(1);
        return device;
    }

    @Test
    void isLinkedByQrRestartsAndOpens() {
        try (RunningClient client = run()) {
            LinkedDevice device = link(client);
            client.awaitPendingReceived(1);

            assertThat(device.preKeyCount()).isEqualTo(812);
            assertThat(states(client))
                    .containsSubsequence("connecting", "isNewLogin", "close", "connecting", "open", "received");
            ConnectionUpdate restart = client.awaitClose(1);
            assertThat(restart.lastDisconnect().error().output().statusCode()).isEqualTo(515);
            assertThat(restart.lastDisconnect().reason()).isEqualTo("restartRequired");
            assertThat(restart.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.RESTART_REQUESTED);
            assertThat(restart.reconnect().action()).isEqualTo("now");
            assertThat(client.client.status().phase()).isEqualTo("open");
            assertThat(client.client.status().registered()).isTrue();
            assertThat(client.errors).isEmpty();
        }
        assertThat(server.recording().failures()).isEmpty();
        assertThat(server.unknownQueries()).isEmpty();
    }

    @Test
    void comesBackWithTheSameIdentityAfterItsOwnRestart() {
        LinkedDevice device;
        try (RunningClient client = run()) {
            device = link(client);
        }
        try (RunningClient again = run()) {
            again.awaitOpen(1);
            assertThat(again.updates).noneMatch(update -> update.qr() != null);
        }
        assertThat(phone.devices()).containsExactly(device);
        assertThat(device.preKeyCount()).isEqualTo(812);
    }

    @Test
    void comesBackAfterAnUnavailableServer() {
        try (RunningClient client = run()) {
            link(client);

            server.closeWith(ServerClose.streamError(503));

            ConnectionUpdate close = client.awaitClose(2);
            assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.SERVER_UNAVAILABLE);
            assertThat(close.lastDisconnect().origin()).isEqualTo(DisconnectOrigin.STREAM);
            assertThat(close.reconnect().action()).isEqualTo("backoff");
            assertThat(close.reconnect().attempt()).isEqualTo(2);
            client.awaitOpen(2);
            client.awaitPendingReceived(2);
        }
    }

    @Test
    void stopsWhenItsDeviceIsRemovedAndKeepsTheCredentials() {
        try (RunningClient client = run()) {
            LinkedDevice device = link(client);

            phone.removeDevice(device);

            ConnectionUpdate close = client.awaitClose(2);
            // It happened right after pairing, so the link itself was not accepted.
            assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.LINK_REJECTED);
            assertThat(close.lastDisconnect().error().output().statusCode()).isEqualTo(401);
            assertThat(close.reconnect().action()).isEqualTo("stop");
            await().atMost(LIMIT).until(() -> client.client.status().phase().equals("halted"));
            assertThat(client.client.status().registered()).isFalse();
        }
        try (RunningClient again = run()) {
            // A start is a person's wish: one attempt with what is kept, and no new identity.
            ConnectionUpdate refused = again.awaitClose(1);
            assertThat(refused.lastDisconnect().origin()).isEqualTo(DisconnectOrigin.FAILURE);
            assertThat(again.updates).noneMatch(update -> update.qr() != null);
        }
    }

    @Test
    void obeysTheRoutesLastWord() {
        try (RunningClient client = run()) {
            link(client);
            client.lastWord = update -> Optional.of(ReconnectDirective.stop());

            server.closeWith(ServerClose.streamError(503));

            client.awaitClose(2);
            await().atMost(LIMIT).until(() -> client.client.status().phase().equals("halted"));
            assertThat(client.client.status().reconnect().action()).isEqualTo("stop");

            client.lastWord = update -> Optional.empty();
            client.client.reconnect();
            client.awaitOpen(2);
        }
    }

    @Test
    void doesAsTheOptionsSay() {
        try (RunningClient client = RunningClient.start(
                server, directory, options -> options.reconnect(quick()).overrides(Map.of("440", "now")))) {
            link(client);

            server.closeWith(ServerClose.conflict("replaced"));

            ConnectionUpdate close = client.awaitClose(2);
            assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.EVICTED);
            assertThat(close.lastDisconnect().error().output().statusCode()).isEqualTo(440);
            assertThat(close.reconnect().action()).isEqualTo("now");
            client.awaitOpen(2);
        }
    }

    @Test
    void takesInTheOfflineQueueAndAnswersIt() {
        LinkedDevice device;
        try (RunningClient client = run()) {
            device = link(client);
            client.awaitPendingReceived(1);
        }
        for (int i = 0; i < 250; i++) {
            device.deliver(Node.builder(i % 3 == 0 ? "something-new" : i % 3 == 1 ? "notification" : "receipt")
                    .attribute("from", "4915100000009@s.whatsapp.net")
                    .attribute("id", "stanza-" + i)
                    .attribute("type", i % 3 == 1 ? "picture" : "read")
                    .build());
        }
        try (RunningClient again = run()) {
            again.awaitPendingReceived(1);
            await().atMost(LIMIT).untilAsserted(() -> assertThat(device.owed()).isEmpty());
        }
    }

    @Test
    void logsOutOnRequest() {
        try (RunningClient client = run()) {
            LinkedDevice device = link(client);

            assertThat(client.client.logout()).succeedsWithin(LIMIT);

            ConnectionUpdate close = client.awaitClose(2);
            assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.LOGGED_OUT);
            assertThat(close.lastDisconnect().origin()).isEqualTo(DisconnectOrigin.LOCAL);
            assertThat(close.reconnect().action()).isEqualTo("none");
            assertThat(device.isRemoved()).isTrue();
        }
    }

    @Test
    void refusesAServerWithAnotherRoot() {
        try (LocalWhatsAppServer other = LocalWhatsAppServer.start();
                RunningClient client = RunningClient.start(
                        server, directory, options -> options.serverTrust(ServerTrust.ofHex(other.rootKeyHex())))) {
            ConnectionUpdate close = client.awaitClose(1);
            assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.UNTRUSTED_SERVER);
            assertThat(close.reconnect().action()).isEqualTo("stop");
        }
    }

    private static List<String> states(RunningClient client) {
        return client.updates.stream()
                .map(update -> {
                    if (update.connection() != null) {
                        return update.connection().wireName();
                    }
                    if (update.isNewLogin() != null) {
                        return "isNewLogin";
                    }
                    return Boolean.TRUE.equals(update.receivedPendingNotifications()) ? "received" : "other";
                })
                .toList();
    }
}
