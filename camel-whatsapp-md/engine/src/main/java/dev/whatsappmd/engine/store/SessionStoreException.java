package dev.whatsappmd.engine.store;

import java.util.Objects;

/** The session's store could not be opened, read or written. The message says what happened and what to do. */
public final class SessionStoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** What is there cannot be read as a store, or a row cannot be decoded. */
        CORRUPT,
        /** Something that belongs to a session that existed is gone. */
        MISSING,
        /** Written by a newer version of this program. */
        NEWER,
        /** Another owner has the session open. */
        LOCKED,
        /** Another owner took the session over; this one may not write any more. */
        FENCED,
        /** The place cannot be written to. */
        READ_ONLY,
        /** The passphrase of an encrypted session is missing or wrong, or there is one for a session that is not. */
        PASSPHRASE,
        /** No room is left. */
        FULL,
        /** Any other failure of the disk or the database. */
        IO
    }

    private final Reason reason;

    public SessionStoreException(Reason reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason);
    }

    public SessionStoreException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason);
    }

    public Reason reason() {
        return reason;
    }
}
