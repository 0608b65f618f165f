package dev.whatsappmd.engine.session;

/**
 * Where a session stands.
 *
 * <pre>
 *   IDLE ─▶ DIALING ─┬▶ PAIRING ─▶ PAIRED ─┐
 *             ▲      └▶ LOGGING_IN ─▶ BRINGING_UP ─▶ OPEN
 *             │                            │           │
 *             └── WAITING │ PARKED ◀───────┴───────────┤
 *             (asked) └── HALTED ◀─────────────────────┘        any ─▶ STOPPED
 * </pre>
 */
enum Phase {
    /** Not started yet. */
    IDLE("idle", false),
    /** Opening the socket, and proving to each other who is who. */
    DIALING("dialing", true),
    /** Connected without an account; codes are shown. */
    PAIRING("pairing", true),
    /** Linked and saved; the server will end the stream so that the new identity logs in. */
    PAIRED("paired", true),
    /** The login was sent; the server has not answered yet. */
    LOGGING_IN("loggingIn", true),
    /** Logged in; pre-keys are looked after and the server is told to deliver. */
    BRINGING_UP("bringingUp", true),
    /** All is well. */
    OPEN("open", true),
    /** Between two connections; the next attempt has a time. */
    WAITING("waiting", false),
    /** Between two connections for longer, with or without a time. */
    PARKED("parked", false),
    /** Ended until somebody asks: by {@code reconnect}, or by starting the route again. */
    HALTED("halted", false),
    /** Ended for good. */
    STOPPED("stopped", false);

    private final String wireName;
    private final boolean connected;

    Phase(String wireName, boolean connected) {
        this.wireName = wireName;
        this.connected = connected;
    }

    /** Whether there is a connection, or one is being opened. */
    boolean connected() {
        return connected;
    }

    @Override
    public String toString() {
        return wireName;
    }
}
