package dev.whatsappmd.benchmarks.codec;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.node.NodeFormatException;
import java.util.Locale;
import java.util.Map;

/**
 * One codec case as a process of its own, for a run side by side with other implementations: each set is warmed up for
 * six tenths of the time and then measured; each result is a line {@code R <operation>.<set>.<what> <value> <unit>}.
 *
 * <p>Arguments: {@code encode} or {@code decode}, the milliseconds for each set (700), and the milliseconds for which
 * the whole corpus is run before the first set (3000). What is compared is the speed that a process which stays up
 * comes to: the just-in-time compiler, which is slow where cores are few, has to be done by then.
 */
public final class CodecRun {
    /** Keeps the results alive, so that the work cannot be optimised away. */
    private static volatile long sink;

    private CodecRun() {}

    public static void main(String[] args) throws NodeFormatException {
        if (args.length == 0 || !args[0].equals("encode") && !args[0].equals("decode")) {
            System.err.println("usage: CodecRun encode|decode [milliseconds per set] [milliseconds of warm-up]");
            System.exit(2);
        }
        long nanos = 1_000_000L * (args.length > 1 ? Integer.parseInt(args[1]) : 700);
        long warmUp = 1_000_000L * (args.length > 2 ? Integer.parseInt(args[2]) : 3000);
        Operation operation = args[0].equals("encode") ? CodecRun::encode : CodecRun::decode;
        byte[][] all = Corpus.sets().get("all");
        measure(operation, all, Corpus.decoded(all), warmUp);
        for (Map.Entry<String, byte[][]> set : Corpus.sets().entrySet()) {
            byte[][] frames = set.getValue();
            Node[] nodes = Corpus.decoded(frames);
            measure(operation, frames, nodes, nanos * 6 / 10);
            double perPass = measure(operation, frames, nodes, nanos);
            long bytes = 0;
            for (byte[] frame : frames) {
                bytes += frame.length;
            }
            print(args[0] + "." + set.getKey() + ".us", perPass / frames.length / 1e3, "us/stanza");
            print(args[0] + "." + set.getKey() + ".MBps", bytes / perPass * 1e3, "MB/s");
        }
    }

    private interface Operation {
        long once(byte[][] frames, Node[] nodes) throws NodeFormatException;
    }

    private static long decode(byte[][] frames, Node[] nodes) throws NodeFormatException {
        long sum = 0;
        for (byte[] frame : frames) {
            sum += NodeDecoder.decode(frame).tag().length();
        }
        return sum;
    }

    private static long encode(byte[][] frames, Node[] nodes) {
        long sum = 0;
        for (Node node : nodes) {
            sum += NodeEncoder.encode(node).length;
        }
        return sum;
    }

    /** Nanoseconds for one pass over the set. */
    private static double measure(Operation operation, byte[][] frames, Node[] nodes, long nanos)
            throws NodeFormatException {
        long passes = 0;
        long sum = 0;
        long elapsed;
        long start = System.nanoTime();
        do {
            sum += operation.once(frames, nodes);
            passes++;
            elapsed = System.nanoTime() - start;
        } while (elapsed < nanos);
        sink = sum;
        return (double) elapsed / passes;
    }

    private static void print(String key, double value, String unit) {
        System.out.printf(Locale.ROOT, "R %s %.3f %s%n", key, value, unit);
    }
}
