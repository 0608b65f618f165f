package dev.whatsappmd.localserver.account;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a server does about a device that does not answer what it is sent. In any case an unanswered stanza stays, comes
 * first again on the next connection, and the mistake is recorded.
 *
 * @param holdsBack whether, after a stanza that was sent on an earlier connection and is still not answered, nothing is
 *     sent that is new to the device
 * @param limit how long after it was sent an unanswered stanza ends the stream with {@code <ack/>}; null for never
 * @param endsOnAddedType whether an ack of a receipt that has a type of its own ends the stream with {@code <ack/>}
 *     (whatsapp-rust client.rs)
 */
public record OwedPolicy(boolean holdsBack, @Nullable Duration limit, boolean endsOnAddedType) {
    /** How often field reports see the stream end while something is owed. */
    private static final Duration FIFTY_MINUTES = Duration.ofMinutes(50);

    public OwedPolicy {
        if (limit != null && (limit.isNegative() || limit.isZero())) {
            throw new IllegalArgumentException("what is owed ends the stream after a positive time, not " + limit);
        }
    }

    /** Only records it: what a test sees that looks at the recording. */
    public static OwedPolicy patient() {
        return new OwedPolicy(false, null, false);
    }

    /** As field reports have it: holds back, ends the stream after 50 minutes, and on an added type. */
    public static OwedPolicy strict() {
        return strict(FIFTY_MINUTES);
    }

    /** {@link #strict()} with another time. */
    public static OwedPolicy strict(Duration limit) {
        return new OwedPolicy(true, limit, true);
    }

    /** How long after it was sent an unanswered stanza ends the stream; empty for never. */
    public Optional<Duration> endsAfter() {
        return Optional.ofNullable(limit);
    }
}
