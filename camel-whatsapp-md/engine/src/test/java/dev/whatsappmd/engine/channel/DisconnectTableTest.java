package dev.whatsappmd.engine.channel;

import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.ACCOUNT_LOCKED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.BANNED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.CLIENT_OUTDATED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.EVICTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.LOGGED_OUT;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.PROTOCOL_ERROR;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.RATE_LIMITED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.REFUSED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.RESTART_REQUESTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.SERVER_UNAVAILABLE;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.TEMPORARILY_BANNED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ARCHITECTURE 4, row by row: what the server's own words mean. */
class DisconnectTableTest {
    /** What a number means. */
    private record Row(int statusCode, String reason, WhatsAppDisconnectKind kind) {}

    private static Row row(int statusCode, String reason, WhatsAppDisconnectKind kind) {
        return new Row(statusCode, reason, kind);
    }

    private static final Map<Integer, Row> STREAM = Map.of(
            515, row(515, "restartRequired", RESTART_REQUESTED),
            516, row(516, "loggedOut", LOGGED_OUT),
            401, row(401, "loggedOut", LOGGED_OUT),
            409, row(440, "connectionReplaced", EVICTED),
            429, row(429, "RATE_LIMITED", RATE_LIMITED),
            500, row(500, "badSession", SERVER_UNAVAILABLE),
            503, row(503, "unavailableService", SERVER_UNAVAILABLE),
            0, row(500, "badSession", PROTOCOL_ERROR));

    private static final Map<Integer, Row> FAILURE = failureRows();

    private static Map<Integer, Row> failureRows() {
        Map<Integer, Row> rows = new TreeMap<>();
        rows.put(401, row(401, "loggedOut", LOGGED_OUT));
        rows.put(402, row(402, "TEMPORARILY_BANNED", TEMPORARILY_BANNED));
        rows.put(403, row(403, "forbidden", ACCOUNT_LOCKED));
        rows.put(405, row(405, "CLIENT_OUTDATED", CLIENT_OUTDATED));
        rows.put(406, row(406, "BANNED", BANNED));
        for (int refused : new int[] {400, 409, 413, 414, 415, 418, 501}) {
            rows.put(refused, row(refused, "REFUSED", REFUSED));
        }
        rows.put(429, row(429, "RATE_LIMITED", RATE_LIMITED));
        rows.put(500, row(500, "badSession", SERVER_UNAVAILABLE));
        rows.put(503, row(503, "unavailableService", SERVER_UNAVAILABLE));
        rows.put(0, row(500, "badSession", SERVER_UNAVAILABLE));
        return rows;
    }

    /** Baileys' names of the numbers that no row of this layer has; the name follows the number, not the meaning. */
    private static final Map<Integer, String> NAMES = Map.of(
            401, "loggedOut",
            403, "forbidden",
            408, "connectionLost",
            411, "multideviceMismatch",
            428, "connectionClosed",
            440, "connectionReplaced",
            500, "badSession",
            503, "unavailableService",
            515, "restartRequired");

    private static Node streamError(String code) {
        return Node.builder("stream:error").attribute("code", code).build();
    }

    private static Node failure(String reason) {
        return Node.builder("failure").attribute("reason", reason).build();
    }

    private static Node conflict(String type) {
        return Node.builder("conflict").attribute("type", type).build();
    }

    private static Row rowOf(DisconnectCause cause) {
        return row(cause.statusCode(), cause.reason(), cause.kind());
    }

    private static Row unknown(int number) {
        return row(number, NAMES.getOrDefault(number, "UNKNOWN"), UNKNOWN);
    }

    @Test
    void readsEveryNumberOfAStreamErrorAsItsRowSays() {
        for (int number = 0; number < 1000; number++) {
            DisconnectCause cause = DisconnectTable.ofStreamError(streamError(Integer.toString(number)));
            assertThat(rowOf(cause)).as("stream %d", number).isEqualTo(STREAM.getOrDefault(number, unknown(number)));
            assertThat(cause.code()).hasToString("stream." + cause.statusCode());
            assertThat(cause.hint()).isEmpty();
        }
    }

    @Test
    void readsEveryNumberOfAFailureAsItsRowSays() {
        for (int number = 0; number < 1000; number++) {
            DisconnectCause cause = DisconnectTable.ofFailure(failure(Integer.toString(number)));
            assertThat(rowOf(cause)).as("failure %d", number).isEqualTo(FAILURE.getOrDefault(number, unknown(number)));
            assertThat(cause.code()).hasToString("failure." + cause.statusCode());
        }
    }

