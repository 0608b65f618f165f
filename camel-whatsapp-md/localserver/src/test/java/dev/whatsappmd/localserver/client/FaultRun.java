package dev.whatsappmd.localserver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.SimulatedPhone;
import dev.whatsappmd.localserver.fault.ServerScript;
import dev.whatsappmd.localserver.record.StanzaMatch;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Takes the real client through one fault after the other: it is started, meets the fault, comes back, is stopped. What
 * must hold whatever the fault is checked here.
 */
final class FaultRun implements AutoCloseable {
    static final Duration CONNECT_TIMEOUT = Duration.ofMillis(3_000);
    static final Duration KEEP_ALIVE_INTERVAL = Duration.ofMillis(400);
    static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofMillis(1_200);
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration LONG_AFTER_PAIRING = Duration.ofHours(1);

    private final Path directory;
    private final LocalWhatsAppServer server = LocalWhatsAppServer.start();
    private final SimulatedPhone phone = server.phone("4915100000001");
    private int identities;

    FaultRun(Path directory) {
        this.directory = directory;
    }

    LocalWhatsAppServer server() {
        return server;
    }

    /** The first close of a run; empty when the client noticed nothing and opened. */
    record Met(Optional<ConnectionUpdate> close) {}

    /**
     * A device that is linked meets the fault at its login.
     *
     * @param closes whether the fault ends a connection; else the run ends when one has lasted
     */
    Met withLinkedDevice(Consumer<ServerScript> fault, boolean closes) {
        if (identities == 0) {
            link(true);
        }
        Path store = directory.resolve("identity-" + identities);
        Credentials before = credentials(store);
        fault.accept(server.script());
        try (RunningClient client = RunningClient.start(server, store, LONG_AFTER_PAIRING, FaultRun::options)) {
            Met met = untilThrough(client, closes);
            client.close();
            assertThat(client.updates).as("codes for a linked device").noneMatch(update -> update.qr() != null);
            assertHolds(client);
            Credentials after = credentials(store);
            assertThat(after.noiseKey().publicKey()).isEqualTo(before.noiseKey().publicKey());
            assertThat(after.identityKey().publicKey())
                    .isEqualTo(before.identityKey().publicKey());
            assertThat(after.account().orElseThrow().id())
                    .isEqualTo(before.account().orElseThrow().id());
            assertThat(after.revocation()).isEmpty();
            return met;
        } finally {
            server.script().clear();
        }
    }

    /** A new device meets the fault while it is linked. */
    Met withNewDevice(Consumer<ServerScript> fault, boolean closes) {
        fault.accept(server.script());
        try {
            return link(closes);
        } finally {
            server.script().clear();
        }
    }

    private Met link(boolean closes) {
        identities++;
        Path store = directory.resolve("identity-" + identities);
        try (RunningClient client = RunningClient.start(server, store, FaultRun::options)) {
            Met met = untilThrough(client, closes);
            client.close();
            assertHolds(client);
            assertThat(credentials(store).account()).isPresent();
            return met;
        }
    }

    private static ClientOptions.Builder options(ClientOptions.Builder options) {
        return options.connectTimeout(CONNECT_TIMEOUT)
                .queryTimeout(CONNECT_TIMEOUT)
                .keepAliveInterval(KEEP_ALIVE_INTERVAL)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT)
                .reconnect(ReconnectSettings.defaults()
                        .withDelay(Duration.ofMillis(20))
                        .withJitter(0));
    }

    /** Scans every code that is shown, and wakes the client up when it waits for that, until it has come through. */
    private Met untilThrough(RunningClient client, boolean closes) {
        Set<String> scanned = new HashSet<>();
        boolean[] woken = {false};
        await("the way back").atMost(LIMIT).pollInterval(Duration.ofMillis(5)).until(() -> {
            for (ConnectionUpdate update : client.updates) {
                if (update.qr() != null && scanned.add(update.qr())) {
                    phone.startScan(update.qr());
                }
            }
            String phase = client.client.status().phase();
            if (!woken[0] && (phase.equals("halted") || phase.equals("parked"))) {
                woken[0] = true;
                client.client.reconnect();
            }
            boolean closed = client.updates.stream().anyMatch(ConnectionUpdate::closes);
            return client.client.status().receivedPendingNotifications()
                    && phase.equals("open")
                    && (closed || !closes && hasPinged());
        });
        return new Met(client.updates.stream().filter(ConnectionUpdate::closes).findFirst());
    }

    /** A connection on which nothing is wrong has to last for a while: until its first sign of life. */
    private boolean hasPinged() {
        return server.liveConnections().stream()
                .flatMap(connection -> connection.record().received().stream())
                .anyMatch(stanza -> StanzaMatch.iq("get", "w:p").child("ping").test(stanza.node()));
    }

    /** One connecting and one close for each connection, the close last; nothing failed inside. */
    private void assertHolds(RunningClient client) {
        Map<Long, List<ConnectionState>> states = client.updates.stream()
                .filter(update -> update.connection() != null)
                .collect(Collectors.groupingBy(
                        ConnectionUpdate::generation,
                        TreeMap::new,
                        Collectors.mapping(ConnectionUpdate::connection, Collectors.toList())));
        assertThat(states).allSatisfy((generation, told) -> assertThat(told)
                .as("connection %s", generation)
                .isIn(
                        List.of(ConnectionState.CONNECTING, ConnectionState.CLOSE),
                        List.of(ConnectionState.CONNECTING, ConnectionState.OPEN, ConnectionState.CLOSE)));
        assertThat(states.keySet().stream().mapToLong(Long::longValue).max().orElseThrow())
                .as("connections in all: %s", client.updates)
                .isLessThanOrEqualTo(4);
        assertThat(client.errors).isEmpty();
        assertThat(server.internalFailures()).isEmpty();
        assertThat(server.recording().failures()).isEmpty();
    }

    private static Credentials credentials(Path store) {
        try (SqliteSessionStore sqlite = new SqliteSessionStore(store);
                StoredSession session = sqlite.open("support");
                Snapshot snapshot = session.snapshot()) {
            return SessionRows.credentials(snapshot).orElseThrow();
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
