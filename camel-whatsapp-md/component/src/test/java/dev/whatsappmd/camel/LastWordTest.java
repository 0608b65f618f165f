package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.event.SessionStatus;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.Processor;
import org.apache.camel.spi.ExceptionHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The header by which a route decides what happens after a close. */
class LastWordTest {
    private RunningRoutes routes;

    @BeforeEach
    void prepare(@TempDir Path directory) {
        routes = new RunningRoutes(LocalWhatsAppServer.start(), directory);
    }

    @AfterEach
    void stop() {
        routes.close();
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
        routes.start(saying(503, "stop", "whatsappmd:sales")).link();

        routes.server.closeWith(ServerClose.streamError(503));

        SessionStatus status = routes.awaitPhase("halted");
        assertThat(status.reconnect().action()).isEqualTo("stop");
    }

    @Test
    void countsBehindSedaToo() throws Exception {
        routes.start(TO_SEDA + saying(503, "park:1h", "seda:later")).link();

        routes.server.closeWith(ServerClose.streamError(503));

        SessionStatus status = routes.awaitPhase("parked");
        assertThat(status.reconnect().delay()).isGreaterThan(3_000_000);
    }

    @Test
    void theVeryWordOfThePolicyCountsWhenTheRouteSetsIt() throws Exception {
        // The policy says park, for 30 s; the route's own park waits until somebody asks.
        routes.start(saying(440, "park", "whatsappmd:sales")).link();

        routes.server.closeWith(ServerClose.conflict("replaced"));

        routes.awaitPhase("parked");
        await().atMost(RunningRoutes.LIMIT)
                .untilAsserted(
                        () -> assertThat(routes.status().reconnect().delay()).isNull());
    }

    @Test
    void ofSeveralRoutesTheMostCautiousCounts() throws Exception {
        routes.start(saying(440, "now", "whatsappmd:sales") + saying(440, "stop", "whatsappmd:sales?events=connection"))
                .link();

        routes.server.closeWith(ServerClose.conflict("replaced"));

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
        routes.start(saying(503, "maybe", "whatsappmd:sales?exceptionHandler=#handler"))
                .link();

        routes.server.closeWith(ServerClose.streamError(503));

        routes.awaitReceived(2);
        assertThat(told)
                .containsExactly("A route's last word is ignored, what the options decide stands:"
                        + " CamelWhatsAppMdReconnectAction=maybe: there is no action \"maybe\"; allowed is now, backoff,"
                        + " park, stop or relink, with a duration after park and backoff only (park:10m, backoff:30s)");
    }

    @Test
    void comesTooLateAfterTheTimeout() throws Exception {
        CountDownLatch enough = new CountDownLatch(1);
        routes.context.getRegistry().bind("wait", (Processor) exchange -> {
            if (exchange.getMessage().getHeader(WhatsAppMdConstants.DISCONNECT_CODE, 0, Integer.class) == 503) {
                enough.await();
            }
        });
        routes.start(saying(503, "stop", "seda:later") + """
                - route:
                    from:
                      uri: whatsappmd:sales
                      parameters: { routeDecisionTimeout: 50ms }
                      steps:
                        - process: { ref: wait }
                        - to: "seda:later"
                """).link();

        routes.server.closeWith(ServerClose.streamError(503));

        routes.server.await(dev.whatsappmd.localserver.fault.Moment.OPEN, 2, RunningRoutes.LIMIT);
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
        routes.start("""
                        - route:
                            from: { uri: "whatsappmd:sales", steps: [ { process: { ref: fail } }, { process: { ref: seen } } ] }
                        """).link();

        routes.server.closeWith(ServerClose.streamError(503));

        routes.awaitReceived(2);
    }
}