    /** A failure 428, 440 or 515 has the number, and the name, of something local or of the stream: not its meaning. */
    @ParameterizedTest
    @ValueSource(ints = {408, 411, 428, 440, 515, 516})
    void givesAFailureNoMeaningOfAnotherLayer(int number) {
        assertThat(DisconnectTable.ofFailure(failure(Integer.toString(number))).kind())
                .isEqualTo(UNKNOWN);
    }

    @Test
    void hasNoRowThatTheTestDoesNotKnow() {
        assertThat(DisconnectTable.CODES.origins()).containsExactlyInAnyOrder("stream", "failure");
        assertThat(DisconnectTable.CODES.codes()).hasSize(STREAM.size() - 1 + FAILURE.size() - 1);
        assertThat(DisconnectTable.CODES.unknown()).isEqualTo(UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "abc", "0", "-1", "-515", "5 15", "515.0", "99999999999", "٥١٥x"})
    void closesWith500WhenTheCodeIsNoNumber(String code) {
        assertThat(rowOf(DisconnectTable.ofStreamError(streamError(code))))
                .isEqualTo(row(500, "badSession", PROTOCOL_ERROR));
        assertThat(rowOf(DisconnectTable.ofFailure(failure(code))))
                .isEqualTo(row(500, "badSession", SERVER_UNAVAILABLE));
    }

    @Test
    void closesWith500WhenThereIsNoCode() {
        assertThat(rowOf(DisconnectTable.ofStreamError(Node.of("stream:error"))))
                .isEqualTo(row(500, "badSession", PROTOCOL_ERROR));
        assertThat(rowOf(DisconnectTable.ofFailure(Node.of("failure"))))
                .isEqualTo(row(500, "badSession", SERVER_UNAVAILABLE));
    }

    @Test
    void readsANumberWithSpacesAroundIt() {
        assertThat(DisconnectTable.ofStreamError(streamError(" 515 ")).kind()).isEqualTo(RESTART_REQUESTED);
    }

    @ParameterizedTest
    @CsvSource({
        "replaced,       440, connectionReplaced, EVICTED",
        "device_removed, 401, loggedOut,          LOGGED_OUT",
        "other,          401, loggedOut,          LOGGED_OUT",
        "REPLACED,       401, loggedOut,          LOGGED_OUT",
        "'',             401, loggedOut,          LOGGED_OUT",
    })
    void readsAConflictByItsTypeWhateverTheCode(
            String type, int statusCode, String reason, WhatsAppDisconnectKind kind) {
        for (String code : new String[] {"", "401", "409", "440", "500", "503", "429", "999"}) {
            Node error = Node.builder("stream:error")
                    .attribute("code", code)
                    .child(conflict(type))
                    .build();
            DisconnectCause cause = DisconnectTable.ofStreamError(error);
            assertThat(rowOf(cause)).as("code %s", code).isEqualTo(row(statusCode, reason, kind));
            assertThat(cause.code()).hasToString("stream." + statusCode);
            assertThat(cause.attributes()).contains(entry("conflict.type", type), entry("code", code));
        }
    }

    @Test
    void readsAConflictWithoutATypeAsALogout() {
        Node error = Node.builder("stream:error").child("conflict").build();
        assertThat(DisconnectTable.ofStreamError(error).kind()).isEqualTo(LOGGED_OUT);
    }

    @ParameterizedTest
    @CsvSource({"515, RESTART_REQUESTED", "516, LOGGED_OUT"})
    void reads515And516WhateverStandsInThem(String code, WhatsAppDisconnectKind kind) {
        for (Node child : new Node[] {conflict("replaced"), Node.of("ack"), Node.of("text")}) {
            Node error = Node.builder("stream:error")
                    .attribute("code", code)
                    .child(child)
                    .build();
            DisconnectCause cause = DisconnectTable.ofStreamError(error);
            assertThat(cause.statusCode()).hasToString(code);
            assertThat(cause.kind()).isEqualTo(kind);
        }
    }

    @Test
    void findsAConflictBehindOtherChildren() {
        Node error = Node.builder("stream:error")
                .child("text")
                .child(Node.of("ack"))
                .child(conflict("replaced"))
                .build();
        assertThat(DisconnectTable.ofStreamError(error).kind()).isEqualTo(EVICTED);
    }

    @Test
    void prefersTheCodeToWhatWasOwed() {
        Node error = Node.builder("stream:error")
                .attribute("code", "503")
                .child("ack")
                .build();
        assertThat(DisconnectTable.ofStreamError(error).kind()).isEqualTo(SERVER_UNAVAILABLE);
    }

    @Test
    void saysWhichStanzaTheServerIsStillOwedAnAnswerTo() {
        Node error = Node.builder("stream:error")
                .child(Node.builder("ack").attribute("id", "10665184").build())
                .build();
        DisconnectCause cause = DisconnectTable.ofStreamError(error);
        assertThat(rowOf(cause)).isEqualTo(row(500, "badSession", PROTOCOL_ERROR));
        assertThat(cause.attributes()).containsExactly(entry("ack.id", "10665184"));
        assertThat(cause.message()).contains("owed an answer");
    }

