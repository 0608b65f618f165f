package dev.whatsappmd.engine.session;

import static dev.whatsappmd.engine.event.DisconnectOrigin.FAILURE;
import static dev.whatsappmd.engine.event.DisconnectOrigin.LOCAL;
import static dev.whatsappmd.engine.event.DisconnectOrigin.SOCKET;
import static dev.whatsappmd.engine.event.DisconnectOrigin.STREAM;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.ACCOUNT_LOCKED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.BANNED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.CLIENT_OUTDATED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.EVICTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.LINK_REJECTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.LOGGED_OUT;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.PROTOCOL_ERROR;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.RATE_LIMITED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.REFUSED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.RESTART_REQUESTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.SERVER_UNAVAILABLE;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.TEMPORARILY_BANNED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.TRANSPORT_LOST;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNKNOWN;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNREACHABLE;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNRESPONSIVE;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNTRUSTED_SERVER;
import static dev.whatsappmd.engine.session.Phase.BRINGING_UP;
import static dev.whatsappmd.engine.session.Phase.DIALING;
import static dev.whatsappmd.engine.session.Phase.HALTED;
import static dev.whatsappmd.engine.session.Phase.LOGGING_IN;
import static dev.whatsappmd.engine.session.Phase.OPEN;
import static dev.whatsappmd.engine.session.Phase.PAIRED;
import static dev.whatsappmd.engine.session.Phase.PAIRING;
import static dev.whatsappmd.engine.session.Phase.PARKED;
import static dev.whatsappmd.engine.session.Phase.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.transport.TransportEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every row of the table of ends in every phase in which it can come: what is told, what is done, and that no code costs
 * the credentials. The expectations are the document's (docs/reconnect.md), not read from the code's tables.
 */
class ConnectionEndTest {
    private static final Set<Phase> CONNECTED = EnumSet.of(DIALING, PAIRING, PAIRED, LOGGING_IN, BRINGING_UP, OPEN);

    /** Stanzas can be read only behind the handshake. */
    private static final Set<Phase> TALKING = EnumSet.of(PAIRING, PAIRED, LOGGING_IN, BRINGING_UP, OPEN);

    private record Expected(
            DisconnectOrigin origin,
            int code,
            String reason,
            WhatsAppDisconnectKind kind,
            String action,
            Phase after,
            long delayFrom,
            long delayTo) {

        static Expected stops(DisconnectOrigin origin, int code, String reason, WhatsAppDisconnectKind kind) {
            return new Expected(origin, code, reason, kind, "stop", HALTED, -1, -1);
        }

        static Expected waits(
                DisconnectOrigin origin, int code, String reason, WhatsAppDisconnectKind kind, long from, long to) {
            return new Expected(origin, code, reason, kind, "backoff", WAITING, from, to);
        }

        /** A second, give or take a fifth. */
        static Expected backsOff(DisconnectOrigin origin, int code, String reason, WhatsAppDisconnectKind kind) {
            return waits(origin, code, reason, kind, 800, 1_200);
        }

        /** A minute at least. */
        static Expected backsOffLong(DisconnectOrigin origin, int code, String reason, WhatsAppDisconnectKind kind) {
            return waits(origin, code, reason, kind, 60_000, 72_000);
        }

        static Expected parks(
                DisconnectOrigin origin, int code, String reason, WhatsAppDisconnectKind kind, long millis) {
            return new Expected(origin, code, reason, kind, "park", PARKED, millis, millis);
        }

        /** Right after a link, being removed means that it was not accepted. */
        Expected in(Phase phase) {
            return phase == PAIRED && kind == LOGGED_OUT
                    ? new Expected(origin, code, reason, LINK_REJECTED, action, after, delayFrom, delayTo)
                    : this;
        }
    }

    private static final class Rows {
        private final List<Arguments> rows = new ArrayList<>();

        void add(String name, Set<Phase> phases, Consumer<MachineWorld> end, Expected expected) {
            for (Phase phase : phases) {
                rows.add(Arguments.of(name, phase, end, expected.in(phase)));
            }
        }

        void stanza(Node stanza, Expected expected) {
            add(stanza.toString(), TALKING, world -> world.receive(stanza), expected);
        }

        void stream(int code, Expected expected) {
            stanza(Stanzas.streamError(Integer.toString(code)), expected);
        }

        void failure(int code, Expected expected) {
            stanza(Stanzas.failure(Integer.toString(code)), expected);
        }

