package dev.whatsappmd.engine.store;

/** The kinds of rows a session has. A store keeps them apart, by the names here: a constant is never renamed. */
public enum Table {
    /**
     * The row {@code self}: identity, keys, registration. Nothing else may ever be there without it. Beside it the
     * revoked ones from before, kept as evidence.
     */
    CREDENTIALS,
    /** One-time pre-keys by number. */
    PRE_KEYS
}
