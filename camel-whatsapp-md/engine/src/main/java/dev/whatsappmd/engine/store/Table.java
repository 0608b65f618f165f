package dev.whatsappmd.engine.store;

/** The kinds of rows a session has. A store keeps them apart; keys sort by their text within one table. */
public enum Table {
    /** One row, {@code self}: identity, keys, registration. Nothing else may ever be there without it. */
    CREDENTIALS,
    /** One-time pre-keys by number. */
    PRE_KEYS
}
