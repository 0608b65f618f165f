package dev.whatsappmd.engine.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.transport.TransportEnd;
import dev.whatsappmd.engine.transport.TransportEnd.Kind;
import dev.whatsappmd.reconnect.DisconnectCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** ARCHITECTURE 4, row by row: the ends of the socket and of this side. */
class DisconnectCauseTest {
    static Stream<Arguments> local() {
        return Stream.of(
                Arguments.of(DisconnectCause.loggedOutByUs(), "local.401", "loggedOut", "LOGGED_OUT"),
                Arguments.of(
                        DisconnectCause.unresponsive(Duration.ofSeconds(20)),
                        "local.408",
                        "connectionLost",
                        "UNRESPONSIVE"),
                Arguments.of(
                        DisconnectCause.deadline("the login", Duration.ofSeconds(20)),
                        "local.408",
                        "timedOut",
                        "UNREACHABLE"),
                Arguments.of(
                        DisconnectCause.pairingExpired("nobody scanned"), "local.408", "timedOut", "PAIRING_EXPIRED"),
                Arguments.of(
                        DisconnectCause.pairingUnsupported(),
                        "local.411",
                        "multideviceMismatch",
                        "PAIRING_UNSUPPORTED"),
                Arguments.of(
                        DisconnectCause.untrusted("the leaf is signed by another key"),
                        "local.500",
                        "badSession",
                        "UNTRUSTED_SERVER"),
                Arguments.of(
                        DisconnectCause.protocolError("a frame does not decrypt"),
                        "local.500",
                        "badSession",
                        "PROTOCOL_ERROR"),
                Arguments.of(DisconnectCause.closedByUs(), "local.428", "connectionClosed", "CLOSED_BY_US"),
                Arguments.of(DisconnectCause.takenOver("taken"), "local.440", "connectionReplaced", "EVICTED"),
                Arguments.of(DisconnectCause.storeFailed("disk full"), "local.500", "badSession", "UNKNOWN"),
                Arguments.of(DisconnectCause.pairingRefused(401, "a key"), "local.401", "loggedOut", "LINK_REJECTED"),
                Arguments.of(DisconnectCause.pairingRefused(500, "a key"), "local.500", "badSession", "LINK_REJECTED"),
                Arguments.of(DisconnectCause.streamEnd(), "socket.428", "connectionClosed", "TRANSPORT_LOST"));
    }

