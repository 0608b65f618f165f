package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.SessionStatus;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProducerTest {
    private static final String ROUTE = """
            - route:
                id: sales
                from: { uri: "whatsappmd:sales", steps: [ { process: { ref: seen } } ] }
            """;

    private RunningRoutes routes;
    private ProducerTemplate template;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        routes = new RunningRoutes(LocalWhatsAppServer.start(), directory);
        routes.start(ROUTE);
        template = routes.context.createProducerTemplate();
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    @Test
    void statusIsTheBody() {
        routes.link();

        SessionStatus status = template.requestBody("whatsappmd:sales?operation=status", null, SessionStatus.class);

        assertThat(status.phase()).isEqualTo("open");
        assertThat(status.connection()).isEqualTo(ConnectionState.OPEN);
        assertThat(status.registered()).isTrue();
        assertThat(status.generation()).isEqualTo(2);
        assertThat(template.requestBody("whatsappmd:sales?operation=status", null, String.class))
                .startsWith("{\"sessionId\":\"sales\",\"phase\":\"open\",\"connection\":\"open\",\"registered\":true,");
    }

    @Test
    void headerWinsOverTheOption() {
        Object body = template.requestBodyAndHeader(
                "whatsappmd:sales?operation=logout", "", WhatsAppMdConstants.OPERATION, "Status");

        assertThat(body).isInstanceOf(SessionStatus.class);
    }

    @Test
    void sessionThatNoConsumerRunsIsNotStarted() {
        assertThatThrownBy(() -> template.requestBody("whatsappmd:other?operation=status", ""))
                .cause()
                .isInstanceOf(SessionNotRunningException.class)
                .hasMessage("session other is not running: only a consumer starts a session, so a route from"
                        + " whatsappmd:other has to be started in this Camel context");
        assertThat(routes.component().sessions().find("other")).isEmpty();
    }

    @Test
    void withoutAnOperationTheErrorListsThem() {
        assertThatThrownBy(() -> template.requestBody("whatsappmd:sales", ""))
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "no operation is given: set the option operation or the header CamelWhatsAppMdOperation to one"
                                + " of status, requestPairingCode, presence, reconnect, relink, redeliver, logout");
        assertThatThrownBy(() ->
                        template.requestBodyAndHeader("whatsappmd:sales", "", WhatsAppMdConstants.OPERATION, "send"))
                .cause()
                .hasMessage("CamelWhatsAppMdOperation=send: there is no such operation; this version has status,"
                        + " requestPairingCode, presence, reconnect, relink, redeliver, logout");
    }

    @Test
    void logsOut() {
        LinkedDevice device = routes.link();

        template.sendBody("whatsappmd:sales?operation=logout", "");

        assertThat(device.isRemoved()).isTrue();
        SeenExchanges.Seen close = routes.awaitClose(401);
        assertThat(close.header(WhatsAppMdConstants.DISCONNECT_ORIGIN)).isEqualTo("local");
        assertThat(close.header(WhatsAppMdConstants.RECONNECT_ACTION)).isEqualTo("none");
    }

    @Test
    void logoutFailsAtOnceWhileTheSessionIsNotOpen() {
        routes.await("a QR code", one -> one.hasQr());

        assertThatThrownBy(() -> template.requestBody("whatsappmd:sales?operation=logout", ""))
                .cause()
                .isInstanceOf(SessionNotRunningException.class)
                .hasMessage("session sales was not open, it is pairing: wait for the connection state open, or set"
                        + " operationTimeout");
    }

    @Test
    void logoutWaitsForTheSessionAsLongAsItIsTold() {
        routes.await("a QR code", one -> one.hasQr());
        assertThatThrownBy(() -> template.requestBody("whatsappmd:sales?operation=logout&operationTimeout=50ms", ""))
                .cause()
                .hasMessage(
                        "session sales was not open within 50 ms, it is pairing: wait for the connection state open,"
                                + " or set operationTimeout");

        CompletableFuture<Object> logout =
                template.asyncRequestBody("whatsappmd:sales?operation=logout&operationTimeout=20s", "");
        LinkedDevice device = routes.link();

        assertThat(logout).succeedsWithin(RunningRoutes.LIMIT);
        assertThat(device.isRemoved()).isTrue();
    }

    @Test
    void logoutThatWaitsFailsWhenTheSessionIsStopped() throws Exception {
        routes.await("a QR code", one -> one.hasQr());
        CompletableFuture<Object> logout =
                template.asyncRequestBody("whatsappmd:sales?operation=logout&operationTimeout=1h", "");
        await().atMost(RunningRoutes.LIMIT).until(this::isWaiting);

        routes.context.getRouteController().stopRoute("sales");

        assertThat(logout)
                .failsWithin(RunningRoutes.LIMIT)
                .withThrowableThat()
                .havingRootCause()
                .isInstanceOf(SessionNotRunningException.class)
                .withMessage("session sales was stopped before it was open");
    }

    private boolean isWaiting() {
        return routes.component()
                .sessions()
                .find("sales")
                .flatMap(SharedSession::running)
                .filter(running -> running.watch().isAwaited())
                .isPresent();
    }

    @Test
    void reconnectEndsAStop() throws Exception {
        routes.link();
        routes.server.closeWith(ServerClose.conflict("replaced"));
        routes.awaitPhase("parked");

        template.sendBodyAndHeader("whatsappmd:sales", "", WhatsAppMdConstants.OPERATION, "reconnect");

        routes.awaitReceived(2);
    }
}
