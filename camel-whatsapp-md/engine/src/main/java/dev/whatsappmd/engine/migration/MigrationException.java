package dev.whatsappmd.engine.migration;

/** What was to be moved in cannot be; nothing was imported. The message says which file, why, and what to do. */
public final class MigrationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MigrationException(String message) {
        super(message + "; nothing was imported");
    }
}
