package dev.whatsappmd.engine.fuzz;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.TestInfo;

/**
 * Runs a target on many inputs, each made from its own seed. The short form tries a fixed number, always the same ones;
 * {@code -Dfuzz.seconds=600} is the long form and {@code -Dfuzz.first=1000000} lets it begin with other seeds;
 * {@code -Dfuzz.seed=N} plays a single one again.
 *
 * <p>Inputs run on a thread of their own with a small stack, so that one which never ends, or recurses too deeply, fails
 * the test with its seed instead of hanging the build.
 */
public final class Fuzz {
    /** No input may work longer. */
    private static final Duration CPU_LIMIT = Duration.ofSeconds(60);
    /** Nor wait longer, on however busy a machine. */
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final long STACK_BYTES = 256 * 1024;

    private final String test;
    private final Target target;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile long seed;
    private volatile AssertionError failure;

    private Fuzz(TestInfo info, Target target) {
        this.test = info.getTestClass().orElseThrow().getSimpleName() + "#"
                + info.getTestMethod().orElseThrow().getName();
        this.target = target;
    }

    /** What is tried: makes an input, hands it over, checks what came of it. */
    @FunctionalInterface
    public interface Target {
        void accept(RandomGenerator random) throws Exception;
    }

    /** @param inputs how many the short form tries */
    public static void run(TestInfo info, int inputs, Target target) {
        Fuzz fuzz = new Fuzz(info, target);
        long single = Long.getLong("fuzz.seed", -1);
        long first = single >= 0 ? single : Long.getLong("fuzz.first", 0);
        int seconds = Integer.getInteger("fuzz.seconds", 0);
        long began = System.nanoTime();
        long end = began + TimeUnit.SECONDS.toNanos(seconds);
        fuzz.run(first, tried -> single >= 0 ? tried < 1 : seconds > 0 ? System.nanoTime() < end : tried < inputs);
        if (seconds > 0) {
            System.out.printf(
                    "%s: %,d inputs in %d s, seeds %d to %d%n",
                    fuzz.test,
                    fuzz.seed - first + 1,
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
                    first,
                    fuzz.seed);
        }
    }

    private interface More {
        boolean after(long tried);
    }

    private void run(long first, More more) {
        Thread thread = new Thread(null, () -> work(first, more), "fuzz", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long seen = -1;
        long began = 0;
        long cpuBegan = 0;
        try {
            while (!done.await(1, TimeUnit.SECONDS)) {
                long cpu = threads.getThreadCpuTime(thread.getId());
                if (seed != seen) {
                    seen = seed;
                    began = System.nanoTime();
                    cpuBegan = cpu;
                } else if (cpu - cpuBegan > CPU_LIMIT.toNanos() || System.nanoTime() - began > LIMIT.toNanos()) {
                    throw failed(hangs(thread));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(e);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static AssertionError hangs(Thread thread) {
        return new AssertionError("takes too long, now at\n    "
                + Arrays.stream(thread.getStackTrace())
                        .limit(30)
                        .map(StackTraceElement::toString)
                        .collect(Collectors.joining("\n    ")));
    }

    private void work(long first, More more) {
        try {
            for (long tried = 0; more.after(tried); tried++) {
                seed = first + tried;
                target.accept(new SplittableRandom(seed));
            }
        } catch (Throwable e) {
            failure = failed(e);
        } finally {
            done.countDown();
        }
    }

    private AssertionError failed(Throwable e) {
        return new AssertionError(
                "seed " + seed + " (again: mvn test -pl camel-whatsapp-md/engine -am -Dtest=" + test
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dfuzz.seed=" + seed + "): " + e,
                e);
    }
}
