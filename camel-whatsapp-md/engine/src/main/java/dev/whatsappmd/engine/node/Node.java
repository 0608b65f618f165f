package dev.whatsappmd.engine.node;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A stanza or a part of one: a tag, attributes in their order, and either nothing, text, bytes or child nodes.
 *
 * <p>Immutable, except that {@link #bytes()} hands out the array itself: nobody writes to it. Attribute values are
 * text; an address is written as {@code user@server}.
 *
 * <p>On the wire text is sent as bytes unless it is a token, a packed number or an address, so a decoded node may
 * carry bytes where the sender had text. {@link #text()} and {@link #bytes()} therefore read both.
 */
public final class Node {
    private static final int SHOWN_TAG = 40;
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]");

    private final String tag;
    /** Names and values in turn. */
    private final String[] attributes;

    private final Object content;

    private Node(String tag, String[] attributes, Object content) {
        this.tag = Objects.requireNonNull(tag, "tag");
        this.attributes = attributes;
        this.content = content;
    }

    /** A node without attributes and content. */
    public static Node of(String tag) {
        return new Node(tag, Attributes.NONE, null);
    }

    /** Begins a node. */
    public static Builder builder(String tag) {
        return new Builder(tag);
    }

    /**
     * A node of parts that the caller gives away: neither the array nor the content may be changed afterwards.
     *
     * @param attributes names and values in turn, each name once
     * @param content null, {@code String}, {@code byte[]} or {@code Node[]}
     */
    static Node ofOwned(String tag, String[] attributes, Object content) {
        return new Node(tag, attributes, content);
    }

    public String tag() {
        return tag;
    }

    /** The tag for a log line or a message: whoever sent it, it has at most 40 characters and no control character. */
    public String shownTag() {
        String start = tag.length() <= SHOWN_TAG ? tag : tag.substring(0, SHOWN_TAG - 1) + '…';
        return CONTROL.matcher(start).replaceAll("?");
    }

    /** All attributes in the order they were written. */
    public Map<String, String> attributes() {
        return attributes.length == 0 ? Map.of() : new Attributes(attributes);
    }

    /** Names and values in turn; not to be written to. */
    String[] attributePairs() {
        return attributes;
    }

    /** The attribute's value, empty when the node has none of that name. */
    public Optional<String> attribute(String name) {
        return Optional.ofNullable(Attributes.get(attributes, name));
    }

    /** The attribute's value, or the given one when the node has none of that name. */
    public String attribute(String name, String otherwise) {
        String value = Attributes.get(attributes, name);
        return value == null ? otherwise : value;
    }

    /** Whether the attribute is there and has exactly this value. */
    public boolean hasAttribute(String name, String value) {
        return value.equals(Attributes.get(attributes, name));
    }

    public boolean is(String tagName) {
        return tag.equals(tagName);
    }

    /** The content as it is: null, {@code String}, {@code byte[]} or {@code Node[]}; not to be written to. */
    Object content() {
        return content;
    }

    public boolean hasContent() {
        return content != null;
    }

    /** The child nodes; empty when the content is text, bytes or nothing. */
    public List<Node> children() {
        return content instanceof Node[] nodes ? NodeList.of(nodes) : List.of();
    }

    /** The child nodes with this tag, in order. */
    public List<Node> children(String childTag) {
        return children().stream().filter(child -> child.is(childTag)).toList();
    }

    /** The first child with this tag. */
    public Optional<Node> child(String childTag) {
        for (Node child : children()) {
            if (child.is(childTag)) {
                return Optional.of(child);
            }
        }
        return Optional.empty();
    }

    /** The first child, whatever its tag. */
    public Optional<Node> firstChild() {
        List<Node> children = children();
        return children.isEmpty() ? Optional.empty() : Optional.of(children.get(0));
    }

    /** The content as bytes (text as UTF-8); empty for child nodes or no content. Not a copy: do not write to it. */
    public Optional<byte[]> bytes() {
        if (content instanceof byte[] bytes) {
            return Optional.of(bytes);
        }
        return content instanceof String text ? Optional.of(text.getBytes(StandardCharsets.UTF_8)) : Optional.empty();
    }

    /** The content as text (bytes read as UTF-8); empty for child nodes or no content. */
    public Optional<String> text() {
        if (content instanceof String text) {
            return Optional.of(text);
        }
        return content instanceof byte[] bytes
                ? Optional.of(new String(bytes, StandardCharsets.UTF_8))
                : Optional.empty();
    }

    /** A builder that starts with all this node has. */
    public Builder toBuilder() {
        Builder builder = new Builder(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            builder.attribute(attributes[i], attributes[i + 1]);
        }
        if (content instanceof Node[]) {
            builder.children(children());
        } else {
            builder.content = content;
        }
        return builder;
    }

    /** Equal tag, attributes (in any order) and content; text and bytes of the same value are different content. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Node node
                && tag.equals(node.tag)
                && Attributes.equal(attributes, node.attributes)
                && Objects.deepEquals(content, node.content);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(new Object[] {tag, Attributes.hash(attributes), content});
    }

    /** The shape only (tags and attribute names), never a value: nodes carry keys, numbers and message text. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        shape(out, 0);
        return out.toString();
    }

    private void shape(StringBuilder out, int depth) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ').append(attributes[i]);
        }
        List<Node> children = children();
        if (content instanceof byte[] bytes) {
            out.append(">[").append(bytes.length).append(" bytes]");
        } else if (content instanceof String text) {
            out.append(">[").append(text.length()).append(" chars]");
        } else if (children.isEmpty()) {
            out.append("/>");
        } else if (depth >= 3 || children.size() > 8) {
            out.append(">[").append(children.size()).append(" nodes]");
        } else {
            out.append('>');
            children.forEach(child -> child.shape(out, depth + 1));
        }
    }

    /** Builds a {@link Node}; for one use by one thread. */
    public static final class Builder {
        private final String tag;
        private final Attributes.Collector attributes = new Attributes.Collector(0);
        private Object content;
        private List<Node> children;

        private Builder(String tag) {
            this.tag = Objects.requireNonNull(tag, "tag");
        }

        public Builder attribute(String name, String value) {
            attributes.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, name));
            return this;
        }

        /** Adds the attribute when there is a value. */
        public Builder attribute(String name, Optional<String> value) {
            value.ifPresent(present -> attribute(name, present));
            return this;
        }

        public Builder child(Node child) {
            if (content != null) {
                throw new IllegalStateException("node <" + tag + "> has text or bytes, so it cannot have children");
            }
            if (children == null) {
                children = new ArrayList<>();
            }
            children.add(Objects.requireNonNull(child, "child"));
            return this;
        }

        public Builder child(String childTag) {
            return child(Node.of(childTag));
        }

        /** Adds children; with none at all the node gets an empty list, which is another content than nothing. */
        public Builder children(Iterable<Node> all) {
            if (children == null && content == null) {
                children = new ArrayList<>();
            }
            all.forEach(this::child);
            return this;
        }

        /** Sets the content; the array is not copied and must not be changed afterwards. */
        public Builder bytes(byte[] bytes) {
            return content(Objects.requireNonNull(bytes, "bytes"));
        }

        public Builder text(String text) {
            return content(Objects.requireNonNull(text, "text"));
        }

        private Builder content(Object value) {
            if (children != null) {
                throw new IllegalStateException("node <" + tag + "> has children, so it cannot have text or bytes");
            }
            content = value;
            return this;
        }

        public Node build() {
            Object owned = children == null ? content : children.toArray(Node[]::new);
            return new Node(tag, attributes.copy(), owned);
        }
    }
}
