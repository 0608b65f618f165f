package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.event.SessionStatus;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.Processor;
import org.apache.camel.spi.ExceptionHandler;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The header by which a route decides what happens after a close. */
class LastWordTest {
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

    /** A route that says this about a close with this code. */
    private static String saying(int code, String word, String uri) {
        return """
                - route:
                    from:
                      uri: %s
                      steps:
                        - process: { ref: seen }
                        - choice:
                            when:
                              - simple: "${header.CamelWhatsAppMdDisconnectCode} == %d"
                                steps:
                                  - setHeader: { name: CamelWhatsAppMdReconnectAction, constant: "%s" }
                """.formatted(uri, code, word);
    }

    private static final String TO_SEDA = """
            - route:
                from: { uri: "whatsappmd:sales", steps: [ { to: "seda:later" } ] }
            """;

    @Test
    void overridesThePolicy() throws Exception {
        open(saying(503, "stop", "whatsappmd:sales"));

        sales.server.closeWith(ServerClose.streamError(503));

        SessionStatus status = routes.awaitPhase("halted");
        assertThat(status.reconnect().action()).isEqualTo("stop");
    }

    @Test
    void countsBehindSedaToo() throws Exception {
        open(TO_SEDA + saying(503, "park:1h", "seda:later"));

        sales.server.closeWith(ServerClose.streamError(503));

        SessionStatus status = routes.awaitPhase("parked");
        assertThat(status.reconnect().delay()).isGreaterThan(3_000_000);
    }

    @Test
    void theVeryWordOfThePolicyCountsWhenTheRouteSetsIt() throws Exception {
        // The policy says park, for 30 s; the route's own park waits until somebody asks.
        open(saying(440, "park", "whatsappmd:sales"));

        sales.server.closeWith(ServerClose.conflict("replaced"));

        routes.awaitPhase("parked");
        await().atMost(RunningRoutes.LIMIT)
                .untilAsserted(
                        () -> assertThat(routes.status().reconnect().delay()).isNull());
    }

    @Test
    void ofSeveralRoutesTheMostCautiousCounts() throws Exception {
        open(saying(440, "now", "whatsappmd:sales") + saying(440, "stop", "whatsappmd:sales?events=connection"));

        sales.server.closeWith(ServerClose.conflict("replaced"));

        routes.awaitPhase("halted");
    }

    @Test
    void wordThatIsNoActionGoesToTheExceptionHandlerAndThePolicyStands() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        routes.context.getRegistry().bind("handler", ExceptionHandler.class, new ExceptionHandler() {
            @Override
            public void handleException(Throwable exception) {
                told.add(exception.getMessage());
            }

            @Override
            public void handleException(String message, Throwable exception) {
                told.add(message + ": " + exception.getMessage());
            }

            @Override
            public void handleException(String message, org.apache.camel.Exchange exchange, Throwable exception) {
                told.add(message + ": " + exception.getMessage());
            }
        });
        open(saying(503, "maybe", "whatsappmd:sales?exceptionHandler=#handler"));

        sales.server.closeWith(ServerClose.streamError(503));

