package dev.whatsappmd.engine.signal;

/** What a message or a bundle said about the other device's identity key. Trust is on first use. */
public enum IdentityChange {
    /** The key that was known. */
    UNCHANGED,
    /** The first key of this address. */
    NEW,
    /** Another key than before: the app was installed anew, say. The sessions of the old key are gone. */
    CHANGED
}
