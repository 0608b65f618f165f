package dev.whatsappmd.engine.event;

import dev.whatsappmd.reconnect.ReconnectDirective;
import java.util.Optional;
import java.util.Set;

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
     * The kinds of events this listener wants besides the connection's. Asked whenever listeners come and go, and for each
     * event; quick, and from any thread. What nobody wants is answered on the wire and dropped.
     */
    default Set<EventKind> wantedEvents() {
        return Set.of();
    }

    /**
     * A durable event of a kind that is wanted. It counts as delivered when the receipt says so, and comes again otherwise:
     * later after a failure, at the next start when nothing was said. Several may be on their way at the same time; each
     * kind comes in its order.
     */
    default void onDelivery(Delivery delivery, DeliveryReceipt receipt) {
        receipt.returned();
    }

    /** Something of a kind that is wanted and that nobody keeps: {@link PresenceEvent}. */
    default void onPassing(EventKind kind, Object event) {}

    /**
     * A durable event was delivered {@code maximumDeliveries} times and failed each time. It is kept, counted in {@link
     * SessionStatus#failedDeliveries()}, and delivered again only when somebody asks for it.
     */
    default void onGivenUp(String deliveryId, EventKind kind, int failures, String lastFailure) {}

    /**
     * Something failed that is not the end of a connection: the store could not be written, an answer made no sense.
     * The session has already done what it can.
     */
    default void onError(String message, Throwable cause) {}

    /** Says what came of a delivery; the first word counts. Safe to use from any thread. */
    interface DeliveryReceipt {
        /** It is done with: the event is removed from the log. */
        void completed();

        /** It could not be processed; the same event comes again, later. */
        void failed(Throwable why);

        /** Nobody had a look at it; it comes again when listeners come or go, and at the next start. */
        void returned();
    }

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
