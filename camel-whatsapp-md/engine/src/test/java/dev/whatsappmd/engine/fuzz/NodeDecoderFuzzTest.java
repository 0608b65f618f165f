package dev.whatsappmd.engine.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.node.NodeFormatException;
import dev.whatsappmd.engine.node.NodeLimits;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Whatever stands in a frame: a node within the limits or a {@link NodeFormatException}, at a bounded cost. */
@Timeout(36_000)
class NodeDecoderFuzzTest {
    private static final List<byte[]> FRAMES = Corpus.frames();
    private static final byte[] BOMB = Corpus.deflated(new byte[48 << 20], 0);

    /** What one decode may allocate whatever it reads: the decoder, the least buffer, an exception with its message. */
    private static final long FIXED_BYTES = 8 * 1024;
    /** What it may allocate for each byte; the dearest, addresses in addresses, were measured at 25. */
    private static final long BYTES_PER_BYTE = 40;
    /** What inflating may allocate in addition, for each byte in the frame and each that comes of it. */
    private static final long BUFFER_BYTES_PER_BYTE = 4;
    /** CPU time for 16 MiB of the worst, many times over. */
    private static final long MILLIS = 5_000;

    @Test
    void takesOrRefusesWhateverStandsInAFrame(TestInfo info) {
        Fuzz.run(info, 20_000, random -> decode(damaged(random), limits(random)));
    }

    @Test
    void takesOrRefusesWhatIsMadeToCostMuch(TestInfo info) {
        Fuzz.run(info, 60, random -> {
            byte[] frame = dear(random);
            decode(
                    random.nextBoolean() ? frame : Corpus.deflated(frame, Math.min(1, frame.length)),
                    NodeLimits.DEFAULT);
        });
    }

    private static void decode(byte[] frame, NodeLimits limits) {
        long read = inflatedLength(frame, limits.maxInflatedBytes());
        long buffers = isDeflated(frame) ? BUFFER_BYTES_PER_BYTE * (frame.length + read) : 0;
        Cost cost = new Cost(FIXED_BYTES + buffers + BYTES_PER_BYTE * read, MILLIS);
        Optional<Node> decoded = cost.check(
                "a frame of " + frame.length + " bytes, " + read + " inflated", () -> decoded(frame, limits));
        decoded.ifPresent(node -> {
            checkLimits(node, limits);
            NodeEncoder.encode(node);
        });
    }

    private static Optional<Node> decoded(byte[] frame, NodeLimits limits) {
        try {
            return Optional.of(NodeDecoder.decode(frame, limits));
        } catch (NodeFormatException e) {
            return Optional.empty();
        }
    }

    private static void checkLimits(Node node, NodeLimits limits) {
        assertThat(depth(node)).isLessThanOrEqualTo(limits.maxDepth());
        assertThat(count(node)).isLessThanOrEqualTo(limits.maxNodes());
    }

    private static int depth(Node node) {
        int deepest = 0;
        for (Node child : node.children()) {
            deepest = Math.max(deepest, depth(child));
        }
        return deepest + 1;
    }

    private static int count(Node node) {
        int count = 1;
        for (Node child : node.children()) {
            count += count(child);
        }
        return count;
    }

    private static boolean isDeflated(byte[] frame) {
        return frame.length > 0 && (frame[0] & 2) != 0;
    }

    /** How many bytes there are to decode, at most. */
    private static long inflatedLength(byte[] frame, int max) {
        if (!isDeflated(frame)) {
            return frame.length;
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(frame, 1, frame.length - 1);
            byte[] out = new byte[4096];
            long length = 0;
            int more = 1;
            while (more > 0 && length < max) {
                more = inflater.inflate(out);
                length += more;
            }
            return Math.min(length, max);
        } catch (DataFormatException e) {
            return inflater.getBytesWritten();
        } finally {
            inflater.end();
        }
    }

    private static byte[] damaged(RandomGenerator random) {
        Mutator mutator = new Mutator(random, FRAMES);
        byte[] frame = mutator.original();
        return switch (random.nextInt(8)) {
            case 0 -> Corpus.deflated(mutator.mutate(frame), 0);
            case 1 -> mutator.mutate(Corpus.deflated(frame, Math.min(1, frame.length)));
            default -> mutator.mutate(frame);
        };
    }

