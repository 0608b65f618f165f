package dev.whatsappmd.reconnect;

/** Whether the next attempt takes up what was, or starts afresh. It belongs to the kind, not to the action. */
public enum Resumption {
    /** The next attempt continues with the state of the connection that ended. */
    RESUME,
    /** What the ended connection had agreed with the server is void: the next attempt introduces itself anew. */
    FRESH
}
