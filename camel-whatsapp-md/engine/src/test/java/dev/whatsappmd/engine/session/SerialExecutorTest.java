package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With real threads. */
class SerialExecutorTest {
    private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    private final ExecutorService pool = Executors.newFixedThreadPool(4, task -> {
        Thread thread = new Thread(task);
        thread.setUncaughtExceptionHandler((of, failure) -> uncaught.add(failure));
        return thread;
    });

    @AfterEach
    void stop() {
        pool.shutdownNow();
    }

    @Test
    void runsOneTaskAtATimeInTheOrderOfEachGiver() throws InterruptedException {
        SerialExecutor executor = new SerialExecutor(pool);
        int givers = 6;
        int each = 5_000;
        AtomicBoolean inside = new AtomicBoolean();
        AtomicInteger overlaps = new AtomicInteger();
        // Not safe for several threads by itself: the executor makes it so.
        int[] last = new int[givers];
        List<String> disorder = new ArrayList<>();
        AtomicInteger done = new AtomicInteger();

        CountDownLatch begin = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int giver = 0; giver < givers; giver++) {
            int from = giver;
            Thread thread = new Thread(() -> {
                awaitQuietly(begin);
                for (int number = 1; number <= each; number++) {
                    int task = number;
                    executor.execute(() -> {
                        if (!inside.compareAndSet(false, true)) {
                            overlaps.incrementAndGet();
                        }
                        if (++last[from] != task) {
                            disorder.add(from + ": " + task);
                        }
                        inside.set(false);
                        done.incrementAndGet();
                    });
                }
            });
            threads.add(thread);
            thread.start();
        }
        begin.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        await().until(() -> done.get() == givers * each);
        assertThat(overlaps).hasValue(0);
        assertThat(disorder).isEmpty();
    }

    /** The queue runs empty all the time, so another thread takes over again and again. */
    @Test
    void knowsItsThreadWhicheverThatIs() {
        SerialExecutor executor = new SerialExecutor(pool);
        AtomicInteger done = new AtomicInteger();
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        int tasks = 30_000;
        for (int task = 0; task < tasks; task++) {
            int before = task;
            executor.execute(() -> {
                try {
                    executor.assertCurrent();
                } catch (IllegalStateException e) {
                    wrong.set(e);
                }
                done.incrementAndGet();
            });
            if (task % 3 == 0) {
                // Spun, not slept: the next task has to come right as the thread lets go.
                while (done.get() < before) {
                    Thread.onSpinWait();
                }
            }
        }
        await().until(() -> done.get() == tasks);
        assertThat(wrong.get()).isNull();
    }

    @Test
    void refusesToBeTakenForTheSessionsThreadElsewhere() {
        SerialExecutor executor = new SerialExecutor(pool);
        assertThatThrownBy(executor::assertCurrent)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(Thread.currentThread().getName());

        SerialExecutor other = new SerialExecutor(pool);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        other.execute(() -> {
            try {
                executor.assertCurrent();
            } catch (IllegalStateException e) {
                failure.set(e);
            }
        });
        await().untilAsserted(() -> assertThat(failure.get()).isInstanceOf(IllegalStateException.class));
    }

    @Test
    void runsTheTasksBehindOneThatFails() {
        SerialExecutor executor = new SerialExecutor(pool);
        AtomicInteger done = new AtomicInteger();
        CountDownLatch gathered = new CountDownLatch(1);
        executor.execute(() -> awaitQuietly(gathered));
        executor.execute(() -> {
            throw new IllegalStateException("first");
        });
        executor.execute(done::incrementAndGet);
        executor.execute(() -> {
            throw new AssertionError("second");
        });
        executor.execute(done::incrementAndGet);
        gathered.countDown();

        await().until(() -> done.get() == 2);
        executor.execute(done::incrementAndGet);
        await().until(() -> done.get() == 3);
        // Nobody is left in the dark about them.
        await().untilAsserted(() ->
                assertThat(uncaught).extracting(Throwable::getMessage).containsExactlyInAnyOrder("first", "second"));
    }

    @Test
    void letsOthersHaveTheThreadInBetween() {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try {
            SerialExecutor busy = new SerialExecutor(one);
            SerialExecutor modest = new SerialExecutor(one);
            AtomicBoolean stop = new AtomicBoolean();
            AtomicInteger rounds = new AtomicInteger();
            busy.execute(new Runnable() {
                @Override
                public void run() {
                    rounds.incrementAndGet();
                    if (!stop.get()) {
                        busy.execute(this);
                    }
                }
            });
            AtomicInteger served = new AtomicInteger();
            for (int i = 0; i < 10; i++) {
                modest.execute(served::incrementAndGet);
                int wanted = i + 1;
                await().until(() -> served.get() == wanted);
            }
            int before = rounds.get();
            await().until(() -> rounds.get() > before);
            stop.set(true);
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void tellsTheGiverThatNoThreadIsLeftAndGoesOnWhenThereIsOneAgain() {
        AtomicBoolean refusing = new AtomicBoolean(true);
        SerialExecutor executor = new SerialExecutor(task -> {
            if (refusing.get()) {
                throw new RejectedExecutionException("shut down");
            }
            pool.execute(task);
        });
        AtomicInteger done = new AtomicInteger();
        assertThatThrownBy(() -> executor.execute(done::incrementAndGet))
                .isInstanceOf(RejectedExecutionException.class);

        refusing.set(false);
        executor.execute(done::incrementAndGet);

        await().until(() -> done.get() == 2);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
