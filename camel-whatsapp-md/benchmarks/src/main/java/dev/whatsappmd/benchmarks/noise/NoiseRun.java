package dev.whatsappmd.benchmarks.noise;

import dev.whatsappmd.benchmarks.Cost;
import dev.whatsappmd.engine.noise.NoiseException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Frames or handshakes as a process of its own, for a run side by side with other implementations; the results are what
 * {@link Cost#print} prints, under {@code frame.<size>} and {@code handshake.both}.
 *
 * <p>Arguments: {@code frames} or {@code handshake}, the milliseconds of each measurement (800; twice that for the
 * handshake), and the milliseconds of warm-up before the first one (3000), shared by the frame sizes. Each measurement is
 * itself preceded by one that does not count.
 */
public final class NoiseRun {
    private static final int BATCH = 8;

    private NoiseRun() {}

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
        Peers peers = new Peers();
        Cost.of(warmUp + nanos, BATCH, peers::shakeHands);
        Cost.of(2 * nanos, BATCH, peers::shakeHands).print("handshake.both");
    }

    private static void frames(long nanos, long warmUp) throws NoiseException {
        Map<String, Integer> sizes = new LinkedHashMap<>();
        sizes.put("100B", 100);
        sizes.put("1KiB", 1024);
        sizes.put("64KiB", 65536);
        Peers peers = new Peers();
        for (int size : sizes.values()) {
            Cost.of(warmUp / sizes.size(), BATCH, new FrameRoundTrip(peers.shakeHands(), size)::once);
        }
        for (Map.Entry<String, Integer> size : sizes.entrySet()) {
            FrameRoundTrip frames = new FrameRoundTrip(peers.shakeHands(), size.getValue());
            Cost.of(nanos, BATCH, frames::once);
            Cost.of(nanos, BATCH, frames::once).print("frame." + size.getKey());
        }
    }
}
