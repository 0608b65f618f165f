package dev.whatsappmd.camel;

import static dev.whatsappmd.camel.WhatsAppMdConstants.DISCONNECT_KIND;
import static dev.whatsappmd.camel.WhatsAppMdConstants.RECONNECT_ACTION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.camel.SeenExchanges.Seen;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.localserver.fault.CertificateFault;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** With {@code bridgeErrorHandler=true}: the close exchange itself goes through the handlers of the route. */
class BridgedCloseTest {
    private static final String BY_CLASS = handler("LoggedOutException", "", "loggedOut")
            + handler("ConnectionReplacedException", "", "replaced")
            + handler("AccountRestrictedException", "", "restricted")
            + handler("UntrustedServerException", "", "untrusted")
            + handler("DisconnectedException", "", "other");

    private static final String BY_CODE =
            handler("DisconnectedException", "${exception.statusCode} in '502,428'", "gone")
                    + handler("DisconnectedException", "${exception.statusCode} == 503", "unavailable")
                    + handler("DisconnectedException", "${exception.kind} == 'RATE_LIMITED'", "limited");

    /** A handler that notes its name and lets the route see the exchange. */
    private static String handler(String exception, String when, String name) {
        return """
                - onException:
                    exception: [ dev.whatsappmd.camel.%s ]%s
                    handled: { constant: "true" }
                    steps:
                      - setProperty: { name: handler, constant: %s }
                      - process: { ref: seen }
                """.formatted(exception, when.isEmpty() ? "" : "\n    onWhen: { simple: \"" + when + "\" }", name);
    }

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

    @TempDir
    private static Path directory;

    private static LinkedSales sales;
    private RunningRoutes routes;

    @BeforeAll
    static void link() throws Exception {
        sales = new LinkedSales(directory);
    }

    @AfterAll
    static void stopServer() {
        sales.close();
    }

