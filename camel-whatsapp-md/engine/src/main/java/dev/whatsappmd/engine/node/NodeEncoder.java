package dev.whatsappmd.engine.node;

import java.io.ByteArrayOutputStream;
import java.util.zip.Deflater;

/**
 * Writes a node as a frame, byte for byte as Baileys does (WABinary/encode.ts), except where Baileys would lose a part
 * of an attribute: see {@link NodeWriter}.
 *
 * <p>What cannot be written, or could not be read back within {@link NodeLimits#DEFAULT}, is an
 * {@link IllegalArgumentException}: an empty tag, more than 65,535 children or 32,767 attributes, or nesting, nodes or
 * inflated size beyond the limits.
 *
 * <p>The methods are stateless and safe for all threads.
 */
public final class NodeEncoder {
    private static final int MAX_ITEMS = 0xffff;

    private final NodeWriter out = new NodeWriter();
    private int nodes;

    private NodeEncoder() {}

    /** The frame: a flags byte 0 and the node. */
    public static byte[] encode(Node node) {
        NodeEncoder encoder = new NodeEncoder();
        encoder.out.u8(0);
        encoder.node(node, 1);
        return encoder.out.toByteArray();
    }

    /** The frame with the node deflated: a flags byte 2 and a zlib stream. Servers send these; clients do not. */
    public static byte[] encodeDeflated(Node node) {
        byte[] plain = encode(node);
        if (plain.length - 1 > NodeLimits.DEFAULT.maxInflatedBytes()) {
            throw new IllegalArgumentException("node <" + node.tag() + "> has " + (plain.length - 1)
                    + " bytes; a deflated frame may hold " + NodeLimits.DEFAULT.maxInflatedBytes()
                    + ": send it in parts or not deflated");
        }
        ByteArrayOutputStream frame = new ByteArrayOutputStream(plain.length / 2 + 64);
        frame.write(WireTag.FLAG_DEFLATED);
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(plain, 1, plain.length - 1);
            deflater.finish();
            byte[] part = new byte[4096];
            while (!deflater.finished()) {
                frame.write(part, 0, deflater.deflate(part));
            }
        } finally {
            deflater.end();
        }
        return frame.toByteArray();
    }

    private void node(Node node, int depth) {
        String tag = node.tag();
        if (tag.isEmpty()) {
            throw new IllegalArgumentException("a node needs a tag that is not empty");
        }
        if (depth > NodeLimits.DEFAULT.maxDepth()) {
            throw new IllegalArgumentException(
                    "node <" + tag + "> is nested deeper than " + NodeLimits.DEFAULT.maxDepth());
        }
        if (++nodes > NodeLimits.DEFAULT.maxNodes()) {
            throw new IllegalArgumentException(
                    "a stanza with more than " + NodeLimits.DEFAULT.maxNodes() + " nodes: send it in parts");
        }
        String[] attributes = node.attributePairs();
        Object content = node.content();
        list(tag, 1 + attributes.length + (content == null ? 0 : 1));
        out.text(tag);
        for (String attribute : attributes) {
            out.text(attribute);
        }
        if (content instanceof String text) {
            out.text(text);
        } else if (content instanceof byte[] bytes) {
            out.binary(bytes);
        } else if (content instanceof Node[] children) {
            list(tag, children.length);
            for (Node child : children) {
                node(child, depth + 1);
            }
        }
    }

    private void list(String tag, int items) {
        if (items > MAX_ITEMS) {
            throw new IllegalArgumentException("node <" + tag + "> has a list of " + items + " items; the wire holds "
                    + MAX_ITEMS + ": send it in parts");
        }
        out.list(items);
    }
}
