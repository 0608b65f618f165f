package dev.whatsappmd.engine.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;

/**
 * Bounds for a piece of work, counted on the thread that does it: bytes allocated, garbage included, and CPU time. What
 * other threads do meanwhile does not count.
 */
record Cost(long bytesMax, long millisMax) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** The first times include what Java itself needs: classes, string concatenation that is not compiled yet. */
    private static final int TRIES = 6;

    /** Does the work, and fails when it goes beyond the bounds each time. */
    <T> T check(String what, Supplier<T> work) {
        T result = null;
        long bytes = 0;
        long millis = 0;
        for (int tried = 0; tried == 0 || tried < TRIES && (bytes > bytesMax || millis > millisMax); tried++) {
            long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
            long nanosBefore = THREADS.getCurrentThreadCpuTime();
            result = work.get();
            millis = (THREADS.getCurrentThreadCpuTime() - nanosBefore) / 1_000_000;
            bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
        }
        assertThat(bytes).as("bytes allocated for %s", what).isLessThanOrEqualTo(bytesMax);
        assertThat(millis).as("milliseconds of CPU for %s", what).isLessThanOrEqualTo(millisMax);
        return result;
    }
}
