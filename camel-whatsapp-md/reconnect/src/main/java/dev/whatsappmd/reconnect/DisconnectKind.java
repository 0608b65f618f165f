package dev.whatsappmd.reconnect;

/**
 * What the end of a connection means. Each protocol has one enum that implements this; one of its constants stands for
 * codes nobody knows (see {@link CodeTable}).
 *
 * <p>A kind carries no action: what to do about it is the {@link ReconnectRule} of a {@link RuleTable}.
 */
public interface DisconnectKind {
    /** The constant's name, as {@link Enum#name()} gives it. */
    String name();

    /**
     * True when this end belongs to the normal course of things: somebody asked for it, or the protocol prescribes it. A
     * planned end follows its rule in every {@link ReconnectStrategy}; it is no failure.
     */
    boolean planned();

    /** Whether the next attempt resumes or starts afresh. */
    Resumption resumption();
}
