package dev.whatsappmd.engine.node;

/**
 * Bytes from the wire that are not a node, or one beyond the limits. Checked, because what a server sends is never a
 * programming error. The message says where and what was expected; it carries nothing of the content.
 */
public final class NodeFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int offset;

    NodeFormatException(int offset, String what) {
        super("not a node: at byte " + offset + ": " + what);
        this.offset = offset;
    }

    NodeFormatException(int offset, String what, Throwable cause) {
        this(offset, what);
        initCause(cause);
    }

    /**
     * Where the trouble is: the index in the frame, or in the inflated bytes when the frame was deflated and its
     * compression was sound.
     */
    public int offset() {
        return offset;
    }
}
