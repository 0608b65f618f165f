package dev.whatsappmd.interop;

import dev.whatsappmd.interop.FaultCase.Deadline;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.SimulatedPhone;
import dev.whatsappmd.localserver.account.OwedPolicy;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Takes clients of one kind through one case after the other, with a server of its own. An identity is used for as many
 * cases as it survives: each begins with a login that finds it as the case before has left it.
 *
 * <p>What decides is always an event: the client's word, or the answer to a stanza that was sent behind the fault.
 */
final class FaultLane implements AutoCloseable {
    /** Clients of one kind. */
    interface Clients {
        /** Makes a new server ready for them. */
        void prepare(LocalWhatsAppServer server);

        /**
         * Begins to connect.
         *
         * @param identity names its credentials; new ones when they are not known
         * @param deadlines which of its deadlines are short
         */
        FaultClient open(String identity, String url, Set<Deadline> deadlines);
    }

    /** All lanes' servers have the same keys, so that one process with one root key can meet them all. */
    private static final long KEYS = 20_260_115L;

    private static final Duration LIMIT = Duration.ofSeconds(150);
    private static final long POLL_NANOS = Duration.ofMillis(4).toNanos();
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final LocalWhatsAppServer server = server();
    private final SimulatedPhone phone = server.phone("4915100000001");
    private final Clients clients;
    private @Nullable String identity;
    private @Nullable LinkedDevice device;

    FaultLane(Clients clients) {
        this.clients = clients;
        clients.prepare(server);
    }

    static LocalWhatsAppServer server() {
        return LocalWhatsAppServer.builder().random(new Random(KEYS)).start();
    }

    Told meet(FaultCase fault) {
        if (!fault.links() && identity == null) {
            link();
        }
        String who = fault.links() ? "linking-" + NUMBERS.incrementAndGet() : identity;
        server.owedPolicy(fault.policy());
        fault.arm().accept(server.script());
        int before = server.connections().size();
        try (FaultClient client = clients.open(who, fault.listens() ? server.url() : nobody(), fault.deadlines())) {
            Told told = untilTold(client, fault, before);
            if (!fault.links() && (told.endsIdentity() || !owed().isEmpty())) {
                identity = null;
            }
            return told;
        } finally {
            server.script().clear();
            server.owedPolicy(OwedPolicy.patient());
            endAll();
        }
    }

    /** @param before how many connections there were before this client */
    private Told untilTold(FaultClient client, FaultCase fault, int before) {
        String id = "probe-" + NUMBERS.incrementAndGet();
        boolean acted = false;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadline) {
            client.takeCodes().forEach(phone::startScan);
            Optional<Told> told = client.told();
            if (told.isPresent()) {
                return told.get();
            }
            if (client.isEnding()) {
                // Baileys waits up to 30 s for a dead server to agree to the end before it tells its own.
                endAll();
            }
            if (!acted && client.isOpen() && (!fault.scripted() || isDone(before))) {
                acted = true;
                switch (fault.act()) {
                    case NOTHING -> device.deliver(fault.probe().apply(id));
                    case LOGS_OUT -> client.logsOut();
                    case ENDS -> client.ends();
                }
            } else if (acted && fault.act() == FaultCase.Act.NOTHING && !owed().contains(id)) {
                return client.stays();
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new AssertionError(fault + ": neither an end nor an answer within " + LIMIT + ". It told:\n"
                + client.text() + "Seen: " + server.recording().summary());
    }

    private boolean isDone(int before) {
        return server.connections().stream()
                .skip(before)
                .anyMatch(connection -> !connection.record().faults().isEmpty());
    }

    private List<String> owed() {
        return device == null
                ? List.of()
                : device.owed().stream().map(node -> node.attribute("id", "")).toList();
    }

    /** A new identity, linked and open once. */
    private void link() {
        String who = "identity-" + NUMBERS.incrementAndGet();
        CompletableFuture<LinkedDevice> scanned = null;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try (FaultClient client = clients.open(who, server.url(), Set.of())) {
            while (client.told().isEmpty() && System.nanoTime() < deadline) {
                for (String code : client.takeCodes()) {
                    scanned = phone.startScan(code);
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
            if (scanned == null || client.told().isEmpty()) {
                throw new AssertionError("was not linked. It told:\n" + client.text());
            }
            device = scanned.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        } finally {
            endAll();
        }
        try (FaultClient client = clients.open(who, server.url(), Set.of())) {
            while (!client.isOpen() && System.nanoTime() < deadline) {
                LockSupport.parkNanos(POLL_NANOS);
            }
            if (!client.isOpen()) {
                throw new AssertionError("did not open after it was linked. It told:\n" + client.text());
            }
        } finally {
            endAll();
        }
        identity = who;
    }

    /** Also what is stalled or silent. */
    private void endAll() {
        server.connections().stream().filter(ServerConnection::isLive).forEach(FaultLane::reset);
        server.awaitAllClosed(LIMIT);
    }

    private static void reset(ServerConnection connection) {
        connection.closeWith(ServerClose.tcpReset());
    }

    /** An address of this machine at which nobody listens any more. */
    private static String nobody() {
        LocalWhatsAppServer gone = LocalWhatsAppServer.start();
        gone.close();
        return gone.url();
    }

    @Override
    public void close() {
        server.close();
        if (!server.internalFailures().isEmpty()) {
            throw new AssertionError(
                    "something failed inside the local server",
                    server.internalFailures().get(0));
        }
    }
}
