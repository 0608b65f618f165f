package dev.whatsappmd.engine.fuzz;

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
    /** No input may take longer, on however slow a machine. */
    private static final Duration INPUT_LIMIT = Duration.ofSeconds(30);

    private static final long STACK_BYTES = 256 * 1024;

    private final String test;
    private final Target target;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile long seed;
    private volatile long began;
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
        began = System.nanoTime();
        Thread thread = new Thread(null, () -> work(first, more), "fuzz", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        try {
            while (!done.await(1, TimeUnit.SECONDS)) {
                if (System.nanoTime() - began > INPUT_LIMIT.toNanos()) {
                    throw failed(new AssertionError("takes longer than " + INPUT_LIMIT + ", now at\n    "
                            + Arrays.stream(thread.getStackTrace())
                                    .limit(30)
                                    .map(StackTraceElement::toString)
                                    .collect(Collectors.joining("\n    "))));
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

    private void work(long first, More more) {
        try {
            for (long tried = 0; more.after(tried); tried++) {
                seed = first + tried;
                began = System.nanoTime();
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
