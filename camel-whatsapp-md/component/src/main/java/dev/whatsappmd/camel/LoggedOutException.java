package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionUpdate;

/**
 * This device is not linked any more: the user removed it, it was asked to log out, or the server took back a link within
 * three minutes. Nothing but a new link helps; the stored credentials are kept until a person deletes them.
 */
public class LoggedOutException extends DisconnectedException {
    private static final long serialVersionUID = 1L;

    /** @param update one that closes */
    public LoggedOutException(ConnectionUpdate update) {
        super(update);
    }
}
