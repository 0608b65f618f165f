package dev.whatsappmd.engine.event;

import dev.whatsappmd.reconnect.ReconnectDirective;
import java.util.Optional;

/**
 * Hears what happens to one session.
 *
 * <p>Every method is called on the session's thread, in order, and must hand over at once: while it runs the session
 * does nothing else.
 */
public interface SessionListener {
    /**
     * The connection changed. Each listener has to complete each receipt exactly once, when it is done with the update
     * (a receipt that is no close's may be completed at once): the next attempt waits for the receipts of a close, up
     * to {@code routeDecisionTimeout}.
     */
    void onConnectionUpdate(ConnectionUpdate update, Receipt receipt);

    /**
     * Something failed that is not the end of a connection: the store could not be written, an answer made no sense.
     * The session has already done what it can.
     */
    default void onError(String message, Throwable cause) {}

    /** Says that a listener is done with an update. Safe to use from any thread. */
    interface Receipt {
        /**
         * Done. For a close, the directive (if any) is this listener's last word on what happens next; of several the
         * most cautious counts.
         *
         * @return false when it came too late to count: the decision was made already
         */
        boolean complete(Optional<ReconnectDirective> lastWord);
    }
}
