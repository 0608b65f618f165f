package dev.whatsappmd.engine.media;

import org.jspecify.annotations.Nullable;

/** The caller's way to end a download in the middle of whatever step it is in. Safe for all threads. */
final class Cancellation {
    private boolean cancelled;
    private @Nullable Runnable abort;

    void cancel() {
        Runnable now;
        synchronized (this) {
            cancelled = true;
            now = abort;
            abort = null;
        }
        if (now != null) {
            now.run();
        }
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    synchronized void check() throws MediaException {
        if (cancelled) {
            throw MediaException.cancelled();
        }
    }

    /** What ends the step that begins now; until {@link #done}. */
    synchronized void during(Runnable ending) throws MediaException {
        check();
        abort = ending;
    }

    synchronized void done() {
        abort = null;
    }
}
