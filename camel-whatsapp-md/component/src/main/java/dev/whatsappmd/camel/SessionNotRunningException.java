package dev.whatsappmd.camel;

/**
 * A producer needs a session that no consumer of this Camel context runs, or one that is not connected. Only consumers
 * start sessions, so that an endpoint whose URI is made at run time can never start an identity.
 */
public class SessionNotRunningException extends WhatsAppMdException {
    private static final long serialVersionUID = 1L;

    private final String sessionId;

    public SessionNotRunningException(String sessionId, String message) {
        super(message);
        this.sessionId = sessionId;
    }

    /** The alias that was asked for. */
    public String getSessionId() {
        return sessionId;
    }
}