    @ParameterizedTest
    @MethodSource("local")
    void hasTheCodeTheReasonAndTheKindOfItsRow(
            DisconnectCause cause, String code, String reason, WhatsAppDisconnectKind kind) {
        assertThat(cause.code()).hasToString(code);
        assertThat(cause.reason()).isEqualTo(reason);
        assertThat(cause.kind()).isEqualTo(kind);
        assertThat(cause.message()).isNotBlank();
        assertThat(cause.attributes()).isEmpty();
        assertThat(cause.hint()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "CLOSED,        1000, socket.428, connectionClosed,   TRANSPORT_LOST",
        "CLOSED,        4000, socket.428, connectionClosed,   TRANSPORT_LOST",
        "CLOSED,        ,     socket.428, connectionClosed,   TRANSPORT_LOST",
        "FAILED,        ,     socket.428, connectionClosed,   TRANSPORT_LOST",
        "DNS,           ,     socket.408, timedOut,           UNREACHABLE",
        "CONNECT,       ,     socket.408, timedOut,           UNREACHABLE",
        "TLS,           ,     socket.408, timedOut,           UNREACHABLE",
        "TIMED_OUT,     ,     socket.408, timedOut,           UNREACHABLE",
        "PROXY,         407,  socket.408, timedOut,           UNREACHABLE",
        "PROXY,         5,    socket.408, timedOut,           UNREACHABLE",
        "UPGRADE_REFUSED, 400, socket.400, UNREACHABLE,        UNREACHABLE",
        "UPGRADE_REFUSED, 401, socket.401, loggedOut,          UNREACHABLE",
        "UPGRADE_REFUSED, 403, socket.403, forbidden,          UNREACHABLE",
        "UPGRADE_REFUSED, 429, socket.429, UNREACHABLE,        UNREACHABLE",
        "UPGRADE_REFUSED, 503, socket.503, unavailableService, UNREACHABLE",
        "UPGRADE_REFUSED, 200, socket.500, badSession,         UNREACHABLE",
        "UPGRADE_REFUSED, 302, socket.500, badSession,         UNREACHABLE",
        "UPGRADE_REFUSED, ,    socket.500, badSession,         UNREACHABLE",
        "TEXT_MESSAGE,  ,     local.500,  badSession,         PROTOCOL_ERROR",
        "INVALID_FRAME, 1002, local.500,  badSession,         PROTOCOL_ERROR",
        "INVALID_FRAME, 1009, local.500,  badSession,         PROTOCOL_ERROR",
    })
    void readsTheEndOfASocketByItsStep(
            Kind kind, Integer number, String code, String reason, WhatsAppDisconnectKind meaning) {
        OptionalInt told = number == null ? OptionalInt.empty() : OptionalInt.of(number);
        DisconnectCause cause = DisconnectCause.of(new TransportEnd(kind, told, "what happened"));
        assertThat(cause.code()).hasToString(code);
        assertThat(cause.reason()).isEqualTo(reason);
        assertThat(cause.kind()).isEqualTo(meaning);
        assertThat(cause.message()).contains("what happened");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void neverReadsASocketAsAWordOfTheServer(Kind kind) {
        DisconnectCause cause = DisconnectCause.of(TransportEnd.of(kind, 401, "detail"));
        assertThat(cause.origin()).isIn(DisconnectOrigin.SOCKET, DisconnectOrigin.LOCAL);
        assertThat(cause.kind())
                .isIn(
                        WhatsAppDisconnectKind.TRANSPORT_LOST,
                        WhatsAppDisconnectKind.UNREACHABLE,
                        WhatsAppDisconnectKind.PROTOCOL_ERROR);
    }

    @Test
    void saysWhatToCheckWhenAServerIsNotTrusted() {
        assertThat(DisconnectCause.untrusted("why").message()).contains("why", "serverUrl", "serverRootKey", "clock");
    }

    @Test
    void saysHowLongADeadlineWas() {
        assertThat(DisconnectCause.deadline("the login", Duration.ofSeconds(20)).message())
                .isEqualTo("the login took longer than connectTimeout=20000ms");
        assertThat(DisconnectCause.unresponsive(Duration.ofSeconds(20)).message())
                .isEqualTo("nothing was received for 20000 ms after a send");
    }

    @Test
    void keepsAllButTheMeaningWhenItIsReadAnew() {
        DisconnectCause before = new DisconnectCause(
                DisconnectOrigin.STREAM,
                401,
                WhatsAppDisconnectKind.LOGGED_OUT,
                "loggedOut",
                "removed",
                Map.of("a", "b"),
                Optional.of(Duration.ofHours(1)));
        DisconnectCause after = before.as(WhatsAppDisconnectKind.LINK_REJECTED, "right after pairing");
        assertThat(after)
                .isEqualTo(new DisconnectCause(
                        DisconnectOrigin.STREAM,
                        401,
                        WhatsAppDisconnectKind.LINK_REJECTED,
                        "loggedOut",
                        "right after pairing",
                        Map.of("a", "b"),
                        Optional.of(Duration.ofHours(1))));
        assertThat(after.code()).isEqualTo(new DisconnectCode("stream", 401));
    }

    @Test
    void cannotBeChangedFromOutside() {
        Map<String, String> given = new LinkedHashMap<>(Map.of("code", "1"));
        DisconnectCause cause = new DisconnectCause(
                DisconnectOrigin.FAILURE,
                402,
                WhatsAppDisconnectKind.TEMPORARILY_BANNED,
                "TEMPORARILY_BANNED",
                "banned",
                given,
                Optional.empty());
        given.put("code", "2");
        assertThat(cause.attributes()).containsEntry("code", "1");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> cause.attributes().put("code", "3"));
    }
}
