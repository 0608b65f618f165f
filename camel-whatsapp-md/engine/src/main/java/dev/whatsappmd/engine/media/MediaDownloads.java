package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.time.Timers;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The door of the room: fetches and deletes files. Safe for all threads; holds no connection, thread or file between two
 * requests.
 *
 * <p>A request blocks a thread of the caller's executor for as long as it takes: never give it a session's. Who gives up
 * cancels the future, or lets it time out: the socket is closed in whatever step it is, the temporary file goes, and the
 * thread is free. All that goes wrong is a {@link MediaException}.
 */
public final class MediaDownloads {
    private final MediaRequests requests;
    private final MediaDownloader downloader;

    /**
     * @param connections whose media hosts and credential
     * @param timers their thread closes the sockets of steps that take too long
     */
    public MediaDownloads(MediaSettings settings, MediaConnections connections, Timers timers) {
        requests = new MediaRequests(
                Objects.requireNonNull(settings, "settings"),
                Objects.requireNonNull(connections, "connections"),
                Objects.requireNonNull(timers, "timers"));
        downloader = new MediaDownloader(requests);
    }

    /** {@link #download(MediaReference, MediaFile.Check, Executor)}, all of it checked before it is given out. */
    public CompletableFuture<MediaFile> download(MediaReference reference, Executor executor) {
        return download(reference, MediaFile.Check.BEFORE, executor);
    }

    /**
     * Fetches a file.
     *
     * @param executor runs the request; a thread of it is used until the future completes
     * @return the file, which the caller closes; one that comes after the future was cancelled is closed here
     */
    public CompletableFuture<MediaFile> download(MediaReference reference, MediaFile.Check check, Executor executor) {
        Objects.requireNonNull(reference, "reference");
        Objects.requireNonNull(check, "check");
        return run(executor, cancellation -> downloader.download(reference, check, cancellation), MediaFile::close);
    }

    /**
     * Deletes a file from the media server.
     *
     * @return false when it was gone already
     */
    public CompletableFuture<Boolean> delete(MediaDeletion deletion, Executor executor) {
        Objects.requireNonNull(deletion, "deletion");
        return run(executor, cancellation -> deletion.carryOut(requests, cancellation), deleted -> {});
    }

    private interface Work<T> {
        T run(Cancellation cancellation) throws MediaException;
    }

    private interface Unwanted<T> {
        void discard(T result);
    }

    private static <T> CompletableFuture<T> run(Executor executor, Work<T> work, Unwanted<T> unwanted) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Cancellation cancellation = new Cancellation();
        future.whenComplete((result, failure) -> {
            if (failure != null) {
                cancellation.cancel();
            }
        });
        Runnable task = () -> {
            try {
                cancellation.check();
                T result = work.run(cancellation);
                if (!future.complete(result)) {
                    unwanted.discard(result);
                }
            } catch (Throwable e) {
                // Whatever it is, nobody else would tell the one who waits.
                future.completeExceptionally(e);
            }
        };
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            future.completeExceptionally(e);
        }
        return future;
    }
}
