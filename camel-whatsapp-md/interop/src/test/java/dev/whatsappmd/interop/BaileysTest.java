package dev.whatsappmd.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.LocalWhatsAppServerExtension;
import dev.whatsappmd.localserver.SimulatedPhone;
import dev.whatsappmd.localserver.account.OfflineMode;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Baileys 7.0.0-rc14, another implementation of the whole protocol, as the client of the local server: what both agree on
 * is not a mistake that server and engine share.
 */
class BaileysTest {
    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private LocalWhatsAppServer server;
    private SimulatedPhone phone;

    @BeforeEach
    void start() {
        assumeThat(NodeTools.missing()).isEmpty();
        server = whatsApp.server();
        phone = server.phone("4915100000001");
    }

    @Test
    void isPairedByQrRestartsLogsInOpensAndUploadsItsPreKeys() throws Exception {
        try (BaileysClient baileys = BaileysClient.start(server)) {
            JsonNode shown = baileys.awaitUpdate("qr");
            assertThat(shown.path("qr").asText()).startsWith("https://wa.me/settings/linked_devices#2@");

            LinkedDevice device = phone.scan(shown.path("qr").asText());

            assertThat(baileys.awaitUpdate("isNewLogin").path("isNewLogin").asBoolean())
                    .isTrue();
            JsonNode restart = baileys.awaitEnd(0);
            assertThat(restart.path("statusCode").asInt()).isEqualTo(515);
            assertThat(restart.path("reasons")).extracting(JsonNode::asText).containsExactly("restartRequired");
            baileys.awaitConnection("open", 0);
            baileys.await("receivedPendingNotifications", 0, event -> event.path("receivedPendingNotifications")
                    .asBoolean(false));

            ServerConnection open = server.awaitOpen(BaileysClient.LIMIT);
            assertThat(open.index()).isEqualTo(2);
            assertThat(open.record().generation()).isEqualTo(2);
            JsonNode credentials = baileys.credentials();
            assertThat(credentials.path("id").asText()).isEqualTo(device.jid());
            assertThat(credentials.path("lid").asText()).isEqualTo(device.lid());
            assertThat(credentials.path("platform").asText()).isEqualTo("android");
            assertThat(credentials.path("linked").asBoolean()).isTrue();

            Node upload = server.takeStanza(StanzaMatch.iq("set", "encrypt").child("list"), BaileysClient.LIMIT)
                    .node();
            int uploaded = upload.child("list").orElseThrow().children().size();
            assertThat(uploaded).isEqualTo(812);
            assertThat(device.preKeyCount()).isEqualTo(uploaded);
            assertThat(credentials.path("nextPreKeyId").asInt()).isEqualTo(uploaded + 1);
            server.takeStanza(StanzaMatch.iq("get", "encrypt").child("digest"), BaileysClient.LIMIT);
            assertThat(baileys.events("blocked")).as("nothing but loopback").isEmpty();
        }
        assertThat(server.recording().failures()).isEmpty();
        assertThat(server.unknownQueries())
                .as("queries that the server cannot answer")
                .isEmpty();
    }

    @Test
    void linksBusinessAndHostedAccounts() throws Exception {
        SimulatedPhone shop = server.newPhone("4915100000002")
                .business("Corner Shop")
                .hosted()
                .hostedDevice()
                .create();
        try (BaileysClient baileys = BaileysClient.start(server)) {
            shop.scan(baileys.awaitUpdate("qr").path("qr").asText());
            baileys.awaitConnection("open", 0);
            JsonNode credentials = baileys.credentials();
            assertThat(credentials.path("platform").asText()).isEqualTo("smba");
            assertThat(credentials.path("name").asText()).isEqualTo("Corner Shop");
        }
    }

    @Test
    void showsSixCodesAndThenGivesUp() throws Exception {
        try (BaileysClient baileys = BaileysClient.start(server, Map.of("qrTimeout", 50))) {
            JsonNode end = baileys.awaitEnd(0);
            assertThat(end.path("statusCode").asInt()).isEqualTo(408);
            assertThat(baileys.events("connection.update").stream()
                            .filter(event -> event.hasNonNull("qr"))
                            .map(event -> event.path("qr").asText())
                            .distinct())
                    .hasSize(6);
        }
    }

    @ParameterizedTest
    @EnumSource(OfflineMode.class)
    void takesItsOfflineQueueInEveryMode(OfflineMode mode) throws Exception {
        server.offlineMode(mode);
        try (BaileysClient baileys = BaileysClient.start(server)) {
            LinkedDevice device = link(baileys);
            int before = leave(baileys);
            for (String id : List.of("n1", "n2", "n3")) {
                device.deliver(notification(id));
            }

            baileys.command(Map.of("do", "connect"));

            baileys.await("receivedPendingNotifications", before, event -> event.path("receivedPendingNotifications")
                    .asBoolean(false));
            server.awaitOpen(BaileysClient.LIMIT);
            device.awaitNothingOwed(BaileysClient.LIMIT);
            assertThat(baileys.events("notification"))
                    .extracting(event -> event.path("id").asText())
                    .containsExactly("n1", "n2", "n3");
            assertThat(baileys.events("notification"))
                    .extracting(event -> event.path("offline").asText())
                    .containsOnly("0");
        }
        assertThat(server.recording().failures()).isEmpty();
    }

