package dev.whatsappmd.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.interop.FaultTable.Outcome;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Baileys and our engine through the same faults at the same moments: both do what docs/faults.md says, and that page
 * says nothing else. Most of the time is waiting for deadlines, so several servers are toured at once.
 */
class FaultTableTest {
    private static final int LANES = 10;
    private static final Path COMMITTED = Path.of("..", "..", "docs", "faults.md");
    private static final Path WRITTEN = Path.of("target", "fault-table.md");
    private static final String RENEW =
            "Look at each line that changed; when it is meant, explain it in docs/reconnect.md"
                    + " and renew the page: cp camel-whatsapp-md/interop/target/fault-table.md docs/faults.md";

    @TempDir
    private static Path directory;

    private static final Map<FaultCase, Object> ENGINE = new ConcurrentHashMap<>();
    private static final Map<FaultCase, Object> BAILEYS = new ConcurrentHashMap<>();
    private static final List<FaultCase> CASES = FaultCases.all();
    private static Map<String, Outcome> committed;
    private static Optional<String> withoutBaileys;

    static List<FaultCase> cases() {
        return CASES;
    }

    @BeforeAll
    @Timeout(value = 900, unit = TimeUnit.SECONDS)
    static void tour() throws Exception {
        committed = Files.exists(COMMITTED) ? FaultTable.read(Files.readString(COMMITTED)) : Map.of();
        withoutBaileys = NodeTools.missing();
        String rootKey;
        try (LocalWhatsAppServer server = FaultLane.server()) {
            rootKey = server.rootKeyHex();
        }
        ExecutorService threads = Executors.newFixedThreadPool(2 * LANES);
        List<Future<?>> lanes = new ArrayList<>();
        try (EngineClients engine = new EngineClients(directory, rootKey)) {
            lanes.addAll(start(threads, engine, ENGINE));
            if (withoutBaileys.isEmpty()) {
                try (BaileysClients baileys = new BaileysClients(rootKey)) {
                    List<Future<?>> others = start(threads, baileys, BAILEYS);
                    awaitAll(others);
                    assertThat(baileys.blocked()).as("nothing but loopback").isEmpty();
                }
            }
            awaitAll(lanes);
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<Future<?>> start(
            ExecutorService threads, FaultLane.Clients clients, Map<FaultCase, Object> results) {
        Queue<FaultCase> open = new ConcurrentLinkedQueue<>(CASES);
        List<Future<?>> lanes = new ArrayList<>();
        for (int i = 0; i < LANES; i++) {
            lanes.add(threads.submit(() -> {
                try (FaultLane lane = new FaultLane(clients)) {
                    for (FaultCase fault = open.poll(); fault != null; fault = open.poll()) {
                        results.put(fault, result(lane, fault));
                    }
                }
            }));
        }
        return lanes;
    }

    private static Object result(FaultLane lane, FaultCase fault) {
        try {
            return lane.meet(fault);
        } catch (RuntimeException | AssertionError e) {
            return e;
        }
    }

    private static void awaitAll(List<Future<?>> lanes) throws Exception {
        for (Future<?> lane : lanes) {
            lane.get();
        }
    }

    private static Told told(Map<FaultCase, Object> results, FaultCase fault) {
        if (results.get(fault) instanceof Throwable failed) {
            throw new AssertionError(fault + ": " + failed.getMessage(), failed);
        }
        return (Told) results.get(fault);
    }

    /** Without Node the page is believed about Baileys; that it was not run stands in the build's output. */
    private static Outcome outcome(FaultCase fault) {
        Told engine = told(ENGINE, fault);
        String baileys = withoutBaileys.isPresent()
                ? Optional.ofNullable(committed.get(fault.toString()))
                        .map(Outcome::baileys)
                        .orElse("not run")
                : FaultCases.baileysReport(fault, told(BAILEYS, fault).report());
        return new Outcome(baileys, engine.report(), engine.next());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void bothDoWhatThePageSays(FaultCase fault) {
        assertThat(outcome(fault)).as("%s. %s", fault, RENEW).isEqualTo(committed.get(fault.toString()));
    }

    @Test
    void thePageIsWrittenAndSaysNothingElse() throws Exception {
        Map<FaultCase, Outcome> outcomes = new LinkedHashMap<>();
        CASES.forEach(fault -> outcomes.put(fault, outcome(fault)));
        String page = FaultTable.page(outcomes);
        Files.writeString(WRITTEN, page);
        assertThat(COMMITTED).as(RENEW).exists();
        assertThat(Files.readString(COMMITTED)).as(RENEW).isEqualTo(page);
    }

    @Test
    void everyDifferenceIsExplained() throws Exception {
        String page = Files.readString(COMMITTED.resolveSibling("reconnect.md"));
        List<String> differing = CASES.stream()
                .filter(fault -> outcome(fault).differs())
                .map(FaultCase::what)
                .distinct()
                .toList();
        assertThat(differing).hasSizeGreaterThan(40);
        assertThat(differing)
                .as("faults at which the two differ, named as `fault` in docs/reconnect.md")
                .allSatisfy(what -> assertThat(page).contains("`" + what.replace("certificate: ", "") + "`"));
    }

    @Test
    void eachCaseHasANameOfItsOwn() {
        assertThat(CASES)
                .hasSizeGreaterThan(300)
                .extracting(FaultCase::toString)
                .doesNotHaveDuplicates();
    }
}