    @Test
    void namesAnyOtherChildInItsMessage() {
        Node error = Node.builder("stream:error").child("xml-not-well-formed").build();
        DisconnectCause cause = DisconnectTable.ofStreamError(error);
        assertThat(rowOf(cause)).isEqualTo(row(500, "badSession", PROTOCOL_ERROR));
        assertThat(cause.message()).isEqualTo("the server ended the stream: <xml-not-well-formed>");
    }

    @Test
    void keepsAllThatAFailureSaysInItsOrder() {
        Node failure = Node.builder("failure")
                .attribute("reason", "403")
                .attribute("location", "frc")
                .attribute("url", "https://example.com/appeal")
                .attribute("logout_message_header", "Your account")
                .attribute("logout_message_subtext", "is locked")
                .attribute("logout_message_locale", "en")
                .attribute("appeal_token", "s3cret")
                .build();
        DisconnectCause cause = DisconnectTable.ofFailure(failure);
        assertThat(cause.origin()).isEqualTo(DisconnectOrigin.FAILURE);
        assertThat(cause.attributes())
                .containsExactly(
                        entry("reason", "403"),
                        entry("location", "frc"),
                        entry("url", "https://example.com/appeal"),
                        entry("logout_message_header", "Your account"),
                        entry("logout_message_subtext", "is locked"),
                        entry("logout_message_locale", "en"),
                        entry("appeal_token", "s3cret"));
    }

    @Test
    void keepsTheAttributesAndTheTextOfTheChildren() {
        Node error = Node.builder("stream:error")
                .attribute("code", "503")
                .child(Node.builder("text").attribute("lang", "en").text("busy").build())
                .child(Node.builder("see-other-host").bytes("host-7".getBytes()).build())
                .child("system-shutdown")
                .build();
        assertThat(DisconnectTable.ofStreamError(error).attributes())
                .containsExactly(
                        entry("code", "503"),
                        entry("text.lang", "en"),
                        entry("text", "busy"),
                        entry("see-other-host", "host-7"),
                        entry("system-shutdown", ""));
    }

    @Test
    void showsNothingThatTheServerSaidButNumbersAndTags() {
        Node failure = Node.builder("failure")
                .attribute("reason", "403")
                .attribute("message", "word-of-the-server")
                .attribute("appeal_token", "s3cret")
                .child(Node.builder("text").text("inner-word").build())
                .build();
        Node error = Node.builder("stream:error")
                .attribute("code", "word-of-the-server")
                .child(Node.builder("text")
                        .attribute("token", "s3cret")
                        .text("inner-word")
                        .build())
                .build();
        for (DisconnectCause cause :
                new DisconnectCause[] {DisconnectTable.ofFailure(failure), DisconnectTable.ofStreamError(error)}) {
            assertThat(cause.toString() + cause.message())
                    .doesNotContain("s3cret")
                    .doesNotContain("inner-word")
                    .doesNotContain("word-of-the-server");
            assertThat(cause.attributes()).containsValue("s3cret");
        }
        assertThat(DisconnectTable.ofFailure(failure))
                .hasToString("DisconnectCause[failure.403 ACCOUNT_LOCKED forbidden:"
                        + " the server refused the login with reason 403]");
    }

    @ParameterizedTest
    @CsvSource({"3600, 3600", "1, 1", "' 60 ', 60"})
    void takesTheTimeOfATemporaryBan(String expire, long seconds) {
        Node failure = Node.builder("failure")
                .attribute("reason", "402")
                .attribute("code", "104")
                .attribute("expire", expire)
                .build();
        assertThat(DisconnectTable.ofFailure(failure).hint()).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-5", "soon", "999999999999"})
    void namesNoTimeForABanThatDoesNotSayOne(String expire) {
        Node failure = Node.builder("failure")
                .attribute("reason", "402")
                .attribute("expire", expire)
                .build();
        DisconnectCause cause = DisconnectTable.ofFailure(failure);
        assertThat(cause.kind()).isEqualTo(TEMPORARILY_BANNED);
        assertThat(cause.hint()).isEmpty();
        assertThat(cause.attributes()).containsEntry("expire", expire);
    }

    /** There it means something else, or nothing. */
    @Test
    void takesNoTimeFromAnyOtherFailure() {
        Node failure = Node.builder("failure")
                .attribute("reason", "403")
                .attribute("expire", "3600")
                .build();
        assertThat(DisconnectTable.ofFailure(failure).hint()).isEmpty();
    }
}
