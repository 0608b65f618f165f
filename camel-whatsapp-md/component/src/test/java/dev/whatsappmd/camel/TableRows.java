package dev.whatsappmd.camel;

import dev.whatsappmd.camel.TableRow.Delay;
import dev.whatsappmd.camel.TableRow.End;
import dev.whatsappmd.camel.TableRow.Phase;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.fault.CertificateFault;
import dev.whatsappmd.localserver.fault.FrameFault;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.UpgradeFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The table of ends as docs/reconnect.md has it, written down a second time: nothing here is asked of the code under test.
 * With {@code reconnectDelay=20ms} and the default jitter of 0.2.
 */
final class TableRows {
    static final Delay AT_ONCE = new Delay(0, 0);
    static final Delay BACKOFF = new Delay(16, 24);
    private static final Delay FROM_ONE_MINUTE = new Delay(48_000, 72_000);
    private static final Delay HALF_A_MINUTE = new Delay(30_000, 30_000);
    private static final Delay AN_HOUR = new Delay(3_600_000, 3_600_000);

    private TableRows() {}

    static List<TableRow> all() {
        List<TableRow> rows = new ArrayList<>();
        rows.addAll(streamErrors());
        readingOrder().forEach(row -> rows.add(row.only(Phase.PAIRING, Phase.OPEN)));
        rows.addAll(failures());
        rows.addAll(lostSockets());
        rows.addAll(silence());
        rows.addAll(brokenFrames());
        rows.addAll(endlessFrames());
        rows.addAll(otherServers());
        rows.addAll(refusedUpgrades());
        rows.addAll(certificates());
        rows.addAll(pairingWindows());
        return rows;
    }

    private static List<TableRow> streamErrors() {
        return List.of(
                TableRow.of("stream 515", ServerClose.streamError(515), restart()),
                TableRow.of("stream conflict replaced", ServerClose.conflict("replaced"), evicted()),
                TableRow.of("stream 409", ServerClose.streamError(409), evicted()),
                loggedOut("stream 401", ServerClose.streamError(401), 401, "stream"),
                loggedOut("stream 401 device_removed", ServerClose.conflict("device_removed", 401), 401, "stream"),
                loggedOut("stream device_removed", ServerClose.conflict("device_removed"), 401, "stream"),
                loggedOut("stream 516", ServerClose.streamError(516), 516, "stream"),
                TableRow.of("stream 429", ServerClose.streamError(429), limited("stream")),
                TableRow.of("stream 500", ServerClose.streamError(500), unavailable(500, "badSession", "stream")),
                TableRow.of(
                        "stream 503", ServerClose.streamError(503), unavailable(503, "unavailableService", "stream")),
                TableRow.of("stream ack", ServerClose.ack("3EB0AA"), protocolError("stream")),
                TableRow.of("stream xml-not-well-formed", ServerClose.xmlNotWellFormed(), protocolError("stream")),
                TableRow.of("stream 499", ServerClose.streamError(499), unknown(499, "UNKNOWN", "stream")),
                // 428 and 408 are this side's own numbers: from the server they mean nothing we know.
                TableRow.of("stream 428", ServerClose.streamError(428), unknown(428, "connectionClosed", "stream")));
    }

    /** Which part of a stream error counts when there are several, or none. */
    private static List<TableRow> readingOrder() {
        Node replaced = conflict("replaced");
        return List.of(
                TableRow.of("stream 515 before conflict", ServerClose.streamError(515, replaced), restart()),
                loggedOut("stream 516 before conflict", ServerClose.streamError(516, replaced), 516, "stream"),
                TableRow.of("stream conflict before 503", ServerClose.streamError(503, replaced), evicted()),
                TableRow.of("stream conflict replaced before 401", ServerClose.streamError(401, replaced), evicted()),
                loggedOut(
                        "stream other conflict before 503",
                        ServerClose.streamError(503, conflict("moved")),
                        401,
                        "stream"),
                loggedOut(
                        "stream other conflict before 409",
                        ServerClose.streamError(409, conflict("moved")),
                        401,
                        "stream"),
                loggedOut(
                        "stream conflict without a type",
                        ServerClose.stanza(Node.builder("stream:error")
                                .child(Node.of("conflict"))
                                .build()),
                        401,
                        "stream"),
                TableRow.of("stream 409 before ack", ServerClose.streamError(409, Node.of("ack")), evicted()),
                TableRow.of(
                        "stream conflict before ack",
                        ServerClose.stanza(Node.builder("stream:error")
                                .child(Node.of("ack"))
                                .child(replaced)
                                .build()),
                        evicted()),
                TableRow.of(
                        "stream other child",
                        ServerClose.stanza(Node.builder("stream:error")
                                .child(Node.of("bad-format"))
                                .build()),
                        protocolError("stream")),
                TableRow.of(
                        "stream 503 before ack",
                        ServerClose.streamError(
                                503, Node.builder("ack").attribute("id", "1").build()),
                        unavailable(503, "unavailableService", "stream")),
                TableRow.of("stream without a word", streamError(null), protocolError("stream")),
                TableRow.of("stream code 0", streamError("0"), protocolError("stream")),
                TableRow.of("stream code no number", streamError("soon"), protocolError("stream")));
    }

