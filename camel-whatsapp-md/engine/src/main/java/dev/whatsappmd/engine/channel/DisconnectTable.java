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

import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.reconnect.CodeTable;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the server's own words for an end mean: {@code <stream:error>} and {@code <failure>}. Total: whatever is not in
 * the table is {@code UNKNOWN}.
 */
public final class DisconnectTable {
    private static final String STREAM = DisconnectOrigin.STREAM.wireName();
    private static final String FAILURE = DisconnectOrigin.FAILURE.wireName();

    /** Codes of the server, by layer. The same number means different things on different layers. */
    public static final CodeTable<WhatsAppDisconnectKind> CODES = CodeTable.builder(UNKNOWN)
            .codes(RESTART_REQUESTED, STREAM, 515)
            .codes(LOGGED_OUT, STREAM, 401, 516)
            .codes(EVICTED, STREAM, 409)
            .codes(RATE_LIMITED, STREAM, 429)
            .codes(SERVER_UNAVAILABLE, STREAM, 500, 503)
            .codes(LOGGED_OUT, FAILURE, 401)
            .codes(TEMPORARILY_BANNED, FAILURE, 402)
            .codes(ACCOUNT_LOCKED, FAILURE, 403)
            .codes(CLIENT_OUTDATED, FAILURE, 405)
            .codes(BANNED, FAILURE, 406)
            .codes(REFUSED, FAILURE, 400, 409, 413, 414, 415, 418, 501)
            .codes(RATE_LIMITED, FAILURE, 429)
            .codes(SERVER_UNAVAILABLE, FAILURE, 500, 503)
            .build();

    /** Baileys' {@code DisconnectReason} by number; of the two names of 408 the one for silence. */
    private static final Map<Integer, String> REASONS = Map.of(
            428, "connectionClosed",
            408, "connectionLost",
            440, "connectionReplaced",
            401, "loggedOut",
            500, "badSession",
            515, "restartRequired",
            411, "multideviceMismatch",
            403, "forbidden",
            503, "unavailableService");

    private DisconnectTable() {}

    /** The name in Baileys' {@code DisconnectReason}, or the kind where that enum has none. */
    static String reason(int statusCode, WhatsAppDisconnectKind kind) {
        if (kind == WhatsAppDisconnectKind.UNREACHABLE && statusCode == 408) {
            return "timedOut";
        }
        String name = REASONS.get(statusCode);
        if (name != null) {
            return name;
        }
        return kind == LOGGED_OUT ? "loggedOut" : kind.name();
    }

    /**
     * Reads {@code <stream:error>}: 515 and 516 whatever stands in it, then a conflict, then the code, then what was
     * owed, then any other child. A code that is missing, zero or no number is 500, and the stream is over all the same
     * (Baileys stays connected then).
     */
    public static DisconnectCause ofStreamError(Node error) {
        int code = number(error.attribute("code"));
        Optional<Node> conflict = error.child("conflict");
        Map<String, String> attributes = attributes(error);
        if (code == 515 || code == 516) {
            return stream(code, CODES.kindOf(STREAM, code), attributes, "code " + code);
        }
        if (conflict.isPresent()) {
            boolean replaced = conflict.get().hasAttribute("type", "replaced");
            return replaced
                    ? stream(440, EVICTED, attributes, "replaced by another connection of this device")
                    : stream(401, LOGGED_OUT, attributes, "this device was removed from the account");
        }
        if (code == 409) {
            return stream(440, EVICTED, attributes, "replaced by another connection of this device (code 409)");
        }
        if (code > 0) {
            return stream(code, CODES.kindOf(STREAM, code), attributes, "code " + code);
        }
        if (error.child("ack").isPresent()) {
            return stream(500, PROTOCOL_ERROR, attributes, "the server is still owed an answer to a stanza");
        }
        String child =
                error.firstChild().map(first -> "<" + first.shownTag() + ">").orElse("no code");
        return stream(500, PROTOCOL_ERROR, attributes, child);
    }

    /** Reads {@code <failure reason=…>}; a reason that is missing or no number is 500. */
    public static DisconnectCause ofFailure(Node failure) {
        int reason = number(failure.attribute("reason"));
        int code = reason > 0 ? reason : 500;
        WhatsAppDisconnectKind kind = CODES.kindOf(FAILURE, code);
        Optional<Duration> until = kind == TEMPORARILY_BANNED
                ? Optional.of(number(failure.attribute("expire")))
                        .filter(seconds -> seconds > 0)
                        .map(Duration::ofSeconds)
                : Optional.empty();
        return new DisconnectCause(
                DisconnectOrigin.FAILURE,
                code,
                kind,
                reason(code, kind),
                "the server refused the login with reason " + code,
                attributes(failure),
                until);
    }

    private static DisconnectCause stream(
            int code, WhatsAppDisconnectKind kind, Map<String, String> attributes, String what) {
        return new DisconnectCause(
                DisconnectOrigin.STREAM,
                code,
                kind,
                reason(code, kind),
                "the server ended the stream: " + what,
                attributes,
                Optional.empty());
    }

    /** All that was said: the attributes, those of the children as {@code child.name}, their text as {@code child}. */
    private static Map<String, String> attributes(Node node) {
        Map<String, String> all = new LinkedHashMap<>(node.attributes());
        for (Node child : node.children()) {
            child.attributes().forEach((name, value) -> all.putIfAbsent(child.tag() + "." + name, value));
            Optional<String> text = child.text();
            if (text.isPresent() || child.attributes().isEmpty()) {
                all.putIfAbsent(child.tag(), text.orElse(""));
            }
        }
        return all;
    }

    /** The number, or 0 when there is none: absent, not a number, out of range. */
    private static int number(Optional<String> value) {
        try {
            return value.map(String::trim).map(Integer::parseInt).orElse(0);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
