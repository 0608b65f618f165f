package dev.whatsappmd.benchmarks.codec;

import dev.whatsappmd.benchmarks.Cost;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.node.NodeFormatException;
import java.util.Map;

/**
 * One codec case as a process of its own, for a run side by side with other implementations: each set is warmed up for
 * six tenths of the time and then measured; the results are what {@link Cost#print} prints, for one stanza, under
 * {@code <operation>.<set>}.
 *
 * <p>Arguments: {@code encode} or {@code decode}, the milliseconds for each set (700), and the milliseconds for which
 * the whole corpus is run before the first set (3000). What is compared is the speed that a process which stays up
 * comes to: the just-in-time compiler, which is slow where cores are few, has to be done by then.
 */
public final class CodecRun {
    private CodecRun() {}

    public static void main(String[] args) throws NodeFormatException {
        if (args.length == 0 || !args[0].equals("encode") && !args[0].equals("decode")) {
            System.err.println("usage: CodecRun encode|decode [milliseconds per set] [milliseconds of warm-up]");
            System.exit(2);
        }
        long nanos = 1_000_000L * (args.length > 1 ? Integer.parseInt(args[1]) : 700);
        long warmUp = 1_000_000L * (args.length > 2 ? Integer.parseInt(args[2]) : 3000);
        boolean encode = args[0].equals("encode");
        Cost.of(warmUp, 1, operation(encode, Corpus.sets().get("all")));
        for (Map.Entry<String, byte[][]> set : Corpus.sets().entrySet()) {
            Cost.Operation<NodeFormatException> operation = operation(encode, set.getValue());
            Cost.of(nanos * 6 / 10, 1, operation);
            Cost.of(nanos, 1, operation).dividedBy(set.getValue().length).print(args[0] + "." + set.getKey());
        }
    }

    private static Cost.Operation<NodeFormatException> operation(boolean encode, byte[][] frames) {
        Node[] nodes = Corpus.decoded(frames);
        return encode ? () -> encode(nodes) : () -> decode(frames);
    }

    private static Long decode(byte[][] frames) throws NodeFormatException {
        long sum = 0;
        for (byte[] frame : frames) {
            sum += NodeDecoder.decode(frame).tag().length();
        }
        return sum;
    }

    private static Long encode(Node[] nodes) {
        long sum = 0;
        for (Node node : nodes) {
            sum += NodeEncoder.encode(node).length;
        }
        return sum;
    }
}