    private static Node conflict(String type) {
        return Node.builder("conflict").attribute("type", type).build();
    }

    private static List<TableRow> failures() {
        List<TableRow> rows = new ArrayList<>();
        rows.add(loggedOut("failure 401", ServerClose.failure(401, Map.of("location", "frc")), 401, "failure"));
        Map<String, String> ban = Map.of("code", "101", "expire", "7200", "url", "https://example.org/why");
        rows.add(TableRow.of(
                "failure 402 until", ServerClose.failure(402, ban), banned(new Delay(7_200_000, 7_200_000))));
        rows.add(TableRow.of("failure 402", ServerClose.failure(402, Map.of("code", "102")), banned(AN_HOUR)));
        // Sent once, so all of it has to be kept.
        Map<String, String> lock = Map.of(
                "logout_message_header", "locked",
                "logout_message_subtext", "for-a-while",
                "logout_message_locale", "en",
                "url", "https://example.org/appeal",
                "message", "said-to-a-person",
                "location", "frc",
                "appeal_token", "of-one-use");
        rows.add(TableRow.of(
                "failure 403", ServerClose.failure(403, lock), restricted(403, "forbidden", "ACCOUNT_LOCKED")));
        rows.add(TableRow.of("failure 406", ServerClose.failure(406), restricted(406, "BANNED", "BANNED")));
        rows.add(TableRow.of(
                "failure 405", ServerClose.failure(405), stop(405, "CLIENT_OUTDATED", "failure", "CLIENT_OUTDATED")));
        for (int code : new int[] {400, 409, 413, 414, 415, 418, 501}) {
            rows.add(TableRow.of("failure " + code, ServerClose.failure(code), refused(code)));
        }
        rows.add(TableRow.of("failure 500", ServerClose.failure(500), unavailable(500, "badSession", "failure")));
        rows.add(TableRow.of(
                "failure 503", ServerClose.failure(503), unavailable(503, "unavailableService", "failure")));
        rows.add(TableRow.of("failure 429", ServerClose.failure(429), limited("failure")));
        rows.add(TableRow.of(
                "failure without a reason",
                ServerClose.stanza(Node.of("failure")),
                unavailable(500, "badSession", "failure")));
        // As failures these do not mean what they mean on a stream or on this side.
        rows.add(TableRow.of("failure 428", ServerClose.failure(428), unknown(428, "connectionClosed", "failure")));
        rows.add(TableRow.of("failure 440", ServerClose.failure(440), unknown(440, "connectionReplaced", "failure")));
        rows.add(TableRow.of("failure 515", ServerClose.failure(515), unknown(515, "restartRequired", "failure")));
        rows.add(TableRow.of("failure 408", ServerClose.failure(408), unknown(408, "connectionLost", "failure")));
        rows.add(TableRow.of("failure 516", ServerClose.failure(516), unknown(516, "UNKNOWN", "failure")));
        rows.add(TableRow.of("failure 599", ServerClose.failure(599), unknown(599, "UNKNOWN", "failure")));
        return rows;
    }

    private static List<TableRow> lostSockets() {
        return List.of(
                TableRow.of("xmlstreamend", ServerClose.streamEnd(), lost()),
                TableRow.of("socket closed", ServerClose.socketClose(1001), lost())
                        .in(Phase.BEFORE_LOGIN, lost()),
                TableRow.of("socket reset", ServerClose.tcpReset(), lost()).in(Phase.BEFORE_LOGIN, lost()));
    }

