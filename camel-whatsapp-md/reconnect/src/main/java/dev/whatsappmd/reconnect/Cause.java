package dev.whatsappmd.reconnect;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Why a connection ended, in all three readings an {@code on.} option may name.
 *
 * @param kind the meaning
 * @param reason the name under which users of the protocol know this end; not blank
 * @param code the number and its layer <em>as users are shown them</em>. Where a protocol shows another number than the one
 *     that was on the wire, the shown one goes here, so that an option written from a log line or a header matches
 * @param hint how long the server asked to be left alone, measured from this end; empty where it did not say. Zero and less
 *     count as not said
 */
public record Cause<K extends Enum<K> & DisconnectKind>(
        K kind, String reason, DisconnectCode code, Optional<Duration> hint) {
    public Cause {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(hint, "hint");
        if (reason.isBlank()) {
            throw new IllegalArgumentException("reason of " + kind.name() + " (" + code + ") is blank");
        }
    }

    /** A cause without a hint. */
    public Cause(K kind, String reason, DisconnectCode code) {
        this(kind, reason, code, Optional.empty());
    }
}
