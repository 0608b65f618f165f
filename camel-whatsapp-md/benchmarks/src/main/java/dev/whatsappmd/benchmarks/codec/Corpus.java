package dev.whatsappmd.benchmarks.codec;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * 202 stanzas as they occur in practice: 198 small ones, then a usync result for 500 users, a group of 1000, an upload
 * of 812 pre-keys and a list of 50 groups of 30. They were written by Baileys; a folder in the system property
 * {@code corpus.dir} replaces them.
 */
final class Corpus {
    private static final String FILE = "corpus.bin";
    private static final List<String> BIG = List.of("usync500", "group1000", "prekeys812", "groups50x30");

    private Corpus() {}

    /** All frames in order: each a flags byte and a node. */
    static List<byte[]> frames() {
        ByteBuffer file = ByteBuffer.wrap(file());
        List<byte[]> frames = new ArrayList<>();
        while (file.hasRemaining()) {
            byte[] frame = new byte[file.getInt()];
            file.get(frame);
            frames.add(frame);
        }
        return frames;
    }

    /** The sets that are measured, by name: small, each big stanza, all. */
    static Map<String, byte[][]> sets() {
        List<byte[]> all = frames();
        int small = all.size() - BIG.size();
        Map<String, byte[][]> sets = new LinkedHashMap<>();
        sets.put("small", all.subList(0, small).toArray(byte[][]::new));
        for (int i = 0; i < BIG.size(); i++) {
            sets.put(BIG.get(i), new byte[][] {all.get(small + i)});
        }
        sets.put("all", all.toArray(byte[][]::new));
        return sets;
    }

    static Node[] decoded(byte[][] frames) {
        Node[] nodes = new Node[frames.length];
        for (int i = 0; i < frames.length; i++) {
            try {
                nodes[i] = NodeDecoder.decode(frames[i]);
            } catch (NodeFormatException e) {
                throw new IllegalStateException("stanza " + i + " of the corpus", e);
            }
        }
        return nodes;
    }

    private static byte[] file() {
        String folder = System.getProperty("corpus.dir", "");
        try {
            if (!folder.isBlank()) {
                return Files.readAllBytes(Path.of(folder, FILE));
            }
            try (InputStream in = Corpus.class.getResourceAsStream(FILE)) {
                return in.readAllBytes();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(FILE, e);
        }
    }
}
