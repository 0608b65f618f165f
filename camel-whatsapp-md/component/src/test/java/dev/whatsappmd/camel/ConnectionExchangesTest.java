package dev.whatsappmd.camel;

import static dev.whatsappmd.camel.WhatsAppMdConstants.CONNECTION_STATE;
import static dev.whatsappmd.camel.WhatsAppMdConstants.DISCONNECT_CODE;
import static dev.whatsappmd.camel.WhatsAppMdConstants.DISCONNECT_KIND;
import static dev.whatsappmd.camel.WhatsAppMdConstants.DISCONNECT_ORIGIN;
import static dev.whatsappmd.camel.WhatsAppMdConstants.DISCONNECT_REASON;
import static dev.whatsappmd.camel.WhatsAppMdConstants.EVENT;
import static dev.whatsappmd.camel.WhatsAppMdConstants.GENERATION;
import static dev.whatsappmd.camel.WhatsAppMdConstants.QR;
import static dev.whatsappmd.camel.WhatsAppMdConstants.QR_PNG;
import static dev.whatsappmd.camel.WhatsAppMdConstants.RECONNECT_ACTION;
import static dev.whatsappmd.camel.WhatsAppMdConstants.RECONNECT_ATTEMPT;
import static dev.whatsappmd.camel.WhatsAppMdConstants.RECONNECT_DELAY;
import static dev.whatsappmd.camel.WhatsAppMdConstants.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.camel.SeenExchanges.Seen;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A YAML route, linked by QR, and what it is told: over real sockets, with the real store. */
class ConnectionExchangesTest {
    private static final String ROUTE = """
            - route:
                id: sales
                from:
                  uri: whatsappmd:sales
                  steps:
                    - process: { ref: seen }
            """;

    private RunningRoutes routes;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        routes = new RunningRoutes(LocalWhatsAppServer.start(), directory);
        routes.start(ROUTE);
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    @Test
    void isLinkedByQrRestartsAndOpens() {
        routes.link();

        assertThat(routes.story())
                .containsSubsequence(
                        "connecting",
                        "qr",
                        "isNewLogin",
                        "close 515",
                        "connecting",
                        "open",
                        "receivedPendingNotifications");
        assertThat(routes.seen).allSatisfy(one -> {
            assertThat(one.header(SESSION_ID)).isEqualTo("sales");
            assertThat(one.header(EVENT)).isEqualTo("connection");
            assertThat(one.header(GENERATION)).isEqualTo(one.update().generation());
        });
        Seen qr = routes.await("a QR code", one -> one.headers().containsKey(QR));
        assertThat((String) qr.header(QR)).startsWith("https://wa.me/settings/linked_devices#");
        assertThat(qr.headers()).as("a partial update").doesNotContainKey(CONNECTION_STATE);
        assertThat((byte[]) qr.header(QR_PNG)).startsWith(0x89, 'P', 'N', 'G');
        assertThat(routes.awaitClose(515).headers())
                .containsEntry(DISCONNECT_REASON, "restartRequired")
                .containsEntry(DISCONNECT_ORIGIN, "stream")
                .containsEntry(DISCONNECT_KIND, "RESTART_REQUESTED")
                .containsEntry(RECONNECT_ACTION, "now");
    }

    @Test
    void backsOffAfterAnUnavailableServerAndOpensAgain() {
        routes.link();

        routes.server.closeWith(ServerClose.streamError(503));

        assertThat(routes.awaitClose(503).headers())
                .containsAllEntriesOf(Map.of(
                        DISCONNECT_CODE, 503,
                        DISCONNECT_REASON, "unavailableService",
                        DISCONNECT_ORIGIN, "stream",
                        DISCONNECT_KIND, "SERVER_UNAVAILABLE",
                        RECONNECT_ACTION, "backoff",
                        RECONNECT_ATTEMPT, 2))
                .extractingByKey(RECONNECT_DELAY)
                .isInstanceOf(Long.class);
        routes.awaitReceived(2);
        assertThat(routes.story()).containsSubsequence("open", "close 503", "connecting", "open");
    }

    @Test
    void parksWhenAnotherConnectionTookOver() {
        routes.link();

        routes.server.closeWith(ServerClose.conflict("replaced"));

        assertThat(routes.awaitClose(440).headers())
                .containsAllEntriesOf(Map.of(
                        DISCONNECT_REASON, "connectionReplaced",
                        DISCONNECT_KIND, "EVICTED",
                        RECONNECT_ACTION, "park",
                        RECONNECT_DELAY, 30_000L));
        routes.awaitPhase("parked");

        routes.context.createProducerTemplate().sendBody("whatsappmd:sales?operation=reconnect", "");

        routes.awaitReceived(2);
    }

    @Test
    void stopsWhenThePhoneRemovesTheDevice() {
        LinkedDevice device = routes.link();

        routes.phone.removeDevice(device);

        Seen close = routes.awaitClose(401);
        assertThat(close.header(RECONNECT_ACTION)).isEqualTo("stop");
        assertThat(close.headers()).doesNotContainKey(RECONNECT_DELAY);
        assertThat(close.header(RECONNECT_ATTEMPT)).isEqualTo(0);
        routes.awaitPhase("halted");
        assertThat(routes.server.liveConnections()).isEmpty();
    }

    @Test
    void bodyBecomesJsonInTheRoute() throws Exception {
        routes.link();
        Seen open = routes.await("open", one -> "open".equals(one.state()));

        String json = routes.context.getTypeConverter().mandatoryConvertTo(String.class, open.body());

        assertThat(json).startsWith("{\"sessionId\":\"sales\",\"generation\":2,\"connection\":\"open\"");
    }

    @Test
    void drawsTheCodeOnStandardOutputWhenAsked() throws Exception {
        routes.context.getRouteController().stopRoute("sales");
        routes.component().getConfiguration().setPrintQr(true);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            int stories = routes.seen.size();
            routes.context.getRouteController().startRoute("sales");
            Seen qr = routes.await(
                    "another QR code", one -> one.headers().containsKey(QR) && routes.seen.indexOf(one) >= stories);
            String drawn = TerminalQr.draw((String) qr.header(QR));

            await().atMost(RunningRoutes.LIMIT).untilAsserted(() -> assertThat(printed.toString(StandardCharsets.UTF_8))
                    .contains(drawn));
        } finally {
            System.setOut(before);
        }
    }

    @Test
    void eachCloseIsOneExchange() {
        routes.link();
        for (int i = 0; i < 3; i++) {
            routes.server.closeWith(ServerClose.streamError(503));
            routes.await("close", i + 1, one -> one.closes(503));
            routes.awaitReceived(i + 2);
        }

        assertThat(routes.story().stream().filter(word -> word.startsWith("close")))
                .containsExactly("close 515", "close 503", "close 503", "close 503");
        assertThat(routes.seen).noneMatch(one -> one.caught() != null);
    }
}
