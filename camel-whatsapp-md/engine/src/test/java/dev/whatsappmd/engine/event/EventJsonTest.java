package dev.whatsappmd.engine.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whatsappmd.engine.event.ConnectionUpdate.Reconnect;
import dev.whatsappmd.engine.event.LastDisconnect.Output;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The events as a plain ObjectMapper writes them, without any module: Baileys' field names, and nothing that is absent. */
class EventJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String QR = "https://wa.me/settings/linked_devices#2@ref,noise,identity,adv,1";

    private static JsonNode json(Object event) throws JsonProcessingException {
        return JSON.readTree(JSON.writeValueAsString(event));
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static LastDisconnect lockedOut(Instant at) {
        Map<String, String> said = new LinkedHashMap<>();
        said.put("reason", "403");
        said.put("location", "frc");
        said.put("appeal_token", "s3cret");
        return new LastDisconnect(
                new LastDisconnect.Error("the server refused the login with reason 403", new Output(403), said),
                at,
                DisconnectOrigin.FAILURE,
                WhatsAppDisconnectKind.ACCOUNT_LOCKED,
                "forbidden");
    }

    private static ConnectionUpdate everything() {
        return ConnectionUpdate.builder("work", 3)
                .connection(ConnectionState.CLOSE)
                .lastDisconnect(lockedOut(Instant.parse("2026-01-15T12:00:00Z")))
                .isNewLogin(true)
                .qr(QR)
                .pairingCode("ABCD1234")
                .receivedPendingNotifications(true)
                .isOnline(false)
                .reconnect(new Reconnect("park", 2, 30_000L, "5 within 10 minutes"))
                .event("pairingUnsupported")
                .build();
    }

    @Test
    void writesAWholeUpdateInItsOrder() throws JsonProcessingException {
        assertThat(JSON.writeValueAsString(everything()))
                .isEqualTo("{\"sessionId\":\"work\",\"generation\":3,\"connection\":\"close\","
                        + "\"lastDisconnect\":{\"error\":{\"message\":\"the server refused the login with reason 403\","
                        + "\"output\":{\"statusCode\":403},"
                        + "\"data\":{\"reason\":\"403\",\"location\":\"frc\",\"appeal_token\":\"s3cret\"}},"
                        + "\"date\":\"2026-01-15T12:00:00.000Z\","
                        + "\"origin\":\"failure\",\"kind\":\"ACCOUNT_LOCKED\",\"reason\":\"forbidden\"},"
                        + "\"isNewLogin\":true,\"qr\":\"" + QR + "\",\"pairingCode\":\"ABCD1234\","
                        + "\"receivedPendingNotifications\":true,\"isOnline\":false,"
                        + "\"reconnect\":{\"action\":\"park\",\"attempt\":2,\"delay\":30000,"
                        + "\"why\":\"5 within 10 minutes\"},\"event\":\"pairingUnsupported\"}");
    }

    @Test
    void hasTheStatusCodeWhereUsersOfBaileysLookForIt() throws JsonProcessingException {
        JsonNode json = json(everything());
        assertThat(json.at("/lastDisconnect/error/output/statusCode").asInt()).isEqualTo(403);
        assertThat(json.at("/lastDisconnect/date").asText()).isEqualTo("2026-01-15T12:00:00.000Z");
        assertThat(json.at("/connection").asText()).isEqualTo("close");
    }

    @Test
    void leavesOutWhatAPartialUpdateDoesNotSay() throws JsonProcessingException {
        assertThat(fields(json(ConnectionUpdate.builder("work", 1).build())))
                .containsExactly("sessionId", "generation");
        assertThat(fields(json(ConnectionUpdate.builder("work", 1).qr(QR).build())))
                .containsExactly("sessionId", "generation", "qr");
        assertThat(json(ConnectionUpdate.builder("work", 1)
                                .connection(ConnectionState.OPEN)
                                .receivedPendingNotifications(false)
                                .build())
                        .toString())
                .isEqualTo("{\"sessionId\":\"work\",\"generation\":1,\"connection\":\"open\","
                        + "\"receivedPendingNotifications\":false}");
    }

    @ParameterizedTest
    @EnumSource(ConnectionState.class)
    void writesTheStateAsBaileysDoes(ConnectionState state) throws JsonProcessingException {
        String name = json(ConnectionUpdate.builder("work", 1).connection(state).build())
                .path("connection")
                .asText();
        assertThat(name).isIn("connecting", "open", "close").isEqualTo(state.toString());
    }

    @ParameterizedTest
    @EnumSource(DisconnectOrigin.class)
    void writesTheOriginInLowerCase(DisconnectOrigin origin) throws JsonProcessingException {
        assertThat(JSON.writeValueAsString(origin)).isIn("\"failure\"", "\"stream\"", "\"socket\"", "\"local\"");
        assertThat(origin).hasToString(origin.wireName());
    }

    /** As JavaScript's Date: three digits, whatever the clock gives. */
    @ParameterizedTest
    @CsvSource({
        "2026-01-15T12:00:00Z,           2026-01-15T12:00:00.000Z",
        "2026-01-15T12:00:00.5Z,         2026-01-15T12:00:00.500Z",
        "2026-01-15T12:00:00.123456789Z, 2026-01-15T12:00:00.123Z",
        "2026-12-31T23:59:59.999999Z,    2026-12-31T23:59:59.999Z",
    })
    void writesTheDateAsJavaScriptDoes(String at, String date) throws JsonProcessingException {
        JsonNode json = json(lockedOut(Instant.parse(at)));
        assertThat(json.path("date").asText()).isEqualTo(date);
        assertThat(fields(json)).containsExactly("error", "date", "origin", "kind", "reason");
    }

    @Test
    void leavesOutAnErrorsDataWhenThereIsNone() throws JsonProcessingException {
        LastDisconnect lost = new LastDisconnect(
                new LastDisconnect.Error("connection lost", new Output(428), Map.of()),
                Instant.EPOCH,
                DisconnectOrigin.SOCKET,
                WhatsAppDisconnectKind.TRANSPORT_LOST,
                "connectionClosed");
        assertThat(fields(json(lost).path("error"))).containsExactly("message", "output");
    }

    @Test
    void leavesOutWhatANextStepDoesNotHave() throws JsonProcessingException {
        assertThat(json(new Reconnect("stop", 0, null, null)).toString())
                .isEqualTo("{\"action\":\"stop\",\"attempt\":0}");
        assertThat(json(new Reconnect("now", 1, 0L, null)).toString())
                .isEqualTo("{\"action\":\"now\",\"attempt\":1,\"delay\":0}");
    }

    @Test
    void writesAStatus() throws JsonProcessingException {
        assertThat(JSON.writeValueAsString(new SessionStatus("work", "idle", null, false, 0, false, null, null, 0, 0)))
                .isEqualTo("{\"sessionId\":\"work\",\"phase\":\"idle\",\"registered\":false,\"generation\":0,"
                        + "\"receivedPendingNotifications\":false,\"pendingDeliveries\":0,\"failedDeliveries\":0}");
        JsonNode json = json(new SessionStatus(
                "work",
                "parked",
                ConnectionState.CLOSE,
                true,
                4,
                true,
                lockedOut(Instant.EPOCH),
                new Reconnect("park", 1, 30_000L, null),
                12,
                1));
        assertThat(json.path("connection").asText()).isEqualTo("close");
        assertThat(json.at("/lastDisconnect/error/output/statusCode").asInt()).isEqualTo(403);
        assertThat(json.at("/reconnect/delay").asLong()).isEqualTo(30_000);
    }

    @Test
    void showsNoCodeAndNoAttributeInItsText() {
        ConnectionUpdate update = everything();
        SessionStatus status = new SessionStatus(
                "work",
                "parked",
                ConnectionState.CLOSE,
                true,
                4,
                true,
                update.lastDisconnect(),
                update.reconnect(),
                12,
                1);
        for (Object shown : List.of(
                update, status, update.lastDisconnect(), update.lastDisconnect().error())) {
            assertThat(shown.toString())
                    .doesNotContain(QR)
                    .doesNotContain("2@ref")
                    .doesNotContain("ABCD1234")
                    .doesNotContain("s3cret")
                    .doesNotContain("appeal_token");
        }
        assertThat(update)
                .hasToString("ConnectionUpdate[work #3 close 403 forbidden ACCOUNT_LOCKED qr pairingCode"
                        + " isNewLogin=true receivedPendingNotifications=true isOnline=false"
                        + " then park in 30000 ms, attempt 2 pairingUnsupported]");
        assertThat(ConnectionUpdate.builder("work", 1).build()).hasToString("ConnectionUpdate[work #1]");
    }

    @Test
    void closesOnlyInTheStateClose() {
        assertThat(everything().closes()).isTrue();
        for (ConnectionState state : List.of(ConnectionState.CONNECTING, ConnectionState.OPEN)) {
            assertThat(ConnectionUpdate.builder("work", 1)
                            .connection(state)
                            .build()
                            .closes())
                    .isFalse();
        }
        assertThat(ConnectionUpdate.builder("work", 1).build().closes()).isFalse();
    }

    @Test
    void cannotBeChangedFromOutside() {
        Map<String, String> given = new LinkedHashMap<>(Map.of("code", "1"));
        LastDisconnect.Error error = new LastDisconnect.Error("message", new Output(500), given);
        given.put("code", "2");
        assertThat(error.data()).containsEntry("code", "1");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> error.data().put("code", "3"));
    }

    @Test
    void needsASession() {
        assertThatNullPointerException()
                .isThrownBy(() -> ConnectionUpdate.builder(null, 1).build())
                .withMessage("sessionId");
    }

    /** ARCHITECTURE 3: these are normal exchanges always. */
    @ParameterizedTest
    @EnumSource(WhatsAppDisconnectKind.class)
    void plansThreeKindsOfClose(WhatsAppDisconnectKind kind) {
        boolean planned =
                switch (kind) {
                    case RESTART_REQUESTED, CLOSED_BY_US, PAIRING_EXPIRED -> true;
                    default -> false;
                };
        assertThat(kind.planned()).isEqualTo(planned);
    }
}
