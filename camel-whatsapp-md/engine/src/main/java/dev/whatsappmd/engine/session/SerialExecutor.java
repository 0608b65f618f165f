package dev.whatsappmd.engine.session;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Runs tasks one after the other, in their order, on threads of another executor: what many sessions share a few
 * threads by. A session's thread, in these documents, is whichever thread runs its present task.
 */
final class SerialExecutor implements Executor {
    /** After so many tasks the thread is given back, so that one busy session does not keep others waiting. */
    private static final int TURN = 64;

    private final Executor threads;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean running;
    private volatile Thread current;

    SerialExecutor(Executor threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (waiting) {
            waiting.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        hand();
    }

    private void hand() {
        try {
            threads.execute(this::turn);
        } catch (RuntimeException e) {
            synchronized (waiting) {
                running = false;
            }
            throw e;
        }
    }

    /** A task that fails is the thread's to report; those behind it run all the same. */
    private void turn() {
        current = Thread.currentThread();
        boolean more = true;
        try {
            for (int done = 0; done < TURN && more; done++) {
                more = runNext();
            }
        } finally {
            if (more) {
                current = null;
                hand();
            }
        }
    }

    private boolean runNext() {
        Runnable task;
        synchronized (waiting) {
            task = waiting.poll();
            if (task == null) {
                // Before another thread may take over.
                current = null;
                running = false;
                return false;
            }
        }
        task.run();
        return true;
    }

    /** Fails when the caller is not this executor's present task. */
    void assertCurrent() {
        if (current != Thread.currentThread()) {
            throw new IllegalStateException("to be called on the session's thread only, not on "
                    + Thread.currentThread().getName());
        }
    }
}
