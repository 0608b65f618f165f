package dev.whatsappmd.engine.node;

/**
 * What a node from the wire may cost at most. WhatsApp's own stanzas stay far below the defaults: they nest about ten
 * deep; an uncompressed frame ends at 16 MiB anyway because its length has three bytes; and a list of a million nodes
 * would be 250 groups of the largest size with four nodes for each member.
 *
 * @param maxDepth deepest nesting, the outermost node being 1; at most {@link #MAX_DEPTH}, which bounds the stack
 * @param maxNodes most nodes in one frame, at least 1
 * @param maxInflatedBytes most bytes that a deflated frame may grow to, at least 1
 */
public record NodeLimits(int maxDepth, int maxNodes, int maxInflatedBytes) {
    /** The deepest nesting that can be allowed: it must fit in the stack of a small thread (256 KiB). */
    public static final int MAX_DEPTH = 128;

    /** Depth 128, 1,048,576 nodes, 16 MiB inflated. */
    public static final NodeLimits DEFAULT = new NodeLimits(MAX_DEPTH, 1 << 20, 16 << 20);

    public NodeLimits {
        if (maxDepth < 1 || maxDepth > MAX_DEPTH) {
            throw new IllegalArgumentException("maxDepth must be 1 to " + MAX_DEPTH + ", not " + maxDepth);
        }
        if (maxNodes < 1) {
            throw new IllegalArgumentException("maxNodes must be at least 1, not " + maxNodes);
        }
        if (maxInflatedBytes < 1) {
            throw new IllegalArgumentException("maxInflatedBytes must be at least 1, not " + maxInflatedBytes);
        }
    }
}
