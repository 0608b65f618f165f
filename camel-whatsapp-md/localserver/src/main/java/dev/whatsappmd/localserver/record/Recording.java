package dev.whatsappmd.localserver.record;

import dev.whatsappmd.localserver.record.RecordedStanza.Direction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Everything a server saw and did, in order, and ways to wait for it. Every wait has a deadline, and when that passes
 * the error says what came instead. Safe for all threads; not to be waited on from the server's own.
 */
public final class Recording {
    private final Clock clock;
    private final boolean keepsStanzas;
    private final List<ConnectionRecord> connections = new ArrayList<>();
    private final LinkedList<RecordedStanza> untaken = new LinkedList<>();
    private int stanzaCount;
    private long version;

    /**
     * An empty recording.
     *
     * @param clock gives the times
     * @param keepsStanzas false to keep everything else but no stanza
     */
    public Recording(Clock clock, boolean keepsStanzas) {
        this.clock = clock;
        this.keepsStanzas = keepsStanzas;
    }

    /** For the server: a new connection. */
    public synchronized ConnectionRecord begin() {
        ConnectionRecord connection = new ConnectionRecord(this, connections.size() + 1, now());
        connections.add(connection);
        changed();
        return connection;
    }

    /** All connections in the order they came. */
    public synchronized List<ConnectionRecord> all() {
        return List.copyOf(connections);
    }

    /** All stanzas of all connections in order, both directions. */
    public synchronized List<RecordedStanza> stanzas() {
        return connections.stream()
                .flatMap(connection -> connection.stanzas().stream())
                .sorted(java.util.Comparator.comparingInt(RecordedStanza::number))
                .toList();
    }

    /** All that clients did wrong, on all connections. */
    public synchronized List<RecordedFailure> failures() {
        return connections.stream()
                .flatMap(connection -> connection.failures().stream())
                .toList();
    }

    /**
     * The oldest received stanza that matches and was not taken before; taken stanzas are not given twice, and those
     * that do not match stay for later.
     *
     * @throws NotSeenError when none came in time
     */
    public RecordedStanza take(StanzaMatch match, Duration timeout) {
        return await("a stanza " + match, timeout, () -> takeNow(match));
    }

    private synchronized Optional<RecordedStanza> takeNow(StanzaMatch match) {
        for (Iterator<RecordedStanza> candidates = untaken.iterator(); candidates.hasNext(); ) {
            RecordedStanza stanza = candidates.next();
            if (match.test(stanza.node())) {
                candidates.remove();
                return Optional.of(stanza);
            }
        }
        return Optional.empty();
    }

    /**
     * Waits until there is an answer.
     *
     * @param what what is waited for, as it stands in the error
     * @param search asked at once and again after everything the server does; may ask the server itself
     * @throws NotSeenError when there is none in time
     */
    public <T> T await(String what, Duration timeout, Supplier<Optional<T>> search) {
        return await(() -> what, timeout, search);
    }

    /** {@link #await(String, Duration, Supplier)} with words that are made when there is an error. */
    public <T> T await(Supplier<String> what, Duration timeout, Supplier<Optional<T>> search) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            long seen = version();
            // Without the lock: a search may wait for the server's thread, which needs the lock to record.
            Optional<T> found = search.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (!awaitChange(seen, deadline)) {
                throw new NotSeenError(
                        "Waited " + timeout.toMillis() + " ms for " + what.get() + ". Seen: " + summary());
            }
        }
    }

    /** @return false when the deadline passed, or the thread was interrupted, before anything changed */
    private synchronized boolean awaitChange(long seen, long deadline) {
        while (version == seen) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** What happened so far, one line per connection, without anything personal. */
    public synchronized String summary() {
        return connections.isEmpty()
                ? "no connection at all."
                : connections.stream()
                        .map(connection -> System.lineSeparator() + "  " + connection.summary())
                        .collect(Collectors.joining());
    }

    /** Counts the changes: an equal number means that nothing has happened since. */
    public synchronized long version() {
        return version;
    }

    /** For the server: something has happened, recorded here or not. */
    public synchronized void changed() {
        version++;
        notifyAll();
    }

    Instant now() {
        return clock.instant();
    }

    boolean keepsStanzas() {
        return keepsStanzas;
    }

    int nextNumber() {
        return ++stanzaCount;
    }

    void added(RecordedStanza stanza) {
        if (stanza.direction() == Direction.RECEIVED) {
            untaken.add(stanza);
        }
    }
}
