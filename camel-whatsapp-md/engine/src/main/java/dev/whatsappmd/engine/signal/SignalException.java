package dev.whatsappmd.engine.signal;

import java.util.Objects;

/**
 * A message or a bundle from outside that cannot be used. Nothing was changed: the same message, or a good copy of it, may
 * still come. The text holds neither keys nor plaintext nor whole addresses.
 */
public final class SignalException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** There is no session with this device, or no sender key of it with this number. */
        NO_SESSION,
        /** This counter was read before, or its key was given up because the bounds were reached. */
        DUPLICATE_OR_OLD_COUNTER,
        /** The MAC does not hold: altered, for somebody else, or from a session that is not known here. */
        BAD_MAC,
        /** A one-time or signed pre-key that is not here: used already, or of an earlier identity. */
        NO_PRE_KEY,
        /** Not a message of format version 3, or what is inside makes no sense. */
        BAD_MESSAGE,
        /** The counter is further ahead of the chain than is worth deriving. */
        TOO_FAR_AHEAD,
        /** A public key of the wrong form or of low order. */
        INVALID_KEY,
        /** The signature of a group message or of a bundle's pre-key does not hold. */
        BAD_SIGNATURE
    }

    private final Reason reason;

    SignalException(Reason reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason);
    }

    public Reason reason() {
        return reason;
    }
}