    @Test
    void reportsEachEndOfAnOpenConnectionAsItsOwn() throws Exception {
        try (BaileysClient baileys = BaileysClient.start(server)) {
            link(baileys);
            assertThat(endAndReturn(baileys, ServerClose.streamError(503))).isEqualTo("503 unavailableService");
            assertThat(endAndReturn(baileys, ServerClose.streamError(500))).isEqualTo("500 badSession");
            assertThat(endAndReturn(baileys, ServerClose.streamError(516))).isEqualTo("516 ");
            assertThat(endAndReturn(baileys, ServerClose.conflict("replaced"))).isEqualTo("440 connectionReplaced");
            assertThat(endAndReturn(baileys, ServerClose.conflict("device_removed", 401)))
                    .isEqualTo("401 loggedOut");
            assertThat(endAndReturn(baileys, ServerClose.ack("3EB0"))).isEqualTo("500 badSession");
            assertThat(endAndReturn(baileys, ServerClose.xmlNotWellFormed())).isEqualTo("500 badSession");
            assertThat(endAndReturn(baileys, ServerClose.streamEnd())).isEqualTo("428 connectionClosed");
            assertThat(endAndReturn(baileys, ServerClose.socketClose(1011))).isEqualTo("428 connectionClosed");
            assertThat(endAndReturn(baileys, ServerClose.tcpReset())).isEqualTo("428 connectionClosed");
        }
    }

    /** Ends the open connection, opens the next one; gives what Baileys said about the end. */
    private String endAndReturn(BaileysClient baileys, ServerClose close) {
        server.awaitOpen(BaileysClient.LIMIT);
        int before = baileys.count();
        server.closeWith(close);
        JsonNode end = baileys.awaitEnd(before);
        int ended = baileys.count();
        baileys.command(Map.of("do", "connect"));
        baileys.awaitConnection("open", ended);
        List<String> reasons = new ArrayList<>();
        end.path("reasons").forEach(reason -> reasons.add(reason.asText()));
        return end.path("statusCode").asInt() + " " + String.join(" ", reasons);
    }

    @Test
    void reportsARefusedLoginWithItsReason() throws Exception {
        try (BaileysClient baileys = BaileysClient.start(server)) {
            link(baileys);
            int before = leave(baileys);
            server.script().onNext(Moment.LOGIN, ServerClose.failure(405));

            baileys.command(Map.of("do", "connect"));

            assertThat(baileys.awaitEnd(before).path("statusCode").asInt()).isEqualTo(405);
        }
    }

    @Test
    void isLoggedOutWhenThePhoneRemovesIt() throws Exception {
        try (BaileysClient baileys = BaileysClient.start(server)) {
            LinkedDevice device = link(baileys);
            server.awaitOpen(BaileysClient.LIMIT);
            int before = baileys.count();
            phone.removeDevice(device);
            assertThat(baileys.awaitEnd(before).path("statusCode").asInt()).isEqualTo(401);

            int again = baileys.count();
            baileys.command(Map.of("do", "connect"));
            assertThat(baileys.awaitEnd(again).path("statusCode").asInt()).isEqualTo(401);
        }
    }

    @Test
    void removesItselfWhenItLogsOut() throws Exception {
        try (BaileysClient baileys = BaileysClient.start(server)) {
            LinkedDevice device = link(baileys);
            server.awaitOpen(BaileysClient.LIMIT);
            int before = baileys.count();
            baileys.command(Map.of("do", "logout"));
            assertThat(baileys.awaitEnd(before).path("statusCode").asInt()).isEqualTo(401);
            server.awaitAllClosed(BaileysClient.LIMIT);
            assertThat(device.isRemoved()).isTrue();
        }
    }

    @Test
    void keepsTheRoutingInfoAndSendsItInTheNextIntro() throws Exception {
        byte[] routing = {8, 12, 8, 5};
        try (BaileysClient baileys = BaileysClient.start(server)) {
            link(baileys);
            server.awaitOpen(BaileysClient.LIMIT).sendEdgeRouting(routing);
            baileys.await(
                    "routing info",
                    0,
                    event -> event.path("event").asText().equals("creds.update")
                            && baileys.credentials().hasNonNull("routingInfo"));
            int before = leave(baileys);

            baileys.command(Map.of("do", "connect"));

            baileys.awaitConnection("open", before);
            assertThat(server.awaitOpen(BaileysClient.LIMIT).record().routingInfo())
                    .contains(routing);
        }
    }

    @Test
    void readsDeflatedFrames() throws Exception {
        try (BaileysClient baileys = BaileysClient.start(server)) {
            LinkedDevice device = link(baileys);
            server.awaitOpen(BaileysClient.LIMIT).sendDeflated(notification("z1"));
            baileys.await(
                    "the notification", 0, event -> event.path("id").asText().equals("z1"));
            assertThat(device.connection()).isPresent();
        }
    }

    /** Pairs by QR and waits until the restarted connection is open on both sides. */
    private LinkedDevice link(BaileysClient baileys) {
        LinkedDevice device = phone.scan(baileys.awaitUpdate("qr").path("qr").asText());
        baileys.awaitConnection("open", 0);
        server.awaitOpen(BaileysClient.LIMIT);
        return device;
    }

    /** Ends the client's connection; gives the number of events until then. */
    private int leave(BaileysClient baileys) {
        int before = baileys.count();
        baileys.command(Map.of("do", "end"));
        baileys.awaitEnd(before);
        server.awaitAllClosed(BaileysClient.LIMIT);
        return baileys.count();
    }

    private static Node notification(String id) {
        return Node.builder("notification")
                .attribute("id", id)
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "status")
                .attribute("t", "1768478400")
                .build();
    }
}
