package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The layer that ended a connection. The same number means different things on different layers. */
public enum DisconnectOrigin {
    /** {@code <failure reason=…>}: the login was refused. */
    FAILURE,
    /** {@code <stream:error>}: the server ended a live stream. */
    STREAM,
    /** The socket: closed, reset, or never opened (DNS, TLS, proxy, HTTP answer). */
    SOCKET,
    /** This side: a deadline, a broken frame, a refused certificate, or somebody asked for it. */
    LOCAL;

    /** {@code failure}, {@code stream}, {@code socket} or {@code local}. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return wireName();
    }
}
