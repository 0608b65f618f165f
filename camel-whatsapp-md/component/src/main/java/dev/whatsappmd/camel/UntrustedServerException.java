package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionUpdate;

/**
 * The server could not prove that it is the expected one. It was told nothing about the account; see the options {@code serverUrl},
 * {@code serverRootKey} and {@code proxy}.
 */
public class UntrustedServerException extends DisconnectedException {
    private static final long serialVersionUID = 1L;

    /** @param update one that closes */
    public UntrustedServerException(ConnectionUpdate update) {
        super(update);
    }
}
