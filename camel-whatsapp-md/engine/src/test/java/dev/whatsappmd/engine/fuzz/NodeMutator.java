package dev.whatsappmd.engine.fuzz;

import dev.whatsappmd.engine.node.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Damages stanzas as trees: what comes of it can be encoded, and means something else or nothing. */
public final class NodeMutator {
    private static final List<String> ODD = List.of(
            "",
            "0",
            "-1",
            "1",
            "007",
            "4294967296",
            "9223372036854775807",
            "-9223372036854775808",
            "31556889864403199",
            "1e9",
            " 515 ",
            "٥١٥",
            "true",
            "@",
            ":@lid",
            "_:@",
            "1:99@lid",
            "1:65536@s.whatsapp.net",
            "1_256:1@s.whatsapp.net",
            "a@b@c",
            "s.whatsapp.net",
            "@s.whatsapp.net",
            "\u0000\n\r\u001b[2J",
            "日本語 \ud83d\ude00",
            "x".repeat(5_000));

    private final RandomGenerator random;
    private final Words words;

    public NodeMutator(RandomGenerator random, Words words) {
        this.random = random;
        this.words = words;
    }

    /** What stanzas are made of: taken from real ones. */
    public record Words(
            List<Node> nodes, List<String> tags, List<String> names, List<String> values, List<byte[]> contents) {
        /** Those of these stanzas and all that is in them. */
        public static Words of(List<Node> stanzas) {
            List<Node> nodes = new ArrayList<>();
            stanzas.forEach(stanza -> collect(stanza, nodes));
            Set<String> tags = new LinkedHashSet<>();
            Set<String> names = new LinkedHashSet<>();
            Set<String> values = new LinkedHashSet<>();
            List<byte[]> contents = new ArrayList<>(List.of(new byte[0]));
            for (Node node : nodes) {
                tags.add(node.tag());
                names.addAll(node.attributes().keySet());
                values.addAll(node.attributes().values());
                node.bytes().ifPresent(contents::add);
            }
            return new Words(nodes, List.copyOf(tags), List.copyOf(names), List.copyOf(values), contents);
        }

        private static void collect(Node node, List<Node> into) {
            into.add(node);
            node.children().forEach(child -> collect(child, into));
        }
    }

    /** The node with one to four damages, each somewhere in it. */
    public Node mutate(Node node) {
        Node mutated = node;
        for (int i = 1 + random.nextInt(1 + random.nextInt(4)); i > 0; i--) {
            mutated = somewhere(mutated);
        }
        return mutated;
    }

    /** A node of known words that nobody ever sent. */
    public Node made(int depth) {
        Node.Builder node = Node.builder(pick(words.tags()));
        for (int i = random.nextInt(5); i > 0; i--) {
            node.attribute(pick(words.names()), value());
        }
        switch (random.nextInt(depth > 3 ? 3 : 5)) {
            case 0 -> node.text(value());
            case 1 -> node.bytes(pick(words.contents()));
            case 2 -> {}
            default -> {
                for (int i = random.nextInt(4); i > 0; i--) {
                    node.child(made(depth + 1));
                }
            }
        }
        return node.build();
    }

    private Node somewhere(Node node) {
        List<Node> children = node.children();
        if (!children.isEmpty() && random.nextInt(3) > 0) {
            List<Node> changed = new ArrayList<>(children);
            int at = random.nextInt(changed.size());
            changed.set(at, somewhere(changed.get(at)));
            return withChildren(node, changed);
        }
        return once(node);
    }

    private Node once(Node node) {
        Map<String, String> attributes = new LinkedHashMap<>(node.attributes());
        return switch (random.nextInt(10)) {
            case 0 -> with(random.nextInt(20) == 0 ? "x".repeat(3_000) : pick(words.tags()), attributes, node);
            case 1, 2 -> {
                if (!attributes.isEmpty()) {
                    attributes.remove(pick(List.copyOf(attributes.keySet())));
                }
                yield with(node.tag(), attributes, node);
            }
            case 3, 4 -> {
                boolean known = !attributes.isEmpty() && random.nextBoolean();
                attributes.put(pick(known ? List.copyOf(attributes.keySet()) : words.names()), value());
                yield with(node.tag(), attributes, node);
            }
            case 5 -> withChildren(node, childrenChanged(node));
            case 6 -> withBytes(node, pick(words.contents()));
            case 7 -> {
                byte[] content = node.bytes().orElse(new byte[0]);
                yield withBytes(node, new Mutator(random, words.contents()).mutate(content));
            }
            case 8 -> withBytes(node, value().getBytes(java.nio.charset.StandardCharsets.UTF_8));
            default -> pick(words.nodes());
        };
    }

    private List<Node> childrenChanged(Node node) {
        List<Node> children = new ArrayList<>(node.children());
        int at = random.nextInt(children.size() + 1);
        switch (random.nextInt(5)) {
            case 0 -> children.add(at, pick(words.nodes()));
            case 1 -> children.add(at, node);
            case 2 -> children.add(at, made(3));
            case 3 -> children.clear();
            default -> {
                if (at < children.size()) {
                    children.remove(at);
                }
            }
        }
        return children;
    }

    /** A value from anywhere, mostly a known one. */
    public String value() {
        return switch (random.nextInt(4)) {
            case 0 -> pick(ODD);
            case 1 -> Long.toString(random.nextLong() >>> random.nextInt(64));
            default -> pick(words.values());
        };
    }

    public <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static Node with(String tag, Map<String, String> attributes, Node content) {
        Node.Builder node = Node.builder(tag);
        attributes.forEach(node::attribute);
        if (!content.children().isEmpty()) {
            node.children(content.children());
        } else {
            content.bytes().ifPresent(node::bytes);
        }
        return node.build();
    }

    private static Node withChildren(Node node, List<Node> children) {
        return bare(node).children(children).build();
    }

    private static Node withBytes(Node node, byte[] bytes) {
        return bare(node).bytes(bytes).build();
    }

    private static Node.Builder bare(Node node) {
        Node.Builder bare = Node.builder(node.tag());
        node.attributes().forEach(bare::attribute);
        return bare;
    }
}