    /** Nothing more comes; who notices depends on who waits for what. */
    private static List<TableRow> silence() {
        End late = backoff(408, "timedOut", "local", "UNREACHABLE");
        End dead = backoff(408, "connectionLost", "local", "UNRESPONSIVE");
        return List.of(TableRow.of("silence", ServerFault.silence())
                .with("&connectTimeout=1s&keepAliveInterval=100ms&keepAliveTimeout=1500ms")
                .in(Phase.BEFORE_LOGIN, late)
                .in(Phase.PAIRING, dead)
                .in(Phase.PAIRED, late)
                .in(Phase.LOGIN, late)
                .in(Phase.CATCHING_UP, dead)
                .in(Phase.OPEN, dead));
    }

    /** A frame that does not end: what comes later seems to be part of it. */
    private static List<TableRow> endlessFrames() {
        String quick = "&connectTimeout=1s&keepAliveInterval=100ms&keepAliveTimeout=1500ms";
        End late = backoff(408, "timedOut", "local", "UNREACHABLE");
        return List.of(
                TableRow.of("truncated frame", FrameFault.truncated(1))
                        .with(quick)
                        .in(Phase.BEFORE_LOGIN, late)
                        .in(Phase.OPEN, protocolError("local")),
                TableRow.of("oversize frame", FrameFault.oversize())
                        .with(quick)
                        .in(Phase.BEFORE_LOGIN, late)
                        .in(Phase.OPEN, backoff(408, "connectionLost", "local", "UNRESPONSIVE")));
    }

    /** Once one is not understood nothing after it can be. */
    private static List<TableRow> brokenFrames() {
        End broken = protocolError("local");
        return List.of(
                TableRow.of("corrupt frame", FrameFault.corrupt(), broken),
                TableRow.of("garbage frame", FrameFault.garbage(), broken).in(Phase.BEFORE_LOGIN, broken),
                TableRow.of("empty frame", FrameFault.empty(), broken).in(Phase.BEFORE_LOGIN, broken),
                TableRow.of("text message", FrameFault.text(), broken).in(Phase.BEFORE_LOGIN, broken),
                TableRow.of("no websocket frame", ServerFault.garbage(), broken).in(Phase.BEFORE_LOGIN, broken));
    }

    /** Whatever number HTTP has for it: it says nothing about the account. */
    private static List<TableRow> refusedUpgrades() {
        return List.of(
                refusedUpgrade(UpgradeFault.httpStatus(401), 401, "loggedOut"),
                refusedUpgrade(UpgradeFault.httpStatus(403), 403, "forbidden"),
                refusedUpgrade(UpgradeFault.httpStatus(429), 429, "UNREACHABLE"),
                refusedUpgrade(UpgradeFault.httpStatus(503), 503, "unavailableService"),
                // 405 and 440 of HTTP are no words of the server either.
                refusedUpgrade(UpgradeFault.httpStatus(405), 405, "UNREACHABLE"),
                refusedUpgrade(UpgradeFault.httpStatus(440), 440, "connectionReplaced"),
                refusedUpgrade(UpgradeFault.httpStatus(500), 500, "badSession"),
                refusedUpgrade(UpgradeFault.httpStatus(515), 515, "restartRequired"),
                refusedUpgrade(UpgradeFault.httpStatus(302), 500, "badSession"),
                refusedUpgrade(UpgradeFault.httpStatus(200), 500, "badSession"),
                refusedUpgrade(UpgradeFault.wrongKey(), 408, "timedOut"));
    }

    private static TableRow refusedUpgrade(ServerFault fault, int code, String reason) {
        return TableRow.of("upgrade " + fault, fault)
                .in(Phase.BEFORE_LOGIN, backoff(code, reason, "socket", "UNREACHABLE"));
    }

    private static List<TableRow> certificates() {
        return Stream.of(CertificateFault.values())
                .map(fault -> TableRow.of(fault.toString(), fault).in(Phase.BEFORE_LOGIN, untrusted()))
                .toList();
    }

    private static End untrusted() {
        return new End(500, "badSession", "local", "UNTRUSTED_SERVER", UntrustedServerException.class, "stop", null);
    }