        routes.awaitReceived(2);
        assertThat(told)
                .containsExactly("A route's last word is ignored, what the options decide stands:"
                        + " CamelWhatsAppMdReconnectAction=maybe: there is no action \"maybe\"; allowed is now, backoff,"
                        + " park, stop or relink, with a duration after park and backoff only (park:10m, backoff:30s)");
    }

    @Test
    void comesTooLateAfterTheTimeout() throws Exception {
        CountDownLatch enough = new CountDownLatch(1);
        routes.context.getRegistry().bind("wait", waitingFor(503, enough));
        open(saying(503, "stop", "seda:later") + """
                - route:
                    from:
                      uri: whatsappmd:sales
                      parameters: { routeDecisionTimeout: 50ms }
                      steps:
                        - process: { ref: wait }
                        - to: "seda:later"
                """);

        int opened = sales.server.script().count(Moment.OPEN);
        sales.server.closeWith(ServerClose.streamError(503));

        sales.server.await(Moment.OPEN, opened + 1, RunningRoutes.LIMIT);
        enough.countDown();
        routes.awaitReceived(2);
        assertThat(routes.status().phase()).isEqualTo("open");
    }

    @Test
    void routeThatFailsLeavesThePolicy() throws Exception {
        routes.context.getRegistry().bind("fail", (Processor) exchange -> {
            if (exchange.getMessage().getHeader(WhatsAppMdConstants.DISCONNECT_CODE, 0, Integer.class) == 503) {
                throw new IllegalStateException("expected by this test");
            }
        });
        open("""
                        - route:
                            from: { uri: "whatsappmd:sales", steps: [ { process: { ref: fail } }, { process: { ref: seen } } ] }
                        """);

        sales.server.closeWith(ServerClose.streamError(503));

        routes.awaitReceived(2);
    }

    @Test
    void theMostCautiousOfParkBackoffAndNowCounts() throws Exception {
        open(saying(503, "now", "whatsappmd:sales")
                + saying(503, "backoff:1h", "whatsappmd:sales?events=connection")
                + saying(503, "park:2h", "whatsappmd:sales?events=connection,history"));

        sales.server.closeWith(ServerClose.streamError(503));

        SessionStatus status = routes.awaitPhase("parked");
        assertThat(status.reconnect().delay()).isBetween(7_000_000L, 7_200_000L);
    }

    @Test
    void ofARouteThatAnswersAndOneThatNeverDoesTheAnswerCounts() throws Exception {
        CountDownLatch enough = new CountDownLatch(1);
        routes.context.getRegistry().bind("wait", waitingFor(503, enough));
        open(saying(503, "park:1h", "whatsappmd:sales") + """
                - route:
                    from:
                      uri: whatsappmd:sales
                      parameters: { events: connection, routeDecisionTimeout: 50ms }
                      steps: [ { process: { ref: wait } } ]
                """);

        sales.server.closeWith(ServerClose.streamError(503));

        // The policy's backoff of 20 ms is over long before: it waits for the routes.
        routes.awaitPhase("parked");
        enough.countDown();
    }

    @Test
    void bridgedAndPlainRoutesAreAskedAlike() throws Exception {
        open("""
                - onException:
                    exception: [ dev.whatsappmd.camel.DisconnectedException ]
                    handled: { constant: "true" }
                    steps: [ { setHeader: { name: CamelWhatsAppMdReconnectAction, constant: "park:1h" } } ]
                """ + saying(503, "now", "whatsappmd:sales?bridgeErrorHandler=true&events=connection")
                + saying(503, "backoff:2h", "whatsappmd:sales"));

        sales.server.closeWith(ServerClose.streamError(503));

        assertThat(routes.awaitPhase("parked").reconnect().delay()).isBetween(3_500_000L, 3_600_000L);
    }

    @Test
    void restartThatTheServerAsksForDoesNotWaitForTheRoute() throws Exception {
        CountDownLatch enough = new CountDownLatch(1);
        routes.context.getRegistry().bind("wait", waitingFor(515, enough));
        open(saying(515, "stop", "seda:later") + """
                - route:
                    from:
                      uri: whatsappmd:sales
                      parameters: { routeDecisionTimeout: 1h }
                      steps: [ { process: { ref: wait } }, { to: "seda:later" } ]
                """);
        int opened = sales.server.script().count(Moment.OPEN);

        sales.server.closeWith(ServerClose.streamError(515));

        sales.server.await(Moment.OPEN, opened + 1, RunningRoutes.LIMIT);
        enough.countDown();
        routes.awaitReceived(2);
        assertThat(routes.status().phase()).isEqualTo("open");
    }

    @Test
    void relinkTakesANewIdentityWhenTheOldOneWasRevoked() throws Exception {
        open(saying(401, "relink", "whatsappmd:sales"));

        sales.server.closeWith(ServerClose.conflict("device_removed", 401));

        String qr = (String) routes.exchanges.awaitQr().header(WhatsAppMdConstants.QR);
        assertThat(StoredLink.keysOfQr(qr))
                .doesNotContainAnyElementsOf(StoredLink.keysForQr(sales.stored.credentials()));
        assertThat(routes.status().registered()).isFalse();
    }

    @Test
    void relinkIsNoWayToReplaceALinkThatHolds() throws Exception {
        open(saying(503, "relink", "whatsappmd:sales"));

        sales.server.closeWith(ServerClose.streamError(503));

        SessionStatus status = routes.awaitPhase("halted");
        assertThat(status.registered()).isTrue();
        assertThat(status.reconnect().why())
                .isEqualTo("relink was asked for, but this device is still linked: log it out first");
    }

    private static Processor waitingFor(int code, CountDownLatch enough) {
        return exchange -> {
            if (exchange.getMessage().getHeader(WhatsAppMdConstants.DISCONNECT_CODE, 0, Integer.class) == code) {
                enough.await();
            }
        };
    }
}
