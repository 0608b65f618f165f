package dev.whatsappmd.engine.channel;

import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.transport.TransportEnd;
import dev.whatsappmd.reconnect.DisconnectCode;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Why a connection ended: the code with the layer it came from, and what it means. What is done about it is the
 * policy's business.
 *
 * @param statusCode the Baileys status code
 * @param reason its name in Baileys' {@code DisconnectReason}, or the kind where that enum has none
 * @param message a sentence for a person; holds nothing the server sent but numbers and tag names
 * @param attributes all that the server said with it, in its order; may hold secrets, so {@link #toString} leaves it out
 * @param hint a time that the server named, e.g. until a ban expires
 */
public record DisconnectCause(
        DisconnectOrigin origin,
        int statusCode,
        WhatsAppDisconnectKind kind,
        String reason,
        String message,
        Map<String, String> attributes,
        Optional<Duration> hint) {

    public DisconnectCause {
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(message, "message");
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        Objects.requireNonNull(hint, "hint");
    }

    private static DisconnectCause local(int statusCode, WhatsAppDisconnectKind kind, String reason, String message) {
        return new DisconnectCause(
                DisconnectOrigin.LOCAL, statusCode, kind, reason, message, Map.of(), Optional.empty());
    }

    private static DisconnectCause socket(int statusCode, WhatsAppDisconnectKind kind, String message) {
        return new DisconnectCause(
                DisconnectOrigin.SOCKET,
                statusCode,
                kind,
                DisconnectTable.reason(statusCode, kind),
                message,
                Map.of(),
                Optional.empty());
    }

    /** The server ended the stream in good order, without an error. */
    public static DisconnectCause streamEnd() {
        return socket(428, WhatsAppDisconnectKind.TRANSPORT_LOST, "the server ended the stream");
    }

    /** The websocket ended, or never opened. The numbers are those of Baileys' {@code getCodeFromWSError}. */
    public static DisconnectCause of(TransportEnd end) {
        return switch (end.kind()) {
            case CLOSED, FAILED ->
                socket(428, WhatsAppDisconnectKind.TRANSPORT_LOST, "connection lost: " + end.detail());
            case DNS, CONNECT, TLS, PROXY, TIMED_OUT ->
                socket(408, WhatsAppDisconnectKind.UNREACHABLE, "server not reached: " + end.detail());
            case UPGRADE_REFUSED -> {
                int status = end.number().orElse(500);
                yield socket(
                        status >= 400 ? status : 500,
                        WhatsAppDisconnectKind.UNREACHABLE,
                        "server not reached: " + end.detail());
            }
            case TEXT_MESSAGE, INVALID_FRAME ->
                local(500, WhatsAppDisconnectKind.PROTOCOL_ERROR, "badSession", "protocol error: " + end.detail());
        };
    }

    /** The server could not prove who it is. */
    public static DisconnectCause untrusted(String why) {
        return local(
                500,
                WhatsAppDisconnectKind.UNTRUSTED_SERVER,
                "badSession",
                "the server's identity was refused: " + why + "; nothing was sent to it."
                        + " Check serverUrl, serverRootKey and this machine's clock");
    }

    /** A frame did not decrypt or decode, or the handshake made no sense. */
    public static DisconnectCause protocolError(String why) {
        return local(500, WhatsAppDisconnectKind.PROTOCOL_ERROR, "badSession", "protocol error: " + why);
    }

    /** Nothing at all was received for too long after a send. */
    public static DisconnectCause unresponsive(Duration silence) {
        return local(
                408,
                WhatsAppDisconnectKind.UNRESPONSIVE,
                "connectionLost",
                "nothing was received for " + silence.toMillis() + " ms after a send");
    }

    /** A step of connecting took too long. */
    public static DisconnectCause deadline(String step, Duration limit) {
        return local(
                408,
                WhatsAppDisconnectKind.UNREACHABLE,
                "timedOut",
                step + " took longer than connectTimeout=" + limit.toMillis() + "ms");
    }

    /** Nobody linked this device in time. */
    public static DisconnectCause pairingExpired(String why) {
        return local(408, WhatsAppDisconnectKind.PAIRING_EXPIRED, "timedOut", why);
    }

    /** The pairing window is over, and the phone said that it has not joined multi-device. */
    public static DisconnectCause pairingUnsupported() {
        return local(
                411,
                WhatsAppDisconnectKind.PAIRING_UNSUPPORTED,
                "multideviceMismatch",
                "the phone that scanned the code has not joined multi-device");
    }

    /** The link that was just made did not pass a check of this side. */
    public static DisconnectCause pairingRefused(int code, String why) {
        return local(
                code,
                WhatsAppDisconnectKind.LINK_REJECTED,
                DisconnectTable.reason(code, WhatsAppDisconnectKind.LINK_REJECTED),
                "pairing was refused by this side: " + why);
    }

    /** This device unlinked itself. */
    public static DisconnectCause loggedOutByUs() {
        return local(401, WhatsAppDisconnectKind.LOGGED_OUT, "loggedOut", "logged out by this side");
    }

    /** Asked by us. */
    public static DisconnectCause closedByUs() {
        return local(428, WhatsAppDisconnectKind.CLOSED_BY_US, "connectionClosed", "closed by this side");
    }

    /** The store belongs to another process by now. */
    public static DisconnectCause takenOver(String why) {
        return local(440, WhatsAppDisconnectKind.EVICTED, "connectionReplaced", why);
    }

    /** The store could not be read or written. */
    public static DisconnectCause storeFailed(String why) {
        return local(500, WhatsAppDisconnectKind.UNKNOWN, "badSession", why);
    }

    /** The same end with another meaning. */
    public DisconnectCause as(WhatsAppDisconnectKind other, String otherMessage) {
        return new DisconnectCause(origin, statusCode, other, reason, otherMessage, attributes, hint);
    }

    /** What the policy keys on. */
    public DisconnectCode code() {
        return new DisconnectCode(origin.wireName(), statusCode);
    }

    /** Without the attributes: they may hold an appeal token. */
    @Override
    public String toString() {
        return "DisconnectCause[" + code() + " " + kind + " " + reason + ": " + message + "]";
    }
}
