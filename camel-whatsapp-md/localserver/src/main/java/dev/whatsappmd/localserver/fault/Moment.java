package dev.whatsappmd.localserver.fault;

/**
 * Named moments in the life of a connection, in the order they come. Each comes at most once per connection.
 *
 * <pre>
 *   ACCEPT ── UPGRADE ── HELLO ─┬─ REGISTRATION ── PAIRED ── 515
 *                               └─ LOGIN ── SUCCESS ── ACTIVE ── OPEN
 * </pre>
 *
 * The moment at which a certain stanza comes has no name here: it is given to the {@link ServerScript} as a question.
 */
public enum Moment {
    /** The TCP connection is here; nothing was read from it. */
    ACCEPT(false),
    /** The client's request for a websocket is here; it is not answered yet. */
    UPGRADE(false),
    /** The client's first handshake message is here, the server's answer is not yet sent: no stanza can go out. */
    HELLO(false),
    /** A client without an account is through the handshake; pair-device is not yet sent. */
    REGISTRATION(true),
    /** The companion's signature was found good and the device is known; the 515 is not yet sent. */
    PAIRED(true),
    /** A client with an account is through the handshake; it is not yet looked up. */
    LOGIN(true),
    /** {@code <success>} has been sent. */
    SUCCESS(true),
    /** The client went active and has its answer; nothing of the offline queue has been sent. */
    ACTIVE(true),
    /** The offline queue is through, {@code <offline>} has been sent. */
    OPEN(true);

    private final boolean encrypted;

    Moment(boolean encrypted) {
        this.encrypted = encrypted;
    }

    /** Whether stanzas can be sent at this moment. */
    public boolean canSendStanzas() {
        return encrypted;
    }

    /** Whether the websocket is open at this moment. */
    boolean isOverWebSocket() {
        return compareTo(HELLO) >= 0;
    }
}
