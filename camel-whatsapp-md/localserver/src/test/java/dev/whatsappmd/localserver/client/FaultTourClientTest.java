package dev.whatsappmd.localserver.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.localserver.fault.FaultTour;
import dev.whatsappmd.localserver.fault.FaultTour.Stop;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The real client through every fault at every moment: one close for each connection with the code, kind and action of
 * ARCHITECTURE 4, the way back, and the same credentials. Most of the time is waiting for deadlines, so several servers are
 * toured at once.
 */
class FaultTourClientTest {
    private static final int LANES = 8;

    @TempDir
    private static Path directory;

    private static final Map<Stop, Object> RESULTS = new ConcurrentHashMap<>();

    static Stream<Stop> stops() {
        // Not at a login: it takes the identity away for good. ClientSessionTest has it.
        return FaultTour.stops().stream().filter(stop -> !(stop.fault() instanceof ServerClose.Unlink));
    }

    @BeforeAll
    static void tour() throws Exception {
        Queue<Stop> open = new ConcurrentLinkedQueue<>(stops().toList());
        ExecutorService threads = Executors.newFixedThreadPool(LANES);
        List<Future<?>> lanes = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            Path stores = directory.resolve("lane-" + lane);
            lanes.add(threads.submit(() -> {
                try (FaultRun run = new FaultRun(stores)) {
                    for (Stop stop = open.poll(); stop != null; stop = open.poll()) {
                        RESULTS.put(stop, result(run, stop));
                    }
                    LeftOvers.assertNoSocketTo(run.server());
                }
            }));
        }
        for (Future<?> lane : lanes) {
            lane.get();
        }
        threads.shutdown();
    }

    private static Object result(FaultRun run, Stop stop) {
        try {
            boolean linking = stop.moment() == Moment.REGISTRATION || stop.moment() == Moment.PAIRED;
            boolean closes = ExpectedEnd.of(stop).isPresent();
            return linking ? run.withNewDevice(stop::next, closes) : run.withLinkedDevice(stop::next, closes);
        } catch (Exception | AssertionError e) {
            return e;
        }
    }

    @ParameterizedTest
    @MethodSource("stops")
    void isToldAsWhatItIsAndSurvived(Stop stop) {
        Object result = RESULTS.get(stop);
        if (result instanceof Throwable failed) {
            throw new AssertionError(stop + ": " + failed.getMessage(), failed);
        }
        Optional<ExpectedEnd> told = ((FaultRun.Met) result).close().map(FaultTourClientTest::end);
        assertThat(told).as(stop.toString()).isEqualTo(ExpectedEnd.of(stop));
    }

    private static ExpectedEnd end(ConnectionUpdate close) {
        return new ExpectedEnd(
                close.lastDisconnect().error().output().statusCode(),
                close.lastDisconnect().kind(),
                close.reconnect().action());
    }

    @Test
    void leavesNoThread() {
        LeftOvers.assertNoThread();
    }
}
