package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionUpdate;

/**
 * Another connection of the same device took over (440): the session runs a second time somewhere else.
 */
public class ConnectionReplacedException extends DisconnectedException {
    private static final long serialVersionUID = 1L;

    /** @param update one that closes */
    public ConnectionReplacedException(ConnectionUpdate update) {
        super(update);
    }
}
