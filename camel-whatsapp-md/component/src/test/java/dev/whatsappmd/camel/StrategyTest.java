package dev.whatsappmd.camel;

import static dev.whatsappmd.camel.WhatsAppMdConstants.DISCONNECT_KIND;
import static dev.whatsappmd.camel.WhatsAppMdConstants.RECONNECT_ACTION;
import static dev.whatsappmd.camel.WhatsAppMdConstants.RECONNECT_ATTEMPT;
import static dev.whatsappmd.camel.WhatsAppMdConstants.RECONNECT_DELAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.camel.SeenExchanges.Seen;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code reconnectStrategy} and the options of the backoff, as sessions obey them. */
class StrategyTest {
    @TempDir
    private static Path directory;

    private static LinkedSales sales;

    @BeforeAll
    static void link() throws Exception {
        sales = new LinkedSales(directory);
    }

    @AfterAll
    static void stop() {
        sales.close();
    }

    static Stream<Arguments> strategies() {
        Map<String, ServerClose> ends = Map.of(
                "RESTART_REQUESTED", ServerClose.streamError(515),
                "EVICTED", ServerClose.conflict("replaced"),
                "LOGGED_OUT", ServerClose.conflict("device_removed", 401),
                "ACCOUNT_LOCKED", ServerClose.failure(403),
                "TEMPORARILY_BANNED", ServerClose.failure(402),
                "BANNED", ServerClose.failure(406),
                "CLIENT_OUTDATED", ServerClose.failure(405),
                "REFUSED", ServerClose.failure(400),
                "SERVER_UNAVAILABLE", ServerClose.streamError(503),
                "UNKNOWN", ServerClose.streamError(499));
        // What each strategy does, in the order smart, always, never.
        Map<String, List<String>> actions = Map.of(
                "RESTART_REQUESTED", List.of("now", "now", "now"),
                "EVICTED", List.of("park", "park", "stop"),
                "LOGGED_OUT", List.of("stop", "stop", "stop"),
                "ACCOUNT_LOCKED", List.of("stop", "stop", "stop"),
                "TEMPORARILY_BANNED", List.of("park", "park", "stop"),
                "BANNED", List.of("stop", "stop", "stop"),
                "CLIENT_OUTDATED", List.of("stop", "backoff", "stop"),
                "REFUSED", List.of("backoff", "backoff", "stop"),
                "SERVER_UNAVAILABLE", List.of("backoff", "backoff", "stop"),
                "UNKNOWN", List.of("backoff", "backoff", "stop"));
        List<String> strategies = List.of("smart", "always", "never");
        return actions.keySet().stream().sorted().flatMap(kind -> strategies.stream()
                .map(strategy -> Arguments.of(
                        strategy, kind, ends.get(kind), actions.get(kind).get(strategies.indexOf(strategy)))));
    }

    @ParameterizedTest(name = "{0}: {1} is followed by {3}")
    @MethodSource("strategies")
    void decidesWhichEndsReconnect(String strategy, String kind, ServerFault fault, String action) throws Exception {
        try (RunningRoutes routes = sales.routes()) {
            sales.server.script().onNext(Moment.LOGIN, fault);
            routes.start(yaml("reconnectStrategy: " + strategy));

            Seen close = routes.await("close", one -> "close".equals(one.state()));

            assertThat(close.header(DISCONNECT_KIND)).isEqualTo(kind);
            assertThat(close.header(RECONNECT_ACTION)).isEqualTo(action);
            switch (action) {
                case "stop" -> routes.awaitPhase("halted");
                case "park" -> routes.awaitPhase("parked");
                default -> assertThat(close.headers()).containsKey(RECONNECT_DELAY);
            }
        }
    }

    @Test
    void onOptionGoesOverNever() throws Exception {
        try (RunningRoutes routes = sales.routes()) {
            routes.start(yaml("reconnectStrategy: never, on.503: now"));
            routes.awaitReceived(1);

            sales.server.closeWith(ServerClose.streamError(503));

            routes.awaitReceived(2);
        }
    }

    @Test
    void routesLastWordGoesOverNever() throws Exception {
        try (RunningRoutes routes = sales.routes()) {
            routes.start("""
                    - route:
                        from:
                          uri: whatsappmd:sales
                          parameters: { reconnectStrategy: never }
                          steps:
                            - process: { ref: seen }
                            - choice:
                                when:
                                  - simple: "${header.CamelWhatsAppMdConnectionState} == 'close'"
                                    steps: [ { setHeader: { name: CamelWhatsAppMdReconnectAction, constant: now } } ]
                    """);
            routes.awaitReceived(1);

            sales.server.closeWith(ServerClose.streamError(503));

            routes.awaitReceived(2);
            assertThat(routes.awaitClose(503).header(RECONNECT_ACTION)).isEqualTo("stop");
        }
    }

    /** As the plain strategies of Baileys' documents are written in docs/reconnect.md. */
    @Test
    void fixedDelayStaysTheSame() throws Exception {
        assertThat(delaysOfARefusedLogin(
                        4,
                        "reconnectStrategy: always, reconnectDelay: 10ms, reconnectMultiplier: 1, reconnectJitter: 0"))
                .containsExactly(10L, 10L, 10L, 10L);
    }

    @Test
    void exponentialDelayGrowsUntilTheAttemptsAreUsedUp() throws Exception {
        assertThat(delaysOfARefusedLogin(
                        4,
                        "reconnectStrategy: always, reconnectDelay: 5ms, reconnectMultiplier: 2, reconnectJitter: 0,"
                                + " reconnectMaxAttempts: 3"))
                .containsExactly(5L, 10L, 20L);
    }

    @Test
    void delayGrowsToItsMaximum() throws Exception {
        assertThat(delaysOfARefusedLogin(
                        4, "reconnectDelay: 5ms, reconnectMultiplier: 3, reconnectMaxDelay: 20ms, reconnectJitter: 0"))
                .containsExactly(5L, 15L, 20L, 20L);
    }

    /** The delays that were told for so many logins that the server refused in a row with 503. */
    private static List<Long> delaysOfARefusedLogin(int times, String options) throws Exception {
        try (RunningRoutes routes = sales.routes()) {
            int before = sales.server.script().count(Moment.LOGIN);
            for (int i = 1; i <= times; i++) {
                sales.server.script().on(Moment.LOGIN, before + i, ServerClose.failure(503));
            }
            routes.start(yaml(options));
            routes.await("the last refusal", times, one -> one.closes(503));
            List<Seen> closes =
                    routes.seen.stream().filter(one -> one.closes(503)).toList();
            for (int i = 0; i < closes.size(); i++) {
                boolean last = closes.get(i).header(RECONNECT_ACTION).equals("stop");
                assertThat(closes.get(i).header(RECONNECT_ATTEMPT)).isEqualTo(last ? 0 : i + 1);
            }
            return closes.stream()
                    .map(close -> (Long) close.header(RECONNECT_DELAY))
                    .filter(Objects::nonNull)
                    .toList();
        }
    }

    private static String yaml(String parameters) {
        return "- route: { id: sales, from: { uri: whatsappmd:sales, parameters: { " + parameters
                + " }, steps: [ { process: { ref: seen } } ] } }";
    }
}
