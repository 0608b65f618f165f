package dev.whatsappmd.localserver.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.FaultTour;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * The whole client over real sockets while something happens to the bytes on their way: each connection that was begun
 * is closed by one update, the next one works, nothing hangs and nothing is left.
 */
@Timeout(36_000)
class ClientFuzzTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** How long a client may seem well before the server ends its connection. */
    private static final int GRACE_MILLIS = 300;

    private static LocalWhatsAppServer server;
    private static Gate gate;
    private static Clients clients;
    private static MemoryStore linked;

    @BeforeAll
    static void link() throws Exception {
        server = LocalWhatsAppServer.builder().withoutStanzas().start();
        gate = new Gate(server.port());
        clients = new Clients(server.rootKeyHex(), gate.url());
        linked = clients.link(server);
    }

    @AfterAll
    static void close() throws Exception {
        clients.close();
        gate.close();
        server.close();
        assertThat(server.internalFailures()).isEmpty();
        Clients.awaitNoThreads();
    }

    @Test
    void comesBackAfterWhateverTheServerSeemsToSay(TestInfo info) {
        Fuzz.run(info, 12, random -> attack(random, linked.copy(), true));
    }

    @Test
    void comesBackAfterWhateverHappensToItsOwnWords(TestInfo info) {
        Fuzz.run(info, 6, random -> attack(random, linked.copy(), false));
    }

    @Test
    void showsCodesAfterWhateverHappenedBeforeItWasLinked(TestInfo info) {
        Fuzz.run(info, 6, random -> attack(random, new MemoryStore(), random.nextInt(3) > 0));
    }

    @Test
    void opensHoweverItsBytesAreCut(TestInfo info) {
        Fuzz.run(info, 3, random -> {
            Gate.Attack slow = Attacks.slow(random, random.nextInt(3) > 0);
            gate.attackNext(slow);
            try (Clients.Running client = clients.startPatient(linked.copy())) {
                client.awaitOpenAfter(0);
                assertThat(client.closes()).isZero();
            }
        });
    }

    /** Any fault of the local server at any moment that a linked client passes. */
    @Test
    void comesBackAfterWhateverTheServerDoes(TestInfo info) {
        List<FaultTour.Stop> stops = FaultTour.stops().stream()
                .filter(stop -> stop.moment() != Moment.REGISTRATION && stop.moment() != Moment.PAIRED)
                .filter(stop -> !(stop.fault() instanceof ServerClose.Unlink))
                .toList();
        Fuzz.run(info, 6, random -> {
            for (int i = random.nextInt(2); i >= 0; i--) {
                stops.get(random.nextInt(stops.size())).next(server.script());
            }
            try (Clients.Running client = clients.start(linked.copy())) {
                client.awaitCloseOr(GRACE_MILLIS, () -> server.inflict(ServerClose.tcpReset()));
                client.comeBackAfter(1);
            } finally {
                server.script().clear();
            }
        });
    }

    @Test
    void comesBackAfterWhateverTheServerSays(TestInfo info) {
        Fuzz.run(info, 6, random -> {
            try (Clients.Running client = clients.start(linked.copy())) {
                client.awaitOpenAfter(0);
                ServerConnection connection = server.awaitOpen(LIMIT);
                Babble babble = new Babble(random);
                for (int i = random.nextInt(100); i >= 0; i--) {
                    if (random.nextBoolean()) {
                        connection.send(babble.stanza());
                    } else {
                        connection.sendDeflated(babble.stanza());
                    }
                }
                connection.inflict(ServerClose.tcpReset());
                client.comeBackAfter(1);
            }
        });
    }

    private static void attack(RandomGenerator random, MemoryStore store, boolean toClient) throws Exception {
        Gate.Attack attack = Attacks.any(random, toClient);
        gate.attackNext(attack);
        boolean isLinked = store.isLinked();
        try (Clients.Running client = clients.start(store)) {
            attack.awaitOver(LIMIT.toSeconds());
            if (isLinked) {
                client.awaitOpenAfter(1);
            } else {
                client.awaitCodeAfter(1);
            }
        }
    }
}
