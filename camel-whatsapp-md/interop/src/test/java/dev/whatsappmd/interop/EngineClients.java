package dev.whatsappmd.interop;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.client.WhatsAppClient;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.SessionListener;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.engine.time.SystemTimers;
import dev.whatsappmd.engine.time.Timers;
import dev.whatsappmd.interop.FaultCase.Deadline;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.stream.Collectors;

/** Our own clients, each with its store in a folder of its own. */
final class EngineClients implements FaultLane.Clients, AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(100);
    private static final Duration SHORT_CONNECT = Duration.ofSeconds(4);
    private static final Duration SHORT_QUERY = Duration.ofSeconds(2);
    private static final Duration SHORT_PING = Duration.ofMillis(500);
    private static final Duration SHORT_SILENCE = Duration.ofSeconds(3);
    /** What comes right after linking has rules of its own: LINK_REJECTED. */
    private static final Duration LONG_AFTER_LINKING = Duration.ofHours(1);

    private final Path directory;
    private final String rootKeyHex;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);

    EngineClients(Path directory, String rootKeyHex) {
        this.directory = directory;
        this.rootKeyHex = rootKeyHex;
        timers.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void prepare(LocalWhatsAppServer server) {
        // It takes a server as it is.
    }

    @Override
    public FaultClient open(String identity, String url, Set<Deadline> deadlines) {
        Path folder = directory.resolve(identity);
        return new Client(folder, url, deadlines, Files.exists(folder) ? LONG_AFTER_LINKING : Duration.ZERO);
    }

    @Override
    public void close() {
        threads.shutdown();
        timers.shutdown();
    }

    private final class Client implements FaultClient, SessionListener {
        private final List<ConnectionUpdate> updates = new CopyOnWriteArrayList<>();
        private final List<Throwable> errors = new CopyOnWriteArrayList<>();
        private final Set<String> taken = new HashSet<>();
        private final SqliteSessionStore store;
        private final WhatsAppClient client;

        private Client(Path folder, String url, Set<Deadline> deadlines, Duration ahead) {
            store = new SqliteSessionStore(folder);
            // An unanswered question is not to be noticed before the silence around it.
            boolean asks = deadlines.contains(Deadline.QUERY) && !deadlines.contains(Deadline.SILENCE);
            ClientOptions options = ClientOptions.builder("support", store)
                    .serverUrl(URI.create(url))
                    .serverTrust(ServerTrust.ofHex(rootKeyHex))
                    .connectTimeout(deadlines.contains(Deadline.CONNECT) ? SHORT_CONNECT : LONG)
                    .queryTimeout(asks ? SHORT_QUERY : LONG)
                    .keepAliveInterval(deadlines.contains(Deadline.PING) ? SHORT_PING : LONG)
                    .keepAliveTimeout(deadlines.contains(Deadline.SILENCE) ? SHORT_SILENCE : LONG)
                    .build();
            client = new WhatsAppClient(options, threads, new ClockAhead(new SystemTimers(timers), ahead));
            client.addListener(this);
            client.start();
        }

        @Override
        public void onConnectionUpdate(ConnectionUpdate update, Receipt receipt) {
            updates.add(update);
            receipt.complete(Optional.empty());
        }

        @Override
        public void onError(String message, Throwable cause) {
            errors.add(cause);
        }

        @Override
        public List<String> takeCodes() {
            return updates.stream()
                    .map(ConnectionUpdate::qr)
                    .filter(Objects::nonNull)
                    .filter(taken::add)
                    .toList();
        }

        @Override
        public boolean isOpen() {
            return updates.stream().anyMatch(update -> Boolean.TRUE.equals(update.receivedPendingNotifications()));
        }

        @Override
        public boolean isEnding() {
            return false;
        }

        @Override
        public Optional<Told> told() {
            return updates.stream()
                    .filter(ConnectionUpdate::closes)
                    .findFirst()
                    .map(close -> new Told(
                            report(close.lastDisconnect()), close.reconnect().action()));
        }

        private static String report(LastDisconnect last) {
            String kind = last.kind().name();
            String reason = last.reason().equals(kind) ? "" : last.reason() + ", ";
            String told = last.error().output().statusCode() + " " + reason + kind;
            if (last.origin() != DisconnectOrigin.LOCAL) {
                return told;
            }
            return switch (last.kind()) {
                case UNRESPONSIVE -> told + ", after keepAliveInterval + keepAliveTimeout";
                case UNREACHABLE -> told + ", after connectTimeout";
                default -> told;
            };
        }

        @Override
        public Told stays() {
            return new Told(Told.GOES_ON, "");
        }

        @Override
        public void logsOut() {
            client.logout();
        }

        @Override
        public void ends() {
            client.stop();
        }

        @Override
        public String text() {
            return updates.stream().map(update -> "  " + update + "\n").collect(Collectors.joining());
        }

        @Override
        public void close() {
            client.close();
            store.close();
            if (!errors.isEmpty()) {
                throw new AssertionError("the engine reported an error of its own", errors.get(0));
            }
        }
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
}
