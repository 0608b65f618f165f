package dev.whatsappmd.camel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The exchanges of one kind of one consumer: one at a time, in their order, each begun when the one before has come back.
 * While the lane is shut they stay pending. Safe for several threads.
 */
final class ExchangeLane {
    private static final Logger LOG = LoggerFactory.getLogger(ExchangeLane.class);

    /** Beyond this many the oldest are dropped: a consumer that is never resumed must not fill the memory. */
    static final int MAX_PENDING = 1000;

    private final String name;
    private final boolean bounded;
    private final Deque<Work> pending = new ArrayDeque<>();
    private @Nullable Executor executor;
    private boolean busy;
    private boolean dropping;

    /** One exchange. */
    interface Work {
        /** @param done to be run once, when the exchange has come back; on any thread */
        void run(Runnable done);

        /** The work will not run soon, or not at all: whoever waits for it need not. May be called again, and before run. */
        default void postponed() {}

        /** The work will never run. */
        default void dropped() {}
    }

    /**
     * @param name for the log
     * @param bounded whether the oldest is dropped when more than {@link #MAX_PENDING} are pending; otherwise whoever
     *     offers sees to it that there are not too many
     */
    ExchangeLane(String name, boolean bounded) {
        this.name = name;
        this.bounded = bounded;
    }

    /** Never blocks. */
    synchronized void offer(Work work) {
        pending.add(work);
        if (bounded && pending.size() > MAX_PENDING) {
            Work oldest = pending.remove();
            oldest.postponed();
            oldest.dropped();
            if (!dropping) {
                LOG.warn("{}: more than {} exchanges are pending; the oldest are dropped", name, MAX_PENDING);
                dropping = true;
            }
        }
        if (executor == null) {
            work.postponed();
        }
        next();
    }

    /** Exchanges run from now on, on threads of this executor. */
    synchronized void open(Executor threads) {
        executor = threads;
        dropping = false;
        next();
    }

    /** No exchange begins from now on; the one on its way goes on. */
    synchronized void shut() {
        executor = null;
        pending.forEach(Work::postponed);
    }

    /** Drops what is pending. */
    synchronized void clear() {
        pending.forEach(Work::postponed);
        pending.forEach(Work::dropped);
        pending.clear();
    }

    /**
     * Waits until no exchange is on its way and, unless the lane is shut, none is pending.
     *
     * @return false when the time was over before
     */
    synchronized boolean awaitIdle(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (busy || executor != null && !pending.isEmpty()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    private synchronized void next() {
        if (busy || executor == null || pending.isEmpty()) {
            notifyAll();
            return;
        }
        busy = true;
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException e) {
            // The consumer is being stopped; what is pending waits for its next start.
            executor = null;
            busy = false;
            notifyAll();
        }
    }

    private void run() {
        Work work;
        synchronized (this) {
            work = executor == null ? null : pending.poll();
        }
        if (work == null) {
            done();
            return;
        }
        try {
            work.run(this::done);
        } catch (RuntimeException e) {
            LOG.error("{}: an exchange could not be begun", name, e);
            done();
        }
    }

    private synchronized void done() {
        busy = false;
        next();
    }
}
