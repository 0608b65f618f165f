package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.localserver.fault.FrameFault;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.UpgradeFault;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code on.<what>=<action>} in every spelling, from every place where Camel takes options; as sessions obey it. */
class OnOptionTest {
    private static final String SEEN = "steps: [ { process: { ref: seen } } ]";

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

    static Stream<String> spellings() {
        return Stream.of(
                "EVICTED",
                "evicted",
                "Evicted",
                "connectionReplaced",
                "connection_replaced",
                "CONNECTION-REPLACED",
                "connectionreplaced",
                "stream.440",
                "Stream.440",
                "440");
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void fromAUri(String what) throws Exception {
        stopsWhenReplaced(yaml("uri: \"whatsappmd:sales?on." + what + "=stop\""));
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void fromYamlParameters(String what) throws Exception {
        stopsWhenReplaced(yaml("uri: whatsappmd:sales, parameters: { \"on." + what + "\": stop }"));
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void fromComponentProperties(String what) throws Exception {
        stopsWhenReplaced(Map.of("camel.component.whatsappmd.on." + what, "stop"), "uri: whatsappmd:sales");
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void fromComponentPropertiesInBrackets(String what) throws Exception {
        stopsWhenReplaced(Map.of("camel.component.whatsappmd.on[" + what + "]", "stop"), "uri: whatsappmd:sales");
    }

    static Stream<Arguments> placeholders() {
        return Stream.of(
                Arguments.of("uri: \"whatsappmd:sales?on.{{what}}={{action}}\""),
                Arguments.of("uri: \"whatsappmd:sales?on.440=RAW({{action}})\""),
                Arguments.of("uri: whatsappmd:sales, parameters: { on.440: \"{{action}}\" }"),
                Arguments.of("uri: whatsappmd:sales, parameters: { \"on.{{what}}\": \"{{action}}\" }"));
    }

    @ParameterizedTest
    @MethodSource("placeholders")
    void fromPlaceholders(String from) throws Exception {
        stopsWhenReplaced(Map.of("what", "connection-replaced", "action", "stop"), from);
    }

    @Test
    void fromAPlaceholderInAComponentProperty() throws Exception {
        stopsWhenReplaced(
                Map.of("action", "stop", "camel.component.whatsappmd.on.440", "{{action}}"), "uri: whatsappmd:sales");
    }

    @Test
    void optionalPlaceholderThatIsNotSetLeavesTheTable() throws Exception {
        try (RunningMain main = RunningMain.start(
                sales, Map.of(), yaml("uri: whatsappmd:sales, parameters: { on.440: \"{{?action}}\" }"))) {
            assertThat(replaced(main.exchanges).header(WhatsAppMdConstants.RECONNECT_ACTION))
                    .isEqualTo("park");
        }
    }

    @Test
    void ofTheEndpointGoesOverTheSameOfTheComponentInAnotherSpelling() throws Exception {
        stopsWhenReplaced(
                Map.of("camel.component.whatsappmd.on.connection-replaced", "now"),
                "uri: \"whatsappmd:sales?on.connectionReplaced=stop\"");
    }

    @ParameterizedTest
    @CsvSource({
        "EVICTED=stop&on.connectionReplaced=now&on.stream.440=now&on.440=now",
        "connectionReplaced=stop&on.stream.440=now&on.440=now",
        "stream.440=stop&on.440=now"
    })
    void kindWinsOverReasonOverOriginOverCode(String options) throws Exception {
        stopsWhenReplaced(yaml("uri: \"whatsappmd:sales?on." + options + "\""));
    }

    @Test
    void ofAnotherOriginSaysNothing() throws Exception {
        try (RunningRoutes routes = sales.routes()) {
            routes.start(yaml("uri: \"whatsappmd:sales?on.failure.440=stop\""));

            assertThat(replaced(routes.exchanges).header(WhatsAppMdConstants.RECONNECT_ACTION))
                    .isEqualTo("park");
        }
    }

    static Stream<Arguments> origins() {
        return Stream.of(
                Arguments.of("failure.403", Moment.LOGIN, ServerClose.failure(403), 403),
                Arguments.of("stream.503", Moment.LOGIN, ServerClose.streamError(503), 503),
                Arguments.of("socket.428", Moment.LOGIN, ServerClose.tcpReset(), 428),
                Arguments.of("socket.503", Moment.UPGRADE, UpgradeFault.httpStatus(503), 503),
                Arguments.of("local.500", Moment.LOGIN, FrameFault.garbage(), 500));
    }

    @ParameterizedTest
    @MethodSource("origins")
    void ofEveryOriginFromAUriAndFromComponentProperties(String what, Moment moment, ServerFault fault, int code)
            throws Exception {
        sales.server.script().onNext(moment, fault);
        try (RunningRoutes routes = sales.routes()) {
            routes.start(yaml("uri: \"whatsappmd:sales?on." + what + "=park:7h\""));
            isParkedForSevenHours(routes.exchanges.awaitClose(code));
        }
        sales.server.script().onNext(moment, fault);
        Map<String, String> properties = Map.of("camel.component.whatsappmd.on." + what, "park:7h");
        try (RunningMain main = RunningMain.start(sales, properties, yaml("uri: whatsappmd:sales"))) {
            isParkedForSevenHours(main.exchanges.awaitClose(code));
        }
    }

    private static void isParkedForSevenHours(SeenExchanges.Seen close) {
        assertThat(close.header(WhatsAppMdConstants.RECONNECT_ACTION)).isEqualTo("park");
        assertThat(close.header(WhatsAppMdConstants.RECONNECT_DELAY)).isEqualTo(7 * 3_600_000L);
    }

    @ParameterizedTest
    @CsvSource({
        "now, now, 0",
        "backoff, backoff, 20",
        "backoff:7s, backoff, 7000",
        "park, park,",
        "park:10m, park, 600000",
        "stop, stop,"
    })
    void everyActionWithAndWithoutADuration(String value, String action, Long delay) throws Exception {
        try (RunningRoutes routes = sales.routes()) {
            routes.start(yaml("uri: \"whatsappmd:sales?on.440=" + value + "\""));

            SeenExchanges.Seen close = replaced(routes.exchanges);

            assertThat(close.header(WhatsAppMdConstants.RECONNECT_ACTION)).isEqualTo(action);
            assertThat(close.header(WhatsAppMdConstants.RECONNECT_DELAY)).isEqualTo(delay);
        }
    }

    private static String yaml(String from) {
        return "- route: { id: sales, from: { " + from + ", " + SEEN + " } }";
    }

    private static void stopsWhenReplaced(String yaml) throws Exception {
        try (RunningRoutes routes = sales.routes()) {
            routes.start(yaml);

            assertThat(replaced(routes.exchanges).header(WhatsAppMdConstants.RECONNECT_ACTION))
                    .isEqualTo("stop");
        }
    }

    private static void stopsWhenReplaced(Map<String, String> properties, String from) throws Exception {
        try (RunningMain main = RunningMain.start(sales, properties, yaml(from))) {
            assertThat(replaced(main.exchanges).header(WhatsAppMdConstants.RECONNECT_ACTION))
                    .isEqualTo("stop");
        }
    }

    private static SeenExchanges.Seen replaced(SeenExchanges exchanges) {
        exchanges.awaitReceived(1);
        sales.server.closeWith(ServerClose.conflict("replaced"));
        return exchanges.awaitClose(440);
    }
}