        void ended(String name, DisconnectCause cause, Expected expected) {
            add(name, CONNECTED, world -> world.ended(cause), expected);
        }

        void socket(TransportEnd.Kind kind, Expected expected) {
            ended("socket " + kind, DisconnectCause.of(TransportEnd.of(kind, "by the test")), expected);
        }
    }

    static Stream<Arguments> rows() {
        Rows rows = new Rows();
        streamErrors(rows);
        failures(rows);
        sockets(rows);
        local(rows);
        return rows.rows.stream();
    }

    private static void streamErrors(Rows rows) {
        rows.stream(515, new Expected(STREAM, 515, "restartRequired", RESTART_REQUESTED, "now", WAITING, 0, 0));
        Expected evicted = Expected.parks(STREAM, 440, "connectionReplaced", EVICTED, 30_000);
        rows.stanza(Stanzas.conflict("replaced"), evicted);
        rows.stream(409, evicted);
        Expected loggedOut = Expected.stops(STREAM, 401, "loggedOut", LOGGED_OUT);
        rows.stream(401, loggedOut);
        rows.stanza(Stanzas.conflict("device_removed"), loggedOut);
        rows.stanza(Stanzas.conflict("something-new"), loggedOut);
        rows.stanza(conflictWithCode("503"), loggedOut);
        rows.stream(516, Expected.stops(STREAM, 516, "loggedOut", LOGGED_OUT));
        rows.stream(503, Expected.backsOff(STREAM, 503, "unavailableService", SERVER_UNAVAILABLE));
        rows.stream(500, Expected.backsOff(STREAM, 500, "badSession", SERVER_UNAVAILABLE));
        rows.stream(429, Expected.backsOffLong(STREAM, 429, "RATE_LIMITED", RATE_LIMITED));
        Expected protocolError = Expected.backsOff(STREAM, 500, "badSession", PROTOCOL_ERROR);
        for (String child : List.of("ack", "xml-not-well-formed", "something-new")) {
            rows.stanza(Node.builder("stream:error").child(child).build(), protocolError);
        }
        for (String code : List.of("0", "-1", "soon", "")) {
            rows.stanza(Stanzas.streamError(code), protocolError);
        }
        rows.stanza(Node.of("stream:error"), protocolError);
        // The number of another layer is not this layer's meaning.
        for (int code : List.of(400, 402, 403, 405, 406, 408, 411, 428, 440, 777)) {
            rows.stream(code, Expected.backsOff(STREAM, code, nameOf(code), UNKNOWN));
        }
    }

    private static Node conflictWithCode(String code) {
        return Stanzas.conflict("device_removed").toBuilder()
                .attribute("code", code)
                .build();
    }

    private static void failures(Rows rows) {
        rows.failure(401, Expected.stops(FAILURE, 401, "loggedOut", LOGGED_OUT));
        rows.failure(403, Expected.stops(FAILURE, 403, "forbidden", ACCOUNT_LOCKED));
        rows.failure(405, Expected.stops(FAILURE, 405, "CLIENT_OUTDATED", CLIENT_OUTDATED));
        rows.failure(406, Expected.stops(FAILURE, 406, "BANNED", BANNED));
        rows.failure(402, Expected.parks(FAILURE, 402, "TEMPORARILY_BANNED", TEMPORARILY_BANNED, 3_600_000));
        rows.stanza(
                Node.builder("failure")
                        .attribute("reason", "402")
                        .attribute("code", "101")
                        .attribute("expire", "7200")
                        .build(),
                Expected.parks(FAILURE, 402, "TEMPORARILY_BANNED", TEMPORARILY_BANNED, 7_200_000));
        for (int code : List.of(400, 409, 413, 414, 415, 418, 501)) {
            rows.failure(code, Expected.backsOffLong(FAILURE, code, "REFUSED", REFUSED));
        }
        rows.failure(500, Expected.backsOff(FAILURE, 500, "badSession", SERVER_UNAVAILABLE));
        rows.failure(503, Expected.backsOff(FAILURE, 503, "unavailableService", SERVER_UNAVAILABLE));
        rows.failure(429, Expected.backsOffLong(FAILURE, 429, "RATE_LIMITED", RATE_LIMITED));
        rows.stanza(Node.of("failure"), Expected.backsOff(FAILURE, 500, "badSession", SERVER_UNAVAILABLE));
        for (int code : List.of(404, 408, 411, 419, 428, 440, 515, 516, 999)) {
            rows.failure(code, Expected.backsOff(FAILURE, code, nameOf(code), UNKNOWN));
        }
    }