    @BeforeEach
    void prepare() {
        routes = sales.routes();
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    private void open(String yaml) throws Exception {
        routes.start(yaml).awaitReceived(1);
    }

    static Stream<Arguments> classes() {
        return Stream.of(
                Arguments.of(ServerClose.conflict("device_removed", 401), 401, "loggedOut"),
                Arguments.of(ServerClose.streamError(516), 516, "loggedOut"),
                Arguments.of(ServerClose.conflict("replaced"), 440, "replaced"),
                Arguments.of(ServerClose.failure(402), 402, "restricted"),
                Arguments.of(ServerClose.failure(403), 403, "restricted"),
                Arguments.of(ServerClose.failure(406), 406, "restricted"),
                Arguments.of(CertificateFault.OTHER_ROOT, 500, "untrusted"),
                Arguments.of(ServerClose.streamError(503), 503, "other"),
                Arguments.of(ServerClose.tcpReset(), 428, "other"));
    }

    @ParameterizedTest(name = "{1} is for {2}")
    @MethodSource("classes")
    void handlersAreChosenByClass(ServerFault fault, int code, String handler) throws Exception {
        sales.server.script().onNext(fault.fits(Moment.LOGIN) ? Moment.LOGIN : Moment.HELLO, fault);

        routes.start(BY_CLASS + ROUTE);

        assertThat(handled(code)).isEqualTo(handler);
    }

    @ParameterizedTest(name = "{0} is for {1}")
    @CsvSource({"503, unavailable", "429, limited"})
    void handlersAreChosenByWhatTheExceptionSays(int code, String handler) throws Exception {
        open(BY_CODE + ROUTE);

        sales.server.closeWith(ServerClose.streamError(code));

        assertThat(handled(code)).isEqualTo(handler);
    }

    @Test
    void handlersAreChosenBySeveralCodes() throws Exception {
        open(BY_CODE + ROUTE);

        sales.server.closeWith(ServerClose.tcpReset());

        assertThat(handled(428)).isEqualTo("gone");
    }

    @Test
    void handlerOfTheClosestClassIsTakenBeforeAnyCodeIsLookedAt() throws Exception {
        open(handler("DisconnectedException", "${exception.statusCode} == 440", "byCode")
                + handler("ConnectionReplacedException", "", "byClass")
                + ROUTE);

        sales.server.closeWith(ServerClose.conflict("replaced"));

        assertThat(handled(440)).isEqualTo("byClass");
    }

    @Test
    void handlerOfAnotherFileIsOneOfARouteConfiguration() throws Exception {
        String handlers = "- routeConfiguration:\n    onException:\n"
                + handler("DisconnectedException", "${exception.statusCode} == 503", "elsewhere")
                        .indent(6);
        PluginHelper.getRoutesLoader(routes.context).loadRoutes(ResourceHelper.fromString("handlers.yaml", handlers));
        open(ROUTE);

        sales.server.closeWith(ServerClose.streamError(503));

        assertThat(handled(503)).isEqualTo("elsewhere");
    }

    @Test
    void deadLetterRouteGetsTheCloseAsItIs() throws Exception {
        open("""
                - errorHandler: { deadLetterChannel: { deadLetterUri: "direct:dead" } }
                - route:
                    from:
                      uri: "direct:dead"
                      steps: [ { setProperty: { name: handler, constant: dead } }, { process: { ref: seen } } ]
                """ + ROUTE);

        sales.server.closeWith(ServerClose.streamError(503));

        assertThat(handled(503)).isEqualTo("dead");
        assertThat(routes.awaitClose(503).body()).isInstanceOf(ConnectionUpdate.class);
        routes.awaitReceived(2);
    }

    @Test
    void redeliveryOfTheHandlerIsNotForCloses() throws Exception {
        open(handler("DisconnectedException", "", "once")
                        .replace(
                                "    handled:",
                                "    redeliveryPolicy: { maximumRedeliveries: 5, redeliveryDelay: 60000 }\n    handled:")
                + ROUTE);

        sales.server.closeWith(ServerClose.streamError(503));

        routes.awaitReceived(2);
        assertThat(routes.seen.stream().filter(one -> one.closes(503))).hasSize(1);
    }

    @Test
    void whatTheHandlerSetsIsTheRoutesLastWord() throws Exception {
        open(handler("DisconnectedException", "", "stops")
                        .replace(
                                "      - process",
                                "      - setHeader: { name: CamelWhatsAppMdReconnectAction, constant: stop }\n      - process")
                + ROUTE);

        sales.server.closeWith(ServerClose.streamError(503));

        routes.awaitPhase("halted");
        assertThat(handled(503)).isEqualTo("stops");
    }

    @Test
    void handlerSeesTheRecordTheHeadersAndTheException() throws Exception {
        open(BY_CLASS + ROUTE);

        sales.server.closeWith(ServerClose.streamError(503));

        Seen close = routes.awaitClose(503);
        assertThat(close.body()).isInstanceOf(ConnectionUpdate.class);
        assertThat(close.header(RECONNECT_ACTION)).isEqualTo("backoff");
        assertThat(close.route()).isEqualTo("sales");
        assertThat(close.caught()).isExactlyInstanceOf(DisconnectedException.class);
        assertThat(((DisconnectedException) close.caught()).getUpdate()).isSameAs(close.body());
    }

    @Test
    void restartThatTheServerAsksForIsANormalExchange() throws Exception {
        open(BY_CLASS + ROUTE);

        sales.server.closeWith(ServerClose.streamError(515));

        assertThat(handled(515)).isEqualTo("none");
        assertThat(routes.awaitClose(515).caught()).isNull();
    }

    @Test
    void closeThatWeAskedForIsANormalExchange() throws Exception {
        open(BY_CLASS + ROUTE);

        // Not by the route controller, which would suspend it first: a suspended route hears nothing.
        routes.context.getRoute("sales").getConsumer().stop();

        assertThat(handled(428)).isEqualTo("none");
        assertThat(routes.awaitClose(428).header(DISCONNECT_KIND)).isEqualTo("CLOSED_BY_US");
    }

    @Test
    void eachCloseIsOneExchange() throws Exception {
        open(BY_CLASS + ROUTE);

        sales.server.closeWith(ServerClose.streamError(503));
        routes.awaitReceived(2);

        assertThat(routes.seen.stream().filter(one -> "close".equals(one.state())))
                .hasSize(1);
    }

    @Test
    void withoutAHandlerTheRouteIsNotEnteredAndTheSessionGoesOn() throws Exception {
        open(ROUTE);

        sales.server.closeWith(ServerClose.streamError(503));

        routes.awaitReceived(2);
        assertThat(routes.seen).noneMatch(one -> one.closes(503));
    }

    private String handled(int code) {
        return (String) routes.awaitClose(code).property("handler");
    }
}
