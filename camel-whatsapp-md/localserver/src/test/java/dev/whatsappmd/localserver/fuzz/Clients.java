package dev.whatsappmd.localserver.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.client.WhatsAppClient;
import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.SessionListener;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.time.SystemTimers;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Starts real clients with short deadlines, and looks at what they told. */
final class Clients implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ServerTrust trust;
    private final URI url;
    private final ExecutorService threads = Executors.newFixedThreadPool(2, task -> {
        Thread thread = new Thread(task, "session");
        thread.setDaemon(true);
        return thread;
    });
    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "session-timers");
        thread.setDaemon(true);
        return thread;
    });

    Clients(String rootKeyHex, URI url) {
        this.trust = ServerTrust.ofHex(rootKeyHex);
        this.url = url;
        timers.setRemoveOnCancelPolicy(true);
    }

    /** With deadlines of a second or two, so that what is lost is noticed soon. */
    Running start(MemoryStore store) {
        return start(store, Duration.ofSeconds(1));
    }

    /** With deadlines that no machine is too slow for. */
    Running startPatient(MemoryStore store) {
        return start(store, LIMIT);
    }

    private Running start(MemoryStore store, Duration patience) {
        Running running = new Running(store, patience);
        running.client.start();
        return running;
    }

    /** The rows of a device that was linked, opened and stopped. */
    MemoryStore link(LocalWhatsAppServer server) throws Exception {
        MemoryStore store = new MemoryStore();
        try (Running client = start(store)) {
            server.phone("4915100000001").scan(client.awaitCodeAfter(0).qr());
            client.awaitOpenAfter(0);
        }
        return store;
    }

    @Override
    public void close() throws InterruptedException {
        threads.shutdown();
        timers.shutdown();
        assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(timers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Waits until no thread of any connection is left. */
    static void awaitNoThreads() {
        await("the end of all threads").atMost(LIMIT).untilAsserted(() -> assertThat(
                        Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .noneMatch(name -> name.startsWith("WebSocket") || name.startsWith("session")));
    }

    /** One client, and all that it told. */
    final class Running implements AutoCloseable {
        private final List<ConnectionUpdate> updates = new ArrayList<>();
        private final List<Throwable> errors = new ArrayList<>();
        private final WhatsAppClient client;

        private Running(MemoryStore store, Duration patience) {
            ReconnectSettings quick = ReconnectSettings.defaults()
                    .withDelay(Duration.ofMillis(5))
                    .withMultiplier(1)
                    .withJitter(0);
            ClientOptions options = ClientOptions.builder("support", store)
                    .serverUrl(url)
                    .serverTrust(trust)
                    .reconnect(quick)
                    .connectTimeout(patience.multipliedBy(2))
                    .queryTimeout(patience.multipliedBy(2))
                    .keepAliveInterval(patience)
                    .keepAliveTimeout(patience)
                    .build();
            client = new WhatsAppClient(options, threads, new SystemTimers(timers));
            client.addListener(new SessionListener() {
                @Override
                public void onConnectionUpdate(ConnectionUpdate update, Receipt receipt) {
                    synchronized (Running.this) {
                        updates.add(update);
                        Running.this.notifyAll();
                    }
                    receipt.complete(Optional.empty());
                }

                @Override
                public void onError(String message, Throwable cause) {
                    synchronized (Running.this) {
                        errors.add(cause);
                    }
                }
            });
        }

        /** Waits for an update of a connection after this one. */
        ConnectionUpdate awaitOpenAfter(long generation) throws InterruptedException {
            return await(
                    "open after connection " + generation,
                    update -> update.connection() == ConnectionState.OPEN && update.generation() > generation);
        }

        ConnectionUpdate awaitCodeAfter(long generation) throws InterruptedException {
            return await(
                    "a code after connection " + generation,
                    update -> update.qr() != null && update.generation() > generation);
        }

        synchronized ConnectionUpdate await(String what, Predicate<ConnectionUpdate> wanted)
                throws InterruptedException {
            long end = System.nanoTime() + LIMIT.toNanos();
            while (true) {
                Optional<ConnectionUpdate> found =
                        updates.stream().filter(wanted).findFirst();
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (found.isPresent()) {
                    return found.get();
                }
                if (left <= 0) {
                    throw new AssertionError(
                            "waited for " + what + ", the client is " + client.status() + "\n" + describe());
                }
                wait(left);
            }
        }

        /** Waits for the connection to work again; where a person would have to say so, says so. */
        void comeBackAfter(long generation) throws InterruptedException {
            await(
                    "the close of connection " + generation,
                    update -> update.closes() && update.generation() >= generation);
            long end = System.nanoTime() + LIMIT.toNanos();
            while (System.nanoTime() < end && !isOpenAfter(generation)) {
                String phase = client.status().phase();
                if (phase.equals("halted") || phase.equals("parked")) {
                    client.reconnect();
                }
                synchronized (this) {
                    wait(20);
                }
            }
            awaitOpenAfter(generation);
        }

        private synchronized boolean isOpenAfter(long generation) {
            return updates.stream()
                    .anyMatch(
                            update -> update.connection() == ConnectionState.OPEN && update.generation() > generation);
        }

        /** Waits for the first close, and does this each time that there was none for so long. */
        synchronized void awaitCloseOr(long millis, Runnable otherwise) throws InterruptedException {
            long end = System.nanoTime() + LIMIT.toNanos();
            while (closes() == 0 && System.nanoTime() < end) {
                long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
                for (long left = millis;
                        left > 0 && closes() == 0;
                        left = TimeUnit.NANOSECONDS.toMillis(next - System.nanoTime())) {
                    wait(left);
                }
                if (closes() == 0) {
                    otherwise.run();
                }
            }
        }

        synchronized long closes() {
            return updates.stream().filter(ConnectionUpdate::closes).count();
        }

        private String describe() {
            return updates.stream().map(ConnectionUpdate::toString).reduce("", (all, next) -> all + "\n  " + next)
                    + "\n  errors " + errors;
        }

        /** Stops, and checks that nothing is left and that each connection which was begun was closed once. */
        @Override
        public void close() throws Exception {
            client.stop().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            synchronized (this) {
                assertThat(errors).as("errors, after%s", describe()).isEmpty();
                assertThat(timers.getQueue()).as("timers left").isEmpty();
                List<Long> begun = generations(update -> update.connection() == ConnectionState.CONNECTING);
                List<Long> closed = generations(ConnectionUpdate::closes);
                assertThat(closed)
                        .as("closed, after%s", describe())
                        .isEqualTo(begun)
                        .doesNotHaveDuplicates();
            }
        }

        private List<Long> generations(Predicate<ConnectionUpdate> wanted) {
            return updates.stream()
                    .filter(wanted)
                    .map(ConnectionUpdate::generation)
                    .toList();
        }
    }
}
