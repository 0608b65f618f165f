package dev.whatsappmd.engine.session;

/** The things a session does later. Each runs at most once at a time; setting it again replaces it. */
enum SessionTimer {
    /** The present step of connecting has taken too long. */
    CONNECT,
    /** The next code is due. */
    QR,
    /** The pairing window is over. */
    PAIRING_WINDOW,
    /** A question has waited too long for its answer. */
    REQUESTS,
    /** It is time for a ping. */
    PING,
    /** Nothing was received for too long after a send. */
    DEAD,
    /** No stanza of the offline queue came for too long. */
    OFFLINE,
    /** The connection has been open long enough for its failures to be forgotten. */
    STABLE,
    /** The next attempt is due. */
    NEXT_ATTEMPT,
    /** The routes have had their time to say a last word. */
    LAST_WORD,
    /** What could not be delivered or written is due again; has nothing to do with a connection. */
    REDELIVERY
}
