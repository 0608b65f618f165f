package dev.whatsappmd.localserver.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.MessageLedger;
import dev.whatsappmd.localserver.MessageLoad;
import dev.whatsappmd.localserver.SimulatedPhone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A consumer is killed with -9 again and again, at random moments: while it is linked, while messages come in live and
 * from the queue, while it uploads pre-keys. Afterwards every message that was sent was seen, one that was seen twice was
 * marked, none was asked for again, and the device was linked once.
 *
 * <p>{@code -Dkills=200} is the long form, {@code -Dkill.seed} another course of events.
 */
abstract class KillRun {
    private static final int KILLS = Integer.getInteger("kills", 10);
    private static final long SEED = Long.getLong("kill.seed", 1);
    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final Random random = new Random(SEED);
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger codesAfterOpen = new AtomicInteger();
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(2);

    private LocalWhatsAppServer server;
    private SimulatedPhone phone;

    @TempDir
    Path directory;

    @BeforeEach
    void start() {
        server = LocalWhatsAppServer.start();
        phone = server.phone("4915550001234");
    }

    @AfterEach
    void stop() {
        later.shutdownNow();
        server.close();
    }

    final void run(String store) throws Exception {
        killWhileLinking(store);
        MessageLoad load = MessageLoad.of(phone, SEED).contacts(6).groups(2).begin();
        for (int kill = 0; kill < KILLS; kill++) {
            killUnderLoad(store, load);
        }
        try (ConsumerProcess last = start(store)) {
            load.write(20);
            await("all messages seen").atMost(LIMIT).untilAsserted(() -> assertThat(
                            load.ledger().compare(readable()).lost())
                    .as("kill.seed=%d", SEED)
                    .isEmpty());
            device().awaitNothingOwed(LIMIT);
            last.stop();
        }
        judge(load.ledger());
    }

    /** Some attempts die on the way; one that has confirmed the link must never ask for another. */
    private void killWhileLinking(String store) throws Exception {
        for (int kill = 0; kill < Math.max(2, KILLS / 5); kill++) {
            killAfter(start(store), 300 + random.nextInt(2500));
        }
        try (ConsumerProcess ignored = start(store)) {
            await("linked and open").atMost(LIMIT).until(() -> opened.get() > 0);
        }
    }

    private void killUnderLoad(String store, MessageLoad load) throws Exception {
        if (random.nextInt(3) == 0) {
            // So few that the next login uploads more.
            device().keepPreKeys(random.nextInt(5));
        }
        load.write(random.nextInt(30));
        ConsumerProcess consumer = start(store);
        CountDownLatch killed = new CountDownLatch(1);
        later.schedule(killed::countDown, 500 + random.nextInt(3000), TimeUnit.MILLISECONDS);
        while (!killed.await(random.nextInt(40), TimeUnit.MILLISECONDS)) {
            load.write(1 + random.nextInt(3));
        }
        consumer.kill();
    }

    private void killAfter(ConsumerProcess consumer, long millis) throws InterruptedException {
        CountDownLatch due = new CountDownLatch(1);
        later.schedule(due::countDown, millis, TimeUnit.MILLISECONDS);
        assertThat(due.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        consumer.kill();
    }

    private ConsumerProcess start(String store) throws IOException {
        return new ConsumerProcess(
                List.of(
                        server.url(),
                        server.rootKeyHex(),
                        store,
                        seenFile().toString(),
                        Long.toString(random.nextLong())),
                directory,
                this::hear);
    }

    private void hear(String line) {
        if (line.startsWith("qr ")) {
            if (opened.get() > 0) {
                codesAfterOpen.incrementAndGet();
            }
            // Whether it comes to a link depends on when the device dies.
            phone.startScan(line.substring("qr ".length()));
        } else if (line.equals("open")) {
            opened.incrementAndGet();
        }
    }

    private LinkedDevice device() {
        return phone.devices().stream()
                .filter(device -> !device.isRemoved())
                .reduce((one, other) -> other)
                .orElseThrow();
    }

    // ---- what was seen

    private Path seenFile() {
        return directory.resolve("seen.txt");
    }

    private List<SeenMessage> seen() throws IOException {
        if (!Files.exists(seenFile())) {
            return List.of();
        }
        return Files.readAllLines(seenFile(), StandardCharsets.UTF_8).stream()
                .map(SeenMessage::parse)
                .toList();
    }

    private List<MessageLedger.Seen> readable() throws IOException {
        return seen().stream()
                .map(message -> new MessageLedger.Seen(message.id(), message.text()))
                .toList();
    }

    private void judge(MessageLedger ledger) throws IOException {
        MessageLedger.Comparison comparison = ledger.compare(readable());
        assertThat(comparison.isWhole())
                .as("kill.seed=%d: %s", SEED, comparison)
                .isTrue();
        Set<String> before = new HashSet<>();
        for (SeenMessage message : seen()) {
            assertThat(message.kind()).as("%s could be read", message.id()).isNotEqualTo("unreadable");
            if (!before.add(message.deliveryId())) {
                assertThat(message.redelivered())
                        .as("%s was seen before and is marked", message.id())
                        .isTrue();
            }
        }
        assertThat(before).as("one delivery id for each message").hasSize(ledger.size());
        assertThat(codesAfterOpen).as("codes shown after it was linked").hasValue(0);
        assertThat(phone.devices().stream().filter(device -> !device.isRemoved()))
                .as("links")
                .hasSize(1);
        System.out.printf(
                "killed %d times: %d messages sent, %d deliveries seen, %d lost, %d repeated and marked%n",
                KILLS,
                ledger.size(),
                seen().size(),
                comparison.lost().size(),
                comparison.duplicated().size());
    }
}
