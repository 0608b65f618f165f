package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a session can tell of. */
public enum EventKind {
    /** The connection changed: {@link ConnectionUpdate}. */
    CONNECTION,
    /** A part of the history that the phone sends. */
    HISTORY,
    /** A message, also one that this account sent from another device. */
    MESSAGE,
    /** Somebody received, read or played a message. */
    RECEIPT,
    /** Somebody is online, or types. */
    PRESENCE,
    /** A call is offered, accepted, ended. */
    CALL;

    /** The name in the component's option {@code events} and in its header, such as {@code connection}. */
    @JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether an event of this kind is kept until the application is done with it: a {@link Delivery}. */
    public boolean durable() {
        return this == MESSAGE || this == HISTORY;
    }

    @Override
    public String toString() {
        return wireName();
    }
}
