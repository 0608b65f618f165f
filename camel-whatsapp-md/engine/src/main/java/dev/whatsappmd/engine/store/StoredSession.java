package dev.whatsappmd.engine.store;

import java.time.Duration;
import java.util.Optional;

/**
 * One session's rows, owned by this process until closed: read a snapshot, compute, commit one change set.
 *
 * <p>Calls may come from any thread, one at a time. Every method throws {@link SessionStoreException}.
 */
public interface StoredSession extends AutoCloseable {
    String sessionId();

    /** Grows with every new owner; a commit of an older owner is refused. */
    long fencingToken();

    Snapshot snapshot();

    /**
     * Makes all changes durable, or none of them. When it returns they survive the loss of the process and of power.
     *
     * @throws SessionStoreException {@code FENCED} when another process owns the session by now; {@code READ_ONLY},
     *     {@code FULL}, {@code MISSING} or {@code IO} as their texts say
     * @throws IllegalArgumentException when it deletes credentials, or is the first and does not hold them
     * @throws IllegalStateException when it puts another identity in the place of one that is linked and not revoked,
     *     or the session is closed
     */
    void commit(ChangeSet changes);

    /** How often {@link #renew()} has to be called to stay the owner; empty when ownership needs no renewal. */
    default Optional<Duration> renewEvery() {
        return Optional.empty();
    }

    /** Stays the owner. */
    default void renew() {}

    /** Gives the session up so that another owner may open it. Never throws; a second call does nothing. */
    @Override
    void close();
}
