package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.time.Timers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a thing that takes too long, from the timers' thread. Its deadline may be moved as often as one likes: only one
 * timer waits at a time. Safe for all threads.
 */
final class Watchdog implements AutoCloseable {
    private final Timers timers;
    private final Runnable end;
    private long deadline;
    private String what = "";
    private Timers.@Nullable Timer timer;
    private long timerAt;
    private @Nullable String expired;
    private boolean closed;

    /** @param end must not wait for anything */
    Watchdog(Timers timers, Runnable end) {
        this.timers = timers;
        this.end = end;
    }

    long now() {
        return timers.nowMillis();
    }

    /** From now on this long. */
    void begin(Duration time, String overdue) {
        until(now() + time.toMillis(), overdue + " within " + time.toMillis() + " ms");
    }

    /** @param at milliseconds of the timers; @param overdue what is said when it is over */
    synchronized void until(long at, String overdue) {
        deadline = at;
        what = overdue;
        if (closed || expired != null || timer != null && timerAt <= at) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        schedule(at);
    }

    private void schedule(long at) {
        timerAt = at;
        timer = timers.schedule(Math.max(0, at - now()), this::look);
    }

    private void look() {
        synchronized (this) {
            timer = null;
            if (closed || expired != null) {
                return;
            }
            if (now() < deadline) {
                schedule(deadline);
                return;
            }
            expired = what;
        }
        end.run();
    }

    /** What took too long; null when nothing did. */
    synchronized @Nullable String expired() {
        return expired;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
