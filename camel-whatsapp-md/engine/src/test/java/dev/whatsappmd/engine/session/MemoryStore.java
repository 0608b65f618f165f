package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.StoredSession;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** One session in memory, which fails when a test says so. Safe for use by several threads. */
final class MemoryStore implements SessionStore, StoredSession {
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger renewed = new AtomicInteger();
    volatile boolean closed;
    /** Runs first in the next {@link #open}; may fail or wait. */
    volatile Runnable beforeOpen = () -> {};
    /** Runs first in each {@link #commit}. */
    volatile Runnable beforeCommit = () -> {};
    /** Runs first in each {@link #renew}. */
    volatile Runnable beforeRenew = () -> {};

    volatile Optional<Duration> renewEvery = Optional.empty();
    private final MemoryRows rows = new MemoryRows();

    MemoryStore with(Credentials credentials) {
        rows.apply(SessionRows.putCredentials(new ChangeSet(), credentials));
        return this;
    }

    synchronized Optional<Credentials> credentials() {
        return SessionRows.credentials(rows);
    }

    @Override
    public StoredSession open(String sessionId) {
        beforeOpen.run();
        closed = false;
        opened.incrementAndGet();
        return this;
    }

    @Override
    public String location() {
        return "memory";
    }

    @Override
    public String sessionId() {
        return "support";
    }

    @Override
    public long fencingToken() {
        return opened.get();
    }

    /** Read within one step of the session's thread, so it needs no copy. */
    @Override
    public Snapshot snapshot() {
        return rows;
    }

    @Override
    public synchronized void commit(ChangeSet changes) {
        beforeCommit.run();
        rows.apply(changes);
    }

    @Override
    public Optional<Duration> renewEvery() {
        return renewEvery;
    }

    @Override
    public void renew() {
        renewed.incrementAndGet();
        beforeRenew.run();
    }

    @Override
    public void close() {
        closed = true;
    }
}
