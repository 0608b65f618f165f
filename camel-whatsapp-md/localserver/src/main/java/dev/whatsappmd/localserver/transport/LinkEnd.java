package dev.whatsappmd.localserver.transport;

/**
 * How a socket ended.
 *
 * @param by who ended it
 * @param code websocket close code, 1006 when none was sent
 * @param reason what was said with the code, or what went wrong
 */
public record LinkEnd(By by, int code, String reason) {
    /** Close code for an end without a close frame (RFC 6455, 7.1.5). */
    public static final int NO_CLOSE_FRAME = 1006;

    /** Who ended a connection. */
    public enum By {
        /** This server. */
        SERVER,
        /** The client, in order or by closing its socket. */
        CLIENT,
        /** Nobody on purpose: reset, broken pipe, or bytes that are no websocket. */
        FAULT
    }

    @Override
    public String toString() {
        return "by " + by.name().toLowerCase(java.util.Locale.ROOT) + " (" + code
                + (reason.isEmpty() ? "" : ", " + reason) + ")";
    }
}
