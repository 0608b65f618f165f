package dev.whatsappmd.camel;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A stop that is done to its end also by a thread that is interrupted: Camel interrupts the one that shuts routes down when
 * their time is over, and a connection that nobody closes any more would stay.
 */
final class FullStop {
    private FullStop() {}

    /** A step of a stop; the thread is not interrupted when it begins. */
    interface Step {
        void run() throws InterruptedException;
    }

    /** Runs this on a thread that is not interrupted, which it is again afterwards. */
    static void run(Step step) {
        boolean interrupted = Thread.interrupted();
        try {
            step.run();
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits for this, interrupted or not.
     *
     * @return false when it was not done in time, or has failed
     */
    static boolean await(CompletableFuture<?> done, long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    done.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return true;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException | TimeoutException e) {
                    return false;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