    /** Baileys' names; codes without one bear their kind's. */
    private static String nameOf(int code) {
        return switch (code) {
            case 403 -> "forbidden";
            case 408 -> "connectionLost";
            case 411 -> "multideviceMismatch";
            case 428 -> "connectionClosed";
            case 440 -> "connectionReplaced";
            case 515 -> "restartRequired";
            default -> "UNKNOWN";
        };
    }

    private static void sockets(Rows rows) {
        Expected lost = Expected.backsOff(SOCKET, 428, "connectionClosed", TRANSPORT_LOST);
        rows.socket(TransportEnd.Kind.CLOSED, lost);
        rows.socket(TransportEnd.Kind.FAILED, lost);
        rows.stanza(Node.of("xmlstreamend"), lost);
        Expected unreachable = Expected.backsOff(SOCKET, 408, "timedOut", UNREACHABLE);
        for (TransportEnd.Kind kind : List.of(
                TransportEnd.Kind.DNS,
                TransportEnd.Kind.CONNECT,
                TransportEnd.Kind.TLS,
                TransportEnd.Kind.PROXY,
                TransportEnd.Kind.TIMED_OUT)) {
            rows.socket(kind, unreachable);
        }
        // Never read as an answer to the login.
        refusedUpgrade(rows, 401, 401, "loggedOut");
        refusedUpgrade(rows, 403, 403, "forbidden");
        refusedUpgrade(rows, 503, 503, "unavailableService");
        refusedUpgrade(rows, 302, 500, "badSession");
        Expected protocolError = Expected.backsOff(LOCAL, 500, "badSession", PROTOCOL_ERROR);
        rows.socket(TransportEnd.Kind.TEXT_MESSAGE, protocolError);
        rows.socket(TransportEnd.Kind.INVALID_FRAME, protocolError);
    }

    private static void refusedUpgrade(Rows rows, int status, int code, String reason) {
        rows.ended(
                "HTTP " + status,
                DisconnectCause.of(TransportEnd.of(TransportEnd.Kind.UPGRADE_REFUSED, status, "by the test")),
                Expected.backsOff(SOCKET, code, reason, UNREACHABLE));
    }

