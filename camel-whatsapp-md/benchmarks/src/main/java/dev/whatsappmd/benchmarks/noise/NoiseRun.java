package dev.whatsappmd.benchmarks.noise;

import dev.whatsappmd.engine.noise.NoiseException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Frames or handshakes as a process of its own, for a run side by side with other implementations: each result is a line
 * {@code R <case>.<what> <value> <unit>}.
 *
 * <p>Arguments: {@code frames} or {@code handshake}, the milliseconds of each measurement (800; twice that for the
 * handshake), and the milliseconds of warm-up before the first one (3000), shared by the frame sizes. Each measurement is
 * itself preceded by one that does not count.
 */
public final class NoiseRun {
    /** Keeps the results alive, so that the work cannot be optimised away. */
    private static volatile Object sink;

    private NoiseRun() {}

    private interface Operation {
        Object once() throws NoiseException;
    }

    public static void main(String[] args) throws NoiseException {
        if (args.length == 0 || !args[0].equals("frames") && !args[0].equals("handshake")) {
            System.err.println("usage: NoiseRun frames|handshake [milliseconds] [milliseconds of warm-up]");
            System.exit(2);
        }
        long nanos = 1_000_000L * (args.length > 1 ? Integer.parseInt(args[1]) : 800);
        long warmUp = 1_000_000L * (args.length > 2 ? Integer.parseInt(args[2]) : 3000);
        if (args[0].equals("handshake")) {
            handshake(nanos, warmUp);
        } else {
            frames(nanos, warmUp);
        }
    }

    private static void handshake(long nanos, long warmUp) throws NoiseException {
        Operation operation = new Peers()::shakeHands;
        measure(operation, warmUp + nanos);
        double each = measure(operation, 2 * nanos);
        print("handshake.both.us", each / 1e3, "us");
        print("handshake.both.perSec", 1e9 / each, "/s");
    }

    private static void frames(long nanos, long warmUp) throws NoiseException {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        sizes.put("100B", 100);
        sizes.put("1KiB", 1024);
        sizes.put("64KiB", 65536);
        Peers peers = new Peers();
        for (int size : sizes.values()) {
            measure(new FrameRoundTrip(peers.shakeHands(), size)::once, warmUp / sizes.size());
        }
        for (Map.Entry<String, Integer> size : sizes.entrySet()) {
            FrameRoundTrip frames = new FrameRoundTrip(peers.shakeHands(), size.getValue());
            measure(frames::once, nanos);
            double each = measure(frames::once, nanos);
            print("frame." + size.getKey() + ".us", each / 1e3, "us");
            print("frame." + size.getKey() + ".MBps", 2 * size.getValue() / each * 1e3, "MB/s");
        }
    }

    /** Nanoseconds for one operation. */
    private static double measure(Operation operation, long nanos) throws NoiseException {
        long operations = 0;
        long elapsed;
        long start = System.nanoTime();
        do {
            for (int i = 0; i < 8; i++) {
                sink = operation.once();
            }
            operations += 8;
            elapsed = System.nanoTime() - start;
        } while (elapsed < nanos);
        return (double) elapsed / operations;
    }

    private static void print(String key, double value, String unit) {
        System.out.printf(Locale.ROOT, "R %s %.3f %s%n", key, value, unit);
    }
}
