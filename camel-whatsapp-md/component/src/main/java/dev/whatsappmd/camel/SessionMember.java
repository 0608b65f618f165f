package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.SessionListener;

/** A consumer, as the session it shares with others sees it. */
interface SessionMember extends SessionListener {
    WhatsAppMdEndpoint endpoint();

    /**
     * Waits until no exchange of this member is on its way.
     *
     * @return false when the time was over before
     */
    boolean awaitIdle(long millis) throws InterruptedException;

    /** The session is over: nothing that is still pending will be wanted. Only for members that are not started. */
    void sessionEnded();
}