    private static void local(Rows rows) {
        rows.ended(
                "certificate",
                DisconnectCause.untrusted("by the test"),
                Expected.stops(LOCAL, 500, "badSession", UNTRUSTED_SERVER));
        rows.ended(
                "frame",
                DisconnectCause.protocolError("by the test"),
                Expected.backsOff(LOCAL, 500, "badSession", PROTOCOL_ERROR));
        rows.add(
                "silence",
                // The other steps have a deadline that comes first.
                EnumSet.of(PAIRING, BRINGING_UP, OPEN),
                world -> world.advanceTo(SessionTimer.DEAD),
                Expected.backsOff(LOCAL, 408, "connectionLost", UNRESPONSIVE));
        rows.add(
                "deadline",
                EnumSet.of(DIALING, PAIRED, LOGGING_IN),
                world -> world.advanceTo(SessionTimer.CONNECT),
                Expected.backsOff(LOCAL, 408, "timedOut", UNREACHABLE));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rows")
    void isToldAndFollowedAsTheTableSays(String name, Phase phase, Consumer<MachineWorld> end, Expected expected) {
        MachineWorld world = MachineWorld.in(phase);
        if (name.equals("silence") && !world.isArmed(SessionTimer.DEAD)) {
            world.advanceTo(SessionTimer.PING);
        }
        Credentials before = world.stored();

        end.accept(world);

        assertThat(world.closes()).hasSize(1);
        ConnectionUpdate close = world.lastClose();
        LastDisconnect last = close.lastDisconnect();
        assertThat(last.origin()).isEqualTo(expected.origin());
        assertThat(last.error().output().statusCode()).isEqualTo(expected.code());
        assertThat(last.reason()).isEqualTo(expected.reason());
        assertThat(last.kind()).isEqualTo(expected.kind());
        assertNext(close.reconnect(), expected);
        assertThat(world.machine.phase()).isEqualTo(expected.after());
        assertCredentials(world, before, expected);
        // What the socket still has to say is of no interest.
        world.input(new Input.Ended(1, DisconnectCause.streamEnd()));
        world.input(new Input.Received(1, Stanzas.streamError("401")));
        assertThat(world.closes()).hasSize(1);
        world.stop();
    }

    private static void assertNext(ConnectionUpdate.Reconnect next, Expected expected) {
        assertThat(next.action()).isEqualTo(expected.action());
        if (expected.delayFrom() < 0) {
            assertThat(next.delay()).isNull();
            assertThat(next.attempt()).isZero();
        } else {
            assertThat(next.delay()).isBetween(expected.delayFrom(), expected.delayTo());
            assertThat(next.attempt()).isEqualTo(1);
        }
    }

    private static void assertCredentials(MachineWorld world, Credentials before, Expected expected) {
        Credentials after = world.stored();
        assertThat(after.identityKey()).isEqualTo(before.identityKey());
        assertThat(after.noiseKey()).isEqualTo(before.noiseKey());
        assertThat(after.account().map(Credentials.Account::id))
                .isEqualTo(before.account().map(Credentials.Account::id));
        boolean revoked = before.account().isPresent()
                && EnumSet.of(LOGGED_OUT, LINK_REJECTED).contains(expected.kind());
        assertThat(after.revocation().isPresent()).isEqualTo(revoked);
        if (revoked) {
            assertThat(after.revocation().orElseThrow())
                    .isEqualTo(new Credentials.Revocation(
                            expected.code(), expected.kind().name(), world.wall()));
        }
        assertThat(world.machine.status().registered())
                .isEqualTo(before.account().isPresent() && !revoked);
    }

    // ---- what the table says in words

    @ParameterizedTest
    @CsvSource({"179, LINK_REJECTED", "180, LOGGED_OUT"})
    void takesARemovalWithinThreeMinutesOfPairingForARejectedLink(int seconds, WhatsAppDisconnectKind kind) {
        for (Node end : List.of(
                Stanzas.streamError("401"),
                Stanzas.streamError("516"),
                Stanzas.conflict("device_removed"),
                Stanzas.failure("401"))) {
            MachineWorld world = MachineWorld.of(Identities.linkedBefore(Duration.ofSeconds(seconds)
                    // The world's clock is a second past its start.
                    .minusSeconds(1)));
            world.go(OPEN);
            world.receive(end);
            assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(kind);
            assertThat(world.lastClose().reconnect().action()).isEqualTo("stop");
            assertThat(world.stored().account()).isPresent();
        }
    }

    @Test
    void keepsEveryWordOfAFailure() {
        MachineWorld world = MachineWorld.in(LOGGING_IN);

        world.receive(Node.builder("failure")
                .attribute("reason", "403")
                .attribute("location", "odn")
                .attribute("message", "locked")
                .attribute("logout_message_header", "Your account is locked")
                .attribute("url", "https://faq.example/locked")
                .attribute("appeal_token", "once-only")
                .build());

        LastDisconnect.Error error = world.lastClose().lastDisconnect().error();
        assertThat(error.data())
                .containsAllEntriesOf(Map.of(
                        "reason", "403",
                        "location", "odn",
                        "message", "locked",
                        "logout_message_header", "Your account is locked",
                        "url", "https://faq.example/locked",
                        "appeal_token", "once-only"));
        assertThat(world.log).noneMatch(line -> line.contains("once-only") || line.contains("faq.example"));
        assertThat(world.lastClose().toString()).doesNotContain("once-only");
    }

    @Test
    void carriesTheErrorThatCameBeforeTheEndOfTheStream() {
        MachineWorld world = MachineWorld.in(OPEN);
        world.receive(Stanzas.streamError("503"));
        world.input(new Input.Received(1, Node.of("xmlstreamend")));
        world.input(new Input.Ended(1, DisconnectCause.of(TransportEnd.of(TransportEnd.Kind.CLOSED, "by the test"))));
        assertThat(world.closes()).hasSize(1);
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(SERVER_UNAVAILABLE);
    }

    @Test
    void logsAsAWarningOnlyWhatNeedsAPerson() {
        for (Node end : List.of(Stanzas.streamError("503"), Stanzas.streamError("515"), Stanzas.streamError("777"))) {
            MachineWorld world = MachineWorld.in(OPEN);
            world.receive(end);
            assertThat(world.log)
                    .filteredOn(line -> line.contains("closed:"))
                    .singleElement()
                    .asString()
                    .startsWith("INFO");
        }
        MachineWorld world = MachineWorld.in(OPEN);
        world.receive(Stanzas.failure("405"));
        assertThat(world.log)
                .filteredOn(line -> line.contains("closed:"))
                .singleElement()
                .asString()
                .startsWith("WARN");
    }
}
