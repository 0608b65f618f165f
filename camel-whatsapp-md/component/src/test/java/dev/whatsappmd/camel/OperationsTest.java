package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code presence}, {@code relink}, {@code requestPairingCode}: what they do and when they will not. */
class OperationsTest {
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

    // ---- presence

    @Test
    void presenceIsShownAsTheHeaderOrTheBodySays() {
        routes.link();
        assertThat(shownAs()).as("at login").isEqualTo("unavailable");

        Object body = template.requestBodyAndHeader(
                "whatsappmd:sales?operation=presence", "unavailable", WhatsAppMdConstants.PRESENCE, "available");
        assertThat(shownAs()).isEqualTo("available");
        assertThat(body).as("stays as it was").isEqualTo("unavailable");

        template.sendBody("whatsappmd:sales?operation=presence", " Unavailable\n");
        assertThat(shownAs()).isEqualTo("unavailable");
    }

    private String shownAs() {
        return routes.server
                .takeStanza("presence", RunningRoutes.LIMIT)
                .node()
                .attribute("type")
                .orElseThrow();
    }

    @Test
    void presenceThatIsNeitherIsRefusedBeforeAnythingIsWaitedFor() {
        routes.await("a QR code", one -> one.hasQr());

        assertThatThrownBy(() -> template.requestBodyAndHeader(
                        "whatsappmd:sales?operation=presence&operationTimeout=1h",
                        "available",
                        WhatsAppMdConstants.PRESENCE,
                        "online"))
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("CamelWhatsAppMdPresence=online: expected available or unavailable");
        assertThatThrownBy(() -> template.requestBody(
                        "whatsappmd:sales?operation=presence&operationTimeout=1h", "dear customer, available"))
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("presence needs to know which: set the header CamelWhatsAppMdPresence, or the body, to"
                        + " available or unavailable");
    }

    @Test
    void presenceNeedsAnOpenSession() {
        routes.await("a QR code", one -> one.hasQr());

        assertThatThrownBy(() -> template.requestBody("whatsappmd:sales?operation=presence", "available"))
                .cause()
                .isInstanceOf(SessionNotRunningException.class)
                .hasMessage("session sales was not open, it is pairing: wait for the connection state open, or set"
                        + " operationTimeout");

        CompletableFuture<Object> later =
                template.asyncRequestBody("whatsappmd:sales?operation=presence&operationTimeout=20s", "available");
        routes.link();
        assertThat(later).succeedsWithin(RunningRoutes.LIMIT);
    }

    // ---- relink

    @Test
    void relinkOfALinkedDeviceIsRefused() {
        routes.link();

        assertThatThrownBy(() -> template.requestBody("whatsappmd:sales?operation=relink", ""))
                .cause()
                .isExactlyInstanceOf(WhatsAppMdException.class)
                .hasMessage("session sales: cannot relink: this device is linked; log it out first");
        assertThat(routes.status().phase()).isEqualTo("open");
    }

    @Test
    void relinkOpensANewWindowForADeviceThatWasRemoved() {
        LinkedDevice first = routes.link();
        String scanned = qr(1);
        routes.phone.removeDevice(first);
        routes.awaitClose(401);
        routes.awaitPhase("halted");

        template.sendBody("whatsappmd:sales?operation=relink", "");

        routes.phone.scan(qr(2));
        routes.awaitReceived(2);
        assertThat(StoredLink.keysOfQr(qr(2)))
                .as("another identity")
                .doesNotContainAnyElementsOf(StoredLink.keysOfQr(scanned));
    }

    @Test
    void relinkWhileCodesAreShownShowsThoseOfAnotherIdentity() {
        String first = qr(1);

        template.sendBody("whatsappmd:sales?operation=relink", "");

        String second = routes.await(
                        "a code of another identity",
                        one -> one.hasQr()
                                && !StoredLink.keysOfQr((String) one.header(WhatsAppMdConstants.QR))
                                        .equals(StoredLink.keysOfQr(first)))
                .header(WhatsAppMdConstants.QR)
                .toString();
        routes.phone.scan(second);
        routes.awaitReceived(1);
    }

    private String qr(int nth) {
        return (String) routes.await("a QR code", nth, one -> one.hasQr()).header(WhatsAppMdConstants.QR);
    }

    // ---- requestPairingCode

    @Test
    void pairingCodeNeedsTheNumberOfThePhone() {
        assertThatThrownBy(() -> template.requestBody("whatsappmd:sales?operation=requestPairingCode", ""))
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("requestPairingCode needs the number of the phone: set the header"
                        + " CamelWhatsAppMdPhoneNumber or the option phoneNumber");
    }

    @Test
    void whatIsNoNumberOrNoCodeIsRefusedWithoutBeingShown() {
        assertThatThrownBy(() -> requestCode("0151 23 45 67", null))
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("phoneNumber: the phone number is not 7 to 15 digits that begin with a country code (no"
                        + " leading 0); write it like 491234567890");
        assertThatThrownBy(() -> requestCode("4915100000001", "s3cret"))
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pairingCode: an own pairing code is exactly 8 letters A to Z or digits, which this one is"
                        + " not");
    }

    @Test
    void linkedDeviceGetsNoPairingCode() {
        routes.link();

        assertThatThrownBy(() -> requestCode("4915100000001", null))
                .cause()
                .isExactlyInstanceOf(WhatsAppMdException.class)
                .hasMessage("session sales: no pairing code: this device is linked already; `logout` unlinks it");
    }

    @Test
    void whatTheServerSaysToARequestForACodeIsTold() {
        routes.await("a QR code", one -> one.hasQr());
        routes.server.refusePairingCodes(429, "rate-overlimit");

        assertThatThrownBy(() -> requestCode("4915100000001", null))
                .cause()
                .isExactlyInstanceOf(WhatsAppMdException.class)
                .hasMessageStartingWith("session sales: the server gave no pairing code: ")
                .hasMessageContaining("429")
                .hasMessageNotContaining("00000001");
    }

    private String requestCode(String number, String ownCode) {
        Map<String, Object> headers = new HashMap<>();
        headers.put(WhatsAppMdConstants.PHONE_NUMBER, number);
        headers.put(WhatsAppMdConstants.PAIRING_CODE, ownCode);
        return template.requestBodyAndHeaders(
                "whatsappmd:sales?operation=requestPairingCode", "", headers, String.class);
    }
}
