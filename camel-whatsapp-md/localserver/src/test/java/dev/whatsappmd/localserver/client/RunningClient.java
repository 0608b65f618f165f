package dev.whatsappmd.localserver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.client.WhatsAppClient;
import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.SessionListener;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.engine.time.SystemTimers;
import dev.whatsappmd.engine.time.Timers;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.reconnect.ReconnectDirective;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The real client with its real store, and all that it told. */
final class RunningClient implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(20);

    final List<ConnectionUpdate> updates = new CopyOnWriteArrayList<>();
    final List<Throwable> errors = new CopyOnWriteArrayList<>();
    final WhatsAppClient client;
    private final SessionStore store;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);
    /** What the route says about a close; null keeps the receipt open for ever. */
    volatile Function<ConnectionUpdate, Optional<ReconnectDirective>> lastWord = update -> Optional.empty();

    private RunningClient(
            LocalWhatsAppServer server,
            Path directory,
            Duration ahead,
            UnaryOperator<ClientOptions.Builder> change,
            SessionListener... listeners) {
        store = new SqliteSessionStore(directory);
        timers.setRemoveOnCancelPolicy(true);
        ClientOptions options = change.apply(ClientOptions.builder("support", store)
                        .serverUrl(URI.create(server.url()))
                        .serverTrust(ServerTrust.ofHex(server.rootKeyHex())))
                .build();
        client = new WhatsAppClient(options, threads, new ClockAhead(new SystemTimers(timers), ahead));
        List.of(listeners).forEach(client::addListener);
        client.addListener(new SessionListener() {
            @Override
            public void onConnectionUpdate(ConnectionUpdate update, Receipt receipt) {
                updates.add(update);
                Function<ConnectionUpdate, Optional<ReconnectDirective>> word = lastWord;
                if (word != null) {
                    receipt.complete(word.apply(update));
                }
            }

            @Override
            public void onError(String message, Throwable cause) {
                errors.add(cause);
            }
        });
    }

    static RunningClient start(LocalWhatsAppServer server, Path directory) {
        return start(server, directory, options -> options);
    }

    /** @param listeners there before it starts, so that they miss nothing */
    static RunningClient start(
            LocalWhatsAppServer server,
            Path directory,
            UnaryOperator<ClientOptions.Builder> change,
            SessionListener... listeners) {
        RunningClient running = new RunningClient(server, directory, Duration.ZERO, change, listeners);
        running.client.start();
        return running;
    }

    /** @param ahead how far the client's wall clock is ahead: what happens right after pairing has rules of its own */
    static RunningClient start(
            LocalWhatsAppServer server, Path directory, Duration ahead, UnaryOperator<ClientOptions.Builder> change) {
        RunningClient running = new RunningClient(server, directory, ahead, change);
        running.client.start();
        return running;
    }

    ConnectionUpdate awaitUpdate(String what, Predicate<ConnectionUpdate> wanted) {
        return awaitUpdate(what, 1, wanted);
    }

    ConnectionUpdate awaitUpdate(String what, int nth, Predicate<ConnectionUpdate> wanted) {
        await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertThat(
                        updates.stream().filter(wanted))
                .as("%s among %s, errors %s", what, updates, errors)
                .hasSizeGreaterThanOrEqualTo(nth));
        return updates.stream().filter(wanted).skip(nth - 1L).findFirst().orElseThrow();
    }

    ConnectionUpdate awaitQr() {
        return awaitUpdate("a QR code", update -> update.qr() != null);
    }

    ConnectionUpdate awaitOpen(int nth) {
        return awaitUpdate("open", nth, update -> update.connection() == ConnectionState.OPEN);
    }

    ConnectionUpdate awaitClose(int nth) {
        return awaitUpdate("close", nth, ConnectionUpdate::closes);
    }

    ConnectionUpdate awaitPendingReceived(int nth) {
        return awaitUpdate(
                "receivedPendingNotifications",
                nth,
                update -> Boolean.TRUE.equals(update.receivedPendingNotifications()));
    }

    private record ClockAhead(Timers timers, Duration ahead) implements Timers {
        @Override
        public long nowMillis() {
            return timers.nowMillis();
        }

        @Override
        public Instant now() {
            return timers.now().plus(ahead);
        }

        @Override
        public Timer schedule(long delayMillis, Runnable task) {
            return timers.schedule(delayMillis, task);
        }
    }

    @Override
    public void close() {
        client.close();
        store.close();
        assertThat(timers.getQueue()).as("timers left after the stop").isEmpty();
        threads.shutdown();
        timers.shutdown();
    }
}
