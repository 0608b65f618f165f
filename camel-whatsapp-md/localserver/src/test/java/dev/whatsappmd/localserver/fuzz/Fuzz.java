package dev.whatsappmd.localserver.fuzz;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.TestInfo;

/**
 * Runs a target on many inputs, each made from its own seed; as the class of the same name in the engine's tests, and by
 * the same system properties: {@code fuzz.seconds}, {@code fuzz.first}, {@code fuzz.seed}. A target that waits has
 * deadlines of its own.
 */
final class Fuzz {
    private Fuzz() {}

    /** What is tried: makes an input, hands it over, checks what came of it. */
    @FunctionalInterface
    interface Target {
        void accept(RandomGenerator random) throws Exception;
    }

    /** @param inputs how many the short form tries */
    static void run(TestInfo info, int inputs, Target target) {
        String test = info.getTestClass().orElseThrow().getSimpleName() + "#"
                + info.getTestMethod().orElseThrow().getName();
        long single = Long.getLong("fuzz.seed", -1);
        long first = single >= 0 ? single : Long.getLong("fuzz.first", 0);
        int seconds = Integer.getInteger("fuzz.seconds", 0);
        long began = System.nanoTime();
        long end = began + TimeUnit.SECONDS.toNanos(seconds);
        long seed = first;
        while (single >= 0 ? seed == first : seconds > 0 ? System.nanoTime() < end : seed < first + inputs) {
            try {
                target.accept(new SplittableRandom(seed));
            } catch (Throwable e) {
                throw new AssertionError(
                        "seed " + seed + " (again: mvn test -pl camel-whatsapp-md/localserver -am -Dtest=" + test
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dfuzz.seed=" + seed + "): " + e,
                        e);
            }
            seed++;
        }
        if (seconds > 0) {
            System.out.printf(
                    "%s: %,d inputs in %d s, seeds %d to %d%n",
                    test, seed - first, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began), first, seed - 1);
        }
    }
}
