package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Where a session's connection stands, in Baileys' words ({@code WAConnectionState}).
 *
 * <pre>
 *   CONNECTING ──▶ OPEN ──▶ CLOSE ──▶ CONNECTING …
 *        └───────────────────▲
 * </pre>
 */
public enum ConnectionState {
    /** An attempt has begun; an unpaired session stays here while it shows codes. */
    CONNECTING,
    /** Logged in and active: the server delivers to this device. */
    OPEN,
    /** The connection has ended; the update says why and what happens next. */
    CLOSE;

    /** {@code connecting}, {@code open} or {@code close}. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return wireName();
    }
}
