package dev.whatsappmd.localserver.record;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something a client did that a client must not do: bytes that cannot be read, or an answer that breaks the protocol.
 *
 * @param connection index of the connection, from 1
 * @param at when it was noticed
 * @param what what is wrong, without keys, numbers or text of the client
 * @param thrown what the codec threw, when it was one
 */
public record RecordedFailure(
        int connection, Instant at, String what, @Nullable Throwable thrown) {
    /** What the codec threw. */
    public Optional<Throwable> cause() {
        return Optional.ofNullable(thrown);
    }

    @Override
    public String toString() {
        return "connection " + connection + ": " + what;
    }
}
