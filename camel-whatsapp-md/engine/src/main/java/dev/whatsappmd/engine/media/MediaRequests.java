package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.media.MediaException.Reason;
import dev.whatsappmd.engine.time.Timers;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Asks one host after the other, and once more with new credentials when one refuses. What downloads and deletions have
 * in common. Blocks; safe for all threads.
 */
final class MediaRequests {
    private final MediaSettings settings;
    private final MediaConnections connections;
    private final Timers timers;

    MediaRequests(MediaSettings settings, MediaConnections connections, Timers timers) {
        this.settings = settings;
        this.connections = connections;
        this.timers = timers;
    }

    /** Does it at one host. */
    @FunctionalInterface
    interface Attempt<T> {
        /** @param connection null when the server was not asked for one */
        T at(URI origin, @Nullable MediaConnection connection) throws MediaException;
    }

    MediaSettings settings() {
        return settings;
    }

    HttpExchange exchange(URI address, Cancellation cancellation) throws MediaException {
        return new HttpExchange(address, settings, timers, cancellation);
    }

    /**
     * Without a credential: hosts that are known otherwise do as well when the server cannot be asked, so that a file can
     * be fetched while the session is not open.
     */
    <T> T withoutCredential(Optional<String> url, Cancellation cancellation, Attempt<T> attempt) throws MediaException {
        MediaConnection connection = null;
        MediaException unanswered = null;
        if (!settings.hosts().areFixed()) {
            try {
                connection = await(connections.get(), cancellation);
            } catch (MediaException e) {
                unanswered = e;
            }
        }
        cancellation.check();
        try {
            return refreshing(connection, url, cancellation, attempt);
        } catch (MediaException e) {
            if (unanswered != null) {
                e.addSuppressed(unanswered);
            }
            throw e;
        }
    }

    /** With a credential, which only the server gives. */
    <T> T withCredential(Cancellation cancellation, Attempt<T> attempt) throws MediaException {
        return refreshing(await(connections.get(), cancellation), Optional.empty(), cancellation, attempt);
    }

    private <T> T refreshing(
            @Nullable MediaConnection connection, Optional<String> url, Cancellation cancellation, Attempt<T> attempt)
            throws MediaException {
        try {
            return anywhere(connection, url, cancellation, attempt);
        } catch (MediaException refused) {
            if (refused.reason() != Reason.REFUSED) {
                throw refused;
            }
            MediaConnection other;
            try {
                other = await(connections.instead(connection), cancellation);
            } catch (MediaException e) {
                refused.addSuppressed(e);
                throw refused;
            }
            return anywhere(other, url, cancellation, attempt);
        }
    }

    private <T> T anywhere(
            @Nullable MediaConnection connection, Optional<String> url, Cancellation cancellation, Attempt<T> attempt)
            throws MediaException {
        List<URI> origins = settings.hosts().origins(connection, url);
        MediaException last = null;
        for (URI origin : origins) {
            cancellation.check();
            try {
                return attempt.at(origin, connection);
            } catch (MediaException e) {
                if (last != null) {
                    e.addSuppressed(last);
                }
                last = e;
                if (!e.anotherHostMayHelp()) {
                    throw e;
                }
            }
        }
        throw last == null ? MediaException.of(Reason.NO_HOST, "there is no media host to ask") : last;
    }

    private MediaConnection await(CompletableFuture<MediaConnection> future, Cancellation cancellation)
            throws MediaException {
        cancellation.during(() -> future.cancel(false));
        try {
            return MediaConnections.await(future, settings.connectTimeout());
        } catch (CancellationException e) {
            throw MediaException.cancelled();
        } finally {
            cancellation.done();
        }
    }
}
