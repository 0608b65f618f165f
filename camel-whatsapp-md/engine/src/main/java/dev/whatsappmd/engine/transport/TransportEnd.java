package dev.whatsappmd.engine.transport;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * How a websocket ended.
 *
 * @param kind the step it ended in
 * @param number the HTTP status of a refused upgrade, or the close code of a closed websocket
 * @param detail a few words for a person, without any secret
 */
public record TransportEnd(Kind kind, OptionalInt number, String detail) {
    public TransportEnd {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(number, "number");
        Objects.requireNonNull(detail, "detail");
    }

    /** The step it ended in. */
    public enum Kind {
        /** The host's name did not resolve. */
        DNS,
        /** No connection: refused, unreachable, or the socket failed before the upgrade. */
        CONNECT,
        /** The TLS handshake failed. */
        TLS,
        /** The proxy refused or could not reach the server. */
        PROXY,
        /** The server answered the upgrade with another HTTP status. */
        UPGRADE_REFUSED,
        /** It was not open in time. */
        TIMED_OUT,
        /** It was open and was closed by a close frame, or the stream ended or was reset. */
        CLOSED,
        /** It was open and failed in another way, e.g. in the TLS layer. */
        FAILED,
        /** The other side sent a frame against the rules of websockets, or a message too large for this protocol. */
        INVALID_FRAME,
        /** The other side sent a text message; this protocol has none. */
        TEXT_MESSAGE
    }

    public static TransportEnd of(Kind kind, String detail) {
        return new TransportEnd(kind, OptionalInt.empty(), detail);
    }

    public static TransportEnd of(Kind kind, int number, String detail) {
        return new TransportEnd(kind, OptionalInt.of(number), detail);
    }
}