    private static List<TableRow> otherServers() {
        return List.of(
                unreachable("nobody listens", "&serverUrl=ws://127.0.0.1:1/ws/chat"),
                unreachable("no such name", "&serverUrl=ws://name.invalid/ws/chat"),
                unreachable("no proxy", "&proxy=http://127.0.0.1:1"),
                TableRow.of("another path", null)
                        .with("&serverUrl=SERVER/nothing/here")
                        .lasting()
                        .in(Phase.BEFORE_LOGIN, backoff(404, "UNREACHABLE", "socket", "UNREACHABLE")),
                TableRow.of("another root key", null)
                        .with("&serverRootKey=" + "17".repeat(32))
                        .lasting()
                        .in(Phase.BEFORE_LOGIN, untrusted()));
    }

    private static TableRow unreachable(String name, String options) {
        return TableRow.of(name, null)
                .with(options)
                .lasting()
                .in(Phase.BEFORE_LOGIN, backoff(408, "timedOut", "socket", "UNREACHABLE"));
    }

    /** An attempt that would come after the end of the pairing window is not made. */
    private static List<TableRow> pairingWindows() {
        Node downgrade =
                Node.builder("ib").child(Node.of("downgrade_webclient")).build();
        End expired = new End(408, "timedOut", "local", "PAIRING_EXPIRED", null, "stop", null);
        return List.of(
                TableRow.of("pairing window over", ServerClose.streamError(503))
                        .with("&on.503=backoff:10m&reconnectMaxDelay=20m")
                        .in(Phase.PAIRING, expired),
                TableRow.of("pairing window over, socket lost", ServerClose.tcpReset())
                        .with("&on.TRANSPORT_LOST=backoff:10m&reconnectMaxDelay=20m")
                        .in(Phase.PAIRING, expired),
                TableRow.of("pairing window over, downgrade_webclient", ServerClose.stanza(downgrade))
                        .with("&on.connectionClosed=backoff:10m&reconnectMaxDelay=20m")
                        .in(Phase.PAIRING, stop(411, "multideviceMismatch", "local", "PAIRING_UNSUPPORTED")));
    }

    private static ServerClose streamError(@Nullable String code) {
        Node.Builder error = Node.builder("stream:error");
        if (code != null) {
            error.attribute("code", code);
        }
        return ServerClose.stanza(error.build());
    }

    private static End restart() {
        return new End(515, "restartRequired", "stream", "RESTART_REQUESTED", null, "now", AT_ONCE);
    }

    private static End evicted() {
        return new End(
                440,
                "connectionReplaced",
                "stream",
                "EVICTED",
                ConnectionReplacedException.class,
                "park",
                HALF_A_MINUTE);
    }

    /** Right after pairing it is the link itself that was not accepted. */
    private static TableRow loggedOut(String name, ServerClose fault, int code, String origin) {
        End end = new End(code, "loggedOut", origin, "LOGGED_OUT", LoggedOutException.class, "stop", null);
        return TableRow.of(name, fault, end).in(Phase.PAIRED, end.as("LINK_REJECTED", LoggedOutException.class));
    }

    private static End limited(String origin) {
        return new End(
                429, "RATE_LIMITED", origin, "RATE_LIMITED", DisconnectedException.class, "backoff", FROM_ONE_MINUTE);
    }

    private static End unavailable(int code, String reason, String origin) {
        return backoff(code, reason, origin, "SERVER_UNAVAILABLE");
    }

    static End protocolError(String origin) {
        return backoff(500, "badSession", origin, "PROTOCOL_ERROR");
    }

    private static End unknown(int code, String reason, String origin) {
        return backoff(code, reason, origin, "UNKNOWN");
    }

    private static End refused(int code) {
        return new End(code, "REFUSED", "failure", "REFUSED", DisconnectedException.class, "backoff", FROM_ONE_MINUTE);
    }

    private static End banned(Delay until) {
        return new End(
                402,
                "TEMPORARILY_BANNED",
                "failure",
                "TEMPORARILY_BANNED",
                AccountRestrictedException.class,
                "park",
                until);
    }

    private static End restricted(int code, String reason, String kind) {
        return new End(code, reason, "failure", kind, AccountRestrictedException.class, "stop", null);
    }

    private static End lost() {
        return backoff(428, "connectionClosed", "socket", "TRANSPORT_LOST");
    }

    static End backoff(int code, String reason, String origin, String kind) {
        return new End(code, reason, origin, kind, DisconnectedException.class, "backoff", BACKOFF);
    }

    private static End stop(int code, String reason, String origin, String kind) {
        return new End(code, reason, origin, kind, DisconnectedException.class, "stop", null);
    }
}
