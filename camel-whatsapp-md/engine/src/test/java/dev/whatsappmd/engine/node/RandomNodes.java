package dev.whatsappmd.engine.node;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Seeded nodes of every shape, and what the wire makes of them. */
final class RandomNodes {
    private static final String[] SERVERS = {
        "s.whatsapp.net",
        "lid",
        "g.us",
        "broadcast",
        "newsletter",
        "hosted",
        "hosted.lid",
        "bot",
        "msgr",
        "interop",
        "call",
        "c.us",
        "example.org",
        "1234",
        ""
    };
    private static final String ODD = "0159aAFGz@@::__--.. \0\né日";
    private static final Pattern DEVICE = Pattern.compile(
            "([^@:_]*)(_(?:0|[1-9]\\d{0,2}))?(:(?:0|[1-9]\\d{0,2}))?@(s\\.whatsapp\\.net|c\\.us|g\\.us|bot|lid|hosted|hosted\\.lid)");

    private final RandomGenerator random;

    RandomNodes(long seed) {
        this.random = new SplittableRandom(seed);
    }

    Node node(int depth) {
        Node.Builder node = Node.builder(tag());
        for (int i = few(6); i > 0; i--) {
            node.attribute(text(), text());
        }
        switch (random.nextInt(depth > 5 ? 3 : 5)) {
            case 0 -> node.text(text());
            case 1 -> node.bytes(bytes());
            case 2 -> {}
            default -> node.children(children(depth));
        }
        return node.build();
    }

    private List<Node> children(int depth) {
        List<Node> children = new ArrayList<>();
        int count = random.nextInt(400) == 0 && depth > 2 ? 250 + random.nextInt(20) : few(4);
        for (int i = 0; i < count; i++) {
            children.add(count > 10 ? Node.of("item") : node(depth + 1));
        }
        return children;
    }

    private String tag() {
        String tag = text();
        return tag.isEmpty() ? "iq" : tag;
    }

    private int few(int bound) {
        return random.nextInt(1 + random.nextInt(bound));
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(20) == 0 ? 250 + random.nextInt(10) : few(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    String text() {
        return switch (random.nextInt(9)) {
            case 0 -> Tokens.SINGLE[1 + random.nextInt(235)];
            case 1 -> Tokens.DOUBLE[random.nextInt(1024)];
            case 2 -> of("0123456789-.", few(135));
            case 3 -> of("0123456789ABCDEF", few(135));
            case 4 -> of("abcdefghijklmnop qrstuvwxyzABC", few(300));
            case 5 -> of(ODD, few(12));
            case 6 -> new String(Character.toChars(0x1f600 + random.nextInt(60))).repeat(few(70));
            default -> address();
        };
    }

    private String address() {
        StringBuilder text =
                new StringBuilder(random.nextInt(8) == 0 ? text().replace("@", "") : of("0123456789", few(16)));
        if (random.nextInt(6) == 0) {
            text.insert(0, few(70_000) + "-");
        }
        if (random.nextInt(4) == 0) {
            text.append('_').append(few(300));
        }
        if (random.nextInt(2) == 0) {
            text.append(':').append(random.nextInt(10) == 0 ? random.nextInt(70_000) : few(300));
        }
        return text.append('@').append(SERVERS[random.nextInt(SERVERS.length)]).toString();
    }

    private String of(String alphabet, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** The text that arrives: all of it, but for agents, device 0 and servers without a domain type of their own. */
    static String arriving(String text) {
        Matcher address = DEVICE.matcher(text);
        if (!address.matches() || text.equals("@" + address.group(4)) || Tokens.codeOf(text) != 0) {
            return text;
        }
        int agent =
                address.group(2) == null ? 0 : Integer.parseInt(address.group(2).substring(1));
        int device = address.group(3) == null
                ? -1
                : Integer.parseInt(address.group(3).substring(1));
        String server = address.group(4);
        boolean ownDomain = List.of("lid", "hosted", "hosted.lid").contains(server);
        boolean foreign = device >= 0 && !ownDomain && List.of(1, 128, 129).contains(agent);
        if (agent > 255 || device > 255 || foreign) {
            return text;
        }
        if (device < 0) {
            return address.group(1) + '@' + server;
        }
        return address.group(1) + (device == 0 ? "" : ":" + device) + '@' + (ownDomain ? server : "s.whatsapp.net");
    }

    /** The node that arrives; text content as bytes, as {@link Node#bytes()} gives it for both. */
    static Node arriving(Node node) {
        Node.Builder arriving = Node.builder(arriving(node.tag()));
        node.attributes().forEach((name, value) -> arriving.attribute(arriving(name), arriving(value)));
        if (node.content() instanceof String text) {
            arriving.text(arriving(text));
        } else if (node.content() != null && node.bytes().isPresent()) {
            arriving.bytes(node.bytes().get());
        } else if (node.content() != null) {
            arriving.children(
                    node.children().stream().map(RandomNodes::arriving).toList());
        }
        return sameContent(arriving.build());
    }

    /** The node with all its text content as bytes. */
    static Node sameContent(Node node) {
        Node.Builder same = Node.builder(node.tag());
        node.attributes().forEach(same::attribute);
        if (node.bytes().isPresent()) {
            same.bytes(node.bytes().get());
        } else if (node.hasContent()) {
            same.children(node.children().stream().map(RandomNodes::sameContent).toList());
        }
        return same.build();
    }
}
