package dev.whatsappmd.camel;

import static dev.whatsappmd.camel.WhatsAppMdConstants.RECONNECT_ACTION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.camel.RunningRoutes.Seen;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With {@code bridgeErrorHandler=true}: the close exchange itself goes through the handlers of the route. */
class BridgedCloseTest {
    private static final String BY_CLASS = """
            - onException:
                exception: [ dev.whatsappmd.camel.LoggedOutException ]
                handled: { constant: "true" }
                steps:
                  - setProperty: { name: handler, constant: loggedOut }
                  - process: { ref: seen }
            - onException:
                exception: [ dev.whatsappmd.camel.ConnectionReplacedException ]
                handled: { constant: "true" }
                steps:
                  - setProperty: { name: handler, constant: replaced }
                  - setHeader: { name: CamelWhatsAppMdReconnectAction, constant: now }
                  - process: { ref: seen }
            - onException:
                exception: [ dev.whatsappmd.camel.DisconnectedException ]
                handled: { constant: "true" }
                steps:
                  - setProperty: { name: handler, constant: other }
                  - process: { ref: seen }
            """;

    private static final String BY_CODE = """
            - onException:
                exception: [ dev.whatsappmd.camel.DisconnectedException ]
                onWhen: { simple: "${exception.statusCode} in '503,428'" }
                handled: { constant: "true" }
                steps:
                  - setProperty: { name: handler, constant: unavailable }
                  - process: { ref: seen }
            - onException:
                exception: [ dev.whatsappmd.camel.DisconnectedException ]
                onWhen: { simple: "${exception.statusCode} == 429" }
                handled: { constant: "true" }
                steps:
                  - setProperty: { name: handler, constant: limited }
                  - setHeader: { name: CamelWhatsAppMdReconnectAction, constant: "stop" }
                  - process: { ref: seen }
            """;

    private static final String ROUTE = """
            - route:
                id: sales
                from:
                  uri: whatsappmd:sales
                  parameters: { bridgeErrorHandler: true }
                  steps:
                    - setProperty: { name: handler, constant: none }
                    - process: { ref: seen }
            """;

    private RunningRoutes routes;

    @BeforeEach
    void prepare(@TempDir Path directory) {
        routes = new RunningRoutes(LocalWhatsAppServer.start(), directory);
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    @Test
    void handlersAreChosenByClass() throws Exception {
        LinkedDevice device = routes.start(BY_CLASS + ROUTE).link();

        routes.server.closeWith(ServerClose.streamError(503));
        routes.awaitReceived(2);
        routes.server.closeWith(ServerClose.conflict("replaced"));
        routes.awaitReceived(3);
        routes.phone.removeDevice(device);
        routes.awaitPhase("halted");

        assertThat(handled(503)).isEqualTo("other");
        assertThat(handled(440)).isEqualTo("replaced");
        assertThat(handled(401)).isEqualTo("loggedOut");
    }

    @Test
    void handlersAreChosenByCode() throws Exception {
        routes.start(BY_CODE + ROUTE).link();

        routes.server.closeWith(ServerClose.tcpReset());
        routes.awaitReceived(2);
        routes.server.closeWith(ServerClose.streamError(503));
        routes.awaitReceived(3);
        routes.server.closeWith(ServerClose.streamError(429));
        routes.awaitPhase("halted");

        assertThat(handled(428)).isEqualTo("unavailable");
        assertThat(handled(503)).isEqualTo("unavailable");
        assertThat(handled(429)).isEqualTo("limited");
    }

    @Test
    void handlerSeesTheRecordTheHeadersAndTheException() throws Exception {
        routes.start(BY_CLASS + ROUTE).link();

        routes.server.closeWith(ServerClose.streamError(503));

        Seen close = routes.awaitClose(503);
        assertThat(close.body()).isInstanceOf(ConnectionUpdate.class);
        assertThat(close.header(RECONNECT_ACTION)).isEqualTo("backoff");
        assertThat(close.route()).isEqualTo("sales");
        assertThat(close.caught()).isExactlyInstanceOf(DisconnectedException.class);
        assertThat(((DisconnectedException) close.caught()).getUpdate()).isSameAs(close.body());
    }

    @Test
    void plannedClosesAreNormalExchanges() throws Exception {
        routes.start(BY_CLASS + ROUTE).link();

        assertThat(handled(515)).isEqualTo("none");
        assertThat(routes.awaitClose(515).caught()).isNull();
    }

    @Test
    void eachCloseIsOneExchange() throws Exception {
        routes.start(BY_CLASS + ROUTE).link();

        routes.server.closeWith(ServerClose.streamError(503));
        routes.awaitReceived(2);

        assertThat(routes.seen.stream().filter(one -> "close".equals(one.state())))
                .hasSize(2);
    }

    @Test
    void withoutAHandlerTheRouteIsNotEnteredAndTheSessionGoesOn() throws Exception {
        routes.start(ROUTE).link();

        routes.server.closeWith(ServerClose.streamError(503));

        routes.awaitReceived(2);
        assertThat(routes.seen).noneMatch(one -> one.closes(503));
    }

    private String handled(int code) {
        return (String) routes.awaitClose(code).property("handler");
    }
}
