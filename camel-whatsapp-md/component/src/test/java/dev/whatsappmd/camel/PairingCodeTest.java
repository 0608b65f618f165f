package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.camel.SeenExchanges.Seen;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Linking by a typed code, from YAML routes: the number from every place where Camel takes options. */
class PairingCodeTest {
    private static final String NUMBER = "4915100000001";
    private static final String COMPONENT = "camel.component.whatsappmd.";

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

    static Stream<Arguments> places() {
        return Stream.of(
                Arguments.of(Map.of(COMPONENT + "phoneNumber", NUMBER), "uri: \"whatsappmd:sales?pairing=code\""),
                Arguments.of(
                        Map.of(COMPONENT + "pairing", "code", COMPONENT + "phone-number", "+49 (151) 0000-0001"),
                        "uri: whatsappmd:sales"),
                Arguments.of(
                        Map.of(COMPONENT + "configuration.phoneNumber", "{{number}}", "number", NUMBER),
                        "uri: whatsappmd:sales, parameters: { pairing: code }"),
                Arguments.of(
                        Map.of("number", "+49 151 00000001", "pairing", "Code"),
                        "uri: whatsappmd:sales, parameters: { pairing: \"{{pairing}}\", phoneNumber: \"{{number}}\" }"),
                Arguments.of(Map.of(), "uri: \"whatsappmd:sales?pairing=code&phoneNumber=RAW(+49 151 00000001)\""),
                Arguments.of(
                        Map.of("number", NUMBER), "uri: \"whatsappmd:sales?pairing=code&phoneNumber={{number}}\""));
    }

    @ParameterizedTest
    @MethodSource("places")
    void isLinkedByCodeRestartsAndOpens(Map<String, String> properties, String from) throws Exception {
        try (RunningMain main = RunningMain.startUnlinked(sales, properties, route(from))) {
            Seen shown = main.exchanges.await("a code", Seen::hasCode);
            String code = (String) shown.header(WhatsAppMdConstants.PAIRING_CODE);

            sales.phone.enterCode(code);
            main.exchanges.awaitReceived(1);

            assertThat(code).matches("[0-9A-Z]{8}");
            assertThat(shown.headers()).doesNotContainKey(WhatsAppMdConstants.CONNECTION_STATE);
            assertThat(main.exchanges.story())
                    .containsSubsequence(
                            "connecting",
                            "code",
                            "isNewLogin",
                            "close 515",
                            "connecting",
                            "open",
                            "receivedPendingNotifications")
                    .doesNotContain("qr");
        }
    }

    static Stream<Arguments> ownCodes() {
        return Stream.of(
                Arguments.of(
                        Map.of(COMPONENT + "phoneNumber", NUMBER, COMPONENT + "pairingCode", "cafe-2026"),
                        "uri: \"whatsappmd:sales?pairing=code\""),
                Arguments.of(
                        Map.of(COMPONENT + "phoneNumber", NUMBER, "own", "CAFE2026"),
                        "uri: whatsappmd:sales, parameters: { pairing: code, pairingCode: \"{{own}}\" }"));
    }

    @ParameterizedTest
    @MethodSource("ownCodes")
    void ownCodeTakesThePlaceOfARandomOne(Map<String, String> properties, String from) throws Exception {
        try (RunningMain main = RunningMain.startUnlinked(sales, properties, route(from))) {
            Seen shown = main.exchanges.await("a code", Seen::hasCode);

            assertThat(shown.header(WhatsAppMdConstants.PAIRING_CODE)).isEqualTo("CAFE2026");
            sales.phone.enterCode("cafe-2026");
            main.exchanges.awaitReceived(1);
        }
    }

    @Test
    void severalEndpointsSayTogetherHowItIsLinked() throws Exception {
        String yaml = route("uri: \"whatsappmd:sales?pairing=code\"")
                + "\n- route: { id: ask, from: { uri: direct:ask, steps: [ { to: { uri: whatsappmd:sales,"
                + " parameters: { operation: status, phoneNumber: \"" + NUMBER + "\" } } } ] } }";
        try (RunningMain main = RunningMain.startUnlinked(sales, Map.of(), yaml)) {
            main.exchanges.await("a code", Seen::hasCode);
        }
    }

    @Test
    void aRouteAsksForACodeBesideQrCodes() throws Exception {
        try (RunningMain main =
                        RunningMain.startUnlinked(sales, Map.of("number", "+49 151 00000001"), asking("{{number}}"));
                ProducerTemplate template = main.context().createProducerTemplate()) {
            // It waits until the server offers to link the device, and need not be asked at the right moment.
            Exchange result = template.request(
                    "direct:ask", exchange -> exchange.getMessage().setBody("goes away"));

            assertThat(result.getException()).isNull();
            String code = result.getMessage().getBody(String.class);
            assertThat(code).matches("[0-9A-Z]{8}");
            assertThat(result.getMessage().getHeader(WhatsAppMdConstants.PAIRING_CODE))
                    .isEqualTo(code);
            assertThat(main.exchanges.await("a code", Seen::hasCode).header(WhatsAppMdConstants.PAIRING_CODE))
                    .isEqualTo(code);
            sales.phone.enterCode(code);
            main.exchanges.awaitReceived(1);
            assertThat(main.exchanges.story()).contains("qr", "close 515", "open");
        }
    }

    @Test
    void headersWinOverOptions() throws Exception {
        Map<String, String> options =
                Map.of(COMPONENT + "phoneNumber", "4915199999999", COMPONENT + "pairingCode", "ZZZZZZZZ");
        try (RunningMain main = RunningMain.startUnlinked(sales, options, asking(NUMBER));
                ProducerTemplate template = main.context().createProducerTemplate()) {
            Object code = template.requestBodyAndHeader(
                    "direct:ask", null, WhatsAppMdConstants.PAIRING_CODE, "head-er26", String.class);

            assertThat(code).isEqualTo("HEADER26");
            sales.phone.enterCode("HEADER26");
            main.exchanges.awaitReceived(1);
        }
    }

    @Test
    void optionsAreTakenWhereThereAreNoHeaders() throws Exception {
        Map<String, String> options = Map.of(COMPONENT + "phoneNumber", NUMBER, COMPONENT + "pairingCode", "ZZZZZZZZ");
        try (RunningMain main = RunningMain.startUnlinked(sales, options, route("uri: whatsappmd:sales"));
                ProducerTemplate template = main.context().createProducerTemplate()) {
            assertThat(template.requestBody("whatsappmd:sales?operation=requestPairingCode", null, String.class))
                    .isEqualTo("ZZZZZZZZ");
        }
    }

    private static String route(String from) {
        return "- route: { id: sales, from: { " + from + ", steps: [ { process: { ref: seen } } ] } }";
    }

    private static String asking(String number) {
        return route("uri: whatsappmd:sales") + "\n" + """
                - route:
                    id: ask
                    from:
                      uri: direct:ask
                      steps:
                        - setHeader: { name: CamelWhatsAppMdPhoneNumber, constant: "NUMBER" }
                        - to: "whatsappmd:sales?operation=requestPairingCode"
                """.replace("NUMBER", number);
    }
}
