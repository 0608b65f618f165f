package dev.whatsappmd.engine.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SystemTimersTest {
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    private final SystemTimers timers = new SystemTimers(executor);
    private final List<String> ran = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void runsATaskOnceAfterItsDelay() {
        long begun = timers.nowMillis();
        List<Long> at = new CopyOnWriteArrayList<>();
        timers.schedule(50, () -> at.add(timers.nowMillis()));
        await().until(() -> !at.isEmpty());
        // Both ends are cut to whole milliseconds.
        assertThat(at.get(0) - begun).isGreaterThanOrEqualTo(49);
        await().during(Duration.ofMillis(150)).until(() -> at.size() == 1);
    }

    @Test
    void runsInTheOrderOfTheDelaysOnAnotherThread() {
        timers.schedule(120, () -> ran.add("late"));
        timers.schedule(0, () -> ran.add(Thread.currentThread().getName()));
        await().until(() -> ran.size() == 2);
        assertThat(ran.get(0)).isNotEqualTo(Thread.currentThread().getName());
        assertThat(ran.get(1)).isEqualTo("late");
    }

    @Test
    void startsNothingThatWasCancelled() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        timers.schedule(0, () -> {
            busy.countDown();
            awaitQuietly(release);
        });
        assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
        Timers.Timer due = timers.schedule(0, () -> ran.add("cancelled when it was due"));
        Timers.Timer later = timers.schedule(60_000, () -> ran.add("cancelled before"));
        timers.schedule(0, () -> ran.add("last"));
        due.cancel();
        later.cancel();
        later.cancel();
        release.countDown();
        await().until(() -> !ran.isEmpty());
        assertThat(ran).containsExactly("last");
    }

    /** The session's thread may wait for a timer's lock: an interruption would hit the wrong task. */
    @Test
    void doesNotInterruptATaskThatRuns() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Timers.Timer timer = timers.schedule(0, () -> {
            running.countDown();
            ran.add(awaitQuietly(release) ? "to its end" : "interrupted");
        });
        assertThat(running.await(10, TimeUnit.SECONDS)).isTrue();
        timer.cancel();
        release.countDown();
        await().until(() -> !ran.isEmpty());
        assertThat(ran).containsExactly("to its end");
    }

    private static boolean awaitQuietly(CountDownLatch latch) {
        try {
            return latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Test
    void tellsBothTimes() {
        long first = timers.nowMillis();
        long nanos = System.nanoTime();
        assertThat(timers.nowMillis()).isGreaterThanOrEqualTo(first);
        assertThat(timers.nowMillis() - TimeUnit.NANOSECONDS.toMillis(nanos)).isBetween(0L, 10_000L);
        assertThat(timers.now()).isCloseTo(Instant.now(), within(10, ChronoUnit.SECONDS));
    }
}
