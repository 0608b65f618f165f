package dev.whatsappmd.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * What one operation costs.
 *
 * <p>Where other processes want the same cores, the clock also counts the time in which the operating system let them
 * run. Processor time does not, but it does count every thread of this process: the collector's and the compiler's too.
 *
 * @param wallNanos nanoseconds on the clock
 * @param cpuNanos nanoseconds of processor time of the whole process
 */
public record Cost(double wallNanos, double cpuNanos) {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Keeps the results alive, so that the work cannot be optimised away. */
    private static volatile Object sink;

    /** What is measured. Its result is what the work came to. */
    public interface Operation<E extends Exception> {
        Object once() throws E;
    }

    /**
     * Repeats an operation, also as a warm-up.
     *
     * @param nanos for how long at least, on the clock
     * @param batch after how many operations the clock is looked at
     */
    public static <E extends Exception> Cost of(long nanos, int batch, Operation<E> operation) throws E {
        long operations = 0;
        long elapsed;
        long cpuStart = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        do {
            for (int i = 0; i < batch; i++) {
                sink = operation.once();
            }
            operations += batch;
            elapsed = System.nanoTime() - start;
        } while (elapsed < nanos);
        long cpu = SYSTEM.getProcessCpuTime() - cpuStart;
        return new Cost((double) elapsed / operations, (double) cpu / operations);
    }

    /** The same for one of several equal parts of the operation. */
    public Cost dividedBy(int parts) {
        return new Cost(wallNanos / parts, cpuNanos / parts);
    }

    /** Prints {@code R <name>.us <value> us} and {@code R <name>.cpu <value> us}: clock and processor, microseconds. */
    public void print(String name) {
        print(name + ".us", wallNanos);
        print(name + ".cpu", cpuNanos);
    }

    private static void print(String key, double nanos) {
        System.out.printf(Locale.ROOT, "R %s %.3f us%n", key, nanos / 1e3);
    }
}
