package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionUpdate;

/**
 * WhatsApp restricts the account: banned for some time (402), locked (403) or banned (406). What the server said about it is in
 * {@code getUpdate().lastDisconnect().error().data()}.
 */
public class AccountRestrictedException extends DisconnectedException {
    private static final long serialVersionUID = 1L;

    /** @param update one that closes */
    public AccountRestrictedException(ConnectionUpdate update) {
        super(update);
    }
}