    private static NodeLimits limits(RandomGenerator random) {
        return random.nextInt(4) == 0
                ? new NodeLimits(1 + random.nextInt(8), 1 + random.nextInt(40), 1 + random.nextInt(4096))
                : new NodeLimits(NodeLimits.MAX_DEPTH, 1 << 20, 1 << 20);
    }

    // ---- frames that are made to cost much

    private static byte[] dear(RandomGenerator random) {
        int size = 1 << 6 + random.nextInt(14);
        return switch (random.nextInt(9)) {
            case 0 -> repeated(bytes(0), bytes(248, 2, 1 + random.nextInt(200), 248, 1), size / 5);
            case 1 -> repeated(bytes(0, 249, 255, 255, 7), bytes(7, 7), 32_767);
            case 2 -> repeated(bytes(0, 249, 255, 255, 7), bytes(random.nextInt(256), random.nextInt(256)), 32_767);
            case 3 -> attributes(random, size);
            case 4 -> list(random, size);
            case 5 -> repeated(bytes(0, 248, 2, 7), bytes(250), 3 + random.nextInt(size));
            case 6 -> repeated(bytes(0, 248, 2, 7, 254, 0, 255, 255, 255), bytes(random.nextInt(256)), size);
            case 7 -> Arrays.copyOf(BOMB, BOMB.length - random.nextInt(BOMB.length));
            default -> new Mutator(random, FRAMES).mutate(list(random, size));
        };
    }

    /** A node whose attribute names all have the same hash code. */
    private static byte[] attributes(RandomGenerator random, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int count = Math.min(32_767, size);
        out.writeBytes(bytes(0, 249, (2 * count + 1) >> 8, 2 * count + 1, 7));
        int shared = random.nextInt(40);
        for (int i = 0; i < count; i++) {
            StringBuilder name = new StringBuilder("x".repeat(shared));
            for (int bit = 0; bit < 15; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            byte[] text = name.toString().getBytes(StandardCharsets.US_ASCII);
            out.writeBytes(bytes(252, text.length));
            out.writeBytes(text);
            out.write(7);
        }
        return out.toByteArray();
    }

    /** A list of the same small node, as often as it fits. */
    private static byte[] list(RandomGenerator random, int size) {
        ByteArrayOutputStream node = new ByteArrayOutputStream();
        int attributes = random.nextInt(3);
        boolean content = random.nextBoolean();
        node.writeBytes(bytes(248, 1 + 2 * attributes + (content ? 1 : 0), 7));
        for (int i = 0; i < 2 * attributes; i++) {
            text(random, 0, node);
        }
        if (content && random.nextBoolean()) {
            text(random, 0, node);
        } else if (content) {
            node.writeBytes(random.nextBoolean() ? bytes(248, 0) : bytes(248, 1, 248, 1, 7));
        }
        int count = Math.min(0xffff, Math.max(1, size / node.size()));
        return repeated(bytes(0, 248, 2, 7, 249, count >> 8, count), node.toByteArray(), count);
    }

    /** A text in few bytes. */
    private static void text(RandomGenerator random, int depth, ByteArrayOutputStream out) {
        switch (random.nextInt(depth < 4 ? 9 : 4)) {
            case 0 -> out.write(1 + random.nextInt(235));
            case 1 -> out.writeBytes(bytes(236 + random.nextInt(4), random.nextInt(256)));
            case 2 -> out.writeBytes(bytes(252, 0));
            case 3 -> out.writeBytes(bytes(255, 1, 0x12));
            case 4, 5 -> {
                out.write(250);
                text(random, depth + 1, out);
                text(random, depth + 1, out);
            }
            case 6 -> {
                out.writeBytes(bytes(247, random.nextInt(3), 255));
                text(random, depth + 1, out);
            }
            case 7 -> {
                out.write(246);
                text(random, depth + 1, out);
                out.writeBytes(bytes(255, 255));
                text(random, depth + 1, out);
            }
            default -> {
                out.write(245);
                text(random, depth + 1, out);
                out.writeBytes(bytes(255, 255, 255, 255));
                text(random, depth + 1, out);
            }
        }
    }

    private static byte[] repeated(byte[] head, byte[] part, int times) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head);
        for (int i = 0; i < times; i++) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
