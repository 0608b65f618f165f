package dev.whatsappmd.engine.time;

import java.time.Instant;

/** The clock, and things to do later. Real time in production, moved by hand in tests. Safe for several threads. */
public interface Timers {
    /** Milliseconds that only grow, from an arbitrary start; for measuring, unmoved by changes of the wall clock. */
    long nowMillis();

    /** The wall clock. */
    Instant now();

    /**
     * Runs the task once, after the delay, on a thread of the timers: the task must only hand over.
     *
     * @param delayMillis 0 or more
     */
    Timer schedule(long delayMillis, Runnable task);

    /** A thing to do later. */
    interface Timer {
        /** From now on the task does not start; no effect when it has already. */
        void cancel();
    }
}
