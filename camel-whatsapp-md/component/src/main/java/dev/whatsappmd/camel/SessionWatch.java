package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.SessionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the component itself hears of a session: whether it is open, since when it is not, who waits for it, and the codes
 * that are drawn on standard output.
 */
final class SessionWatch implements SessionListener {
    /** The phase of a session that is over until somebody asks for it. */
    static final String HALTED = "halted";

    private final @Nullable Executor printer;
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private boolean open;
    private long notOpenSince = System.nanoTime();

    /** @param printer draws codes; null when none are wanted */
    SessionWatch(@Nullable Executor printer) {
        this.printer = printer;
    }

    @Override
    public void onConnectionUpdate(ConnectionUpdate update, Receipt receipt) {
        receipt.complete(Optional.empty());
        ConnectionState state = update.connection();
        if (state != null) {
            changed(state == ConnectionState.OPEN);
        }
        String qr = update.qr();
        if (qr != null && printer != null) {
            printer.execute(() -> TerminalQr.print(qr));
        }
    }

    /** For how long the session has not been open; zero while it is. */
    synchronized Duration notOpenFor() {
        return open ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - notOpenSince);
    }

    /** Completes, on the session's thread, when the session is open. */
    synchronized CompletableFuture<Void> whenOpen() {
        CompletableFuture<Void> future = new CompletableFuture<>();
        if (open) {
            future.complete(null);
        } else {
            waiting.add(future);
            future.whenComplete((done, failure) -> forget(future));
        }
        return future;
    }

    /** Whether anybody waits for the session to open. */
    synchronized boolean isAwaited() {
        return !waiting.isEmpty();
    }

    /** The session is over: who waits for it to open waits for nothing. */
    void end(RuntimeException why) {
        List<CompletableFuture<Void>> left;
        synchronized (this) {
            left = List.copyOf(waiting);
            waiting.clear();
        }
        left.forEach(future -> future.completeExceptionally(why));
    }

    private synchronized void forget(CompletableFuture<Void> future) {
        waiting.remove(future);
    }

    private void changed(boolean nowOpen) {
        List<CompletableFuture<Void>> released = List.of();
        synchronized (this) {
            if (open && !nowOpen) {
                notOpenSince = System.nanoTime();
            }
            open = nowOpen;
            if (nowOpen) {
                released = List.copyOf(waiting);
                waiting.clear();
            }
        }
        released.forEach(future -> future.complete(null));
    }
}
