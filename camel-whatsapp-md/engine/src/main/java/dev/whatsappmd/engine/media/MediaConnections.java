package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.media.MediaException.Reason;
import dev.whatsappmd.engine.time.Timers;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one session's {@link MediaConnection} while it is fresh. However many downloads need one, the server is asked once
 * at a time. Safe for all threads.
 */
public final class MediaConnections {
    private final Supplier<CompletableFuture<MediaConnection>> source;
    private final Timers timers;
    private @Nullable MediaConnection current;
    private @Nullable CompletableFuture<MediaConnection> asking;

    /**
     * @param source asks the server: sends {@link MediaConnection#query()} and reads the answer. It returns at once; what
     *     goes wrong is told by the future. Called on the threads of downloads.
     */
    public MediaConnections(Supplier<CompletableFuture<MediaConnection>> source, Timers timers) {
        this.source = Objects.requireNonNull(source, "source");
        this.timers = Objects.requireNonNull(timers, "timers");
    }

    /** A fresh one: the one that is kept, or a new one. */
    public synchronized CompletableFuture<MediaConnection> get() {
        return current != null && current.isFresh(timers.now()) ? CompletableFuture.completedFuture(current) : ask();
    }

    /**
     * Another one than this, which a host refused: a new one, unless somebody has fetched one meanwhile.
     *
     * @param refused null when none was used
     */
    public synchronized CompletableFuture<MediaConnection> instead(@Nullable MediaConnection refused) {
        boolean newer = current != null && current != refused;
        return newer ? get() : ask();
    }

    private CompletableFuture<MediaConnection> ask() {
        if (asking == null) {
            CompletableFuture<MediaConnection> answer = asked();
            asking = answer;
            answer.whenComplete((connection, failure) -> answered(answer, connection));
            return answer.copy();
        }
        return asking.copy();
    }

    private CompletableFuture<MediaConnection> asked() {
        try {
            return source.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private synchronized void answered(
            CompletableFuture<MediaConnection> answer, @Nullable MediaConnection connection) {
        if (connection != null) {
            current = connection;
        }
        if (asking == answer) {
            asking = null;
        }
    }

    /** Waits for one on the thread of a download. */
    static MediaConnection await(CompletableFuture<MediaConnection> future, Duration timeout) throws MediaException {
        try {
            return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw MediaException.of(
                    Reason.NO_HOST, "the server named no media host within " + timeout.toMillis() + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MediaException.cancelled();
        } catch (ExecutionException | CompletionException e) {
            if (e.getCause() instanceof MediaException cause) {
                throw cause;
            }
            throw MediaException.of(
                    Reason.NO_HOST,
                    "the server could not be asked for a media host: "
                            + e.getCause().getMessage(),
                    e.getCause());
        }
    }
}
