package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.SessionListener;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The place of one route in a session: what it asked for, and the exchanges that are pending for it. It outlives the
 * route's consumer, of which Camel makes a new one at each start: what happens while the route is stopped or suspended
 * waits here, as long as the session lives.
 *
 * <p>Hears the session, on the session's thread: only hands over.
 */
final class SessionMember implements SessionListener {
    private final WhatsAppMdEndpoint endpoint;
    private final @Nullable String routeId;
    private final ExchangeLane connectionLane;
    private volatile WhatsAppMdConsumer consumer;

    SessionMember(WhatsAppMdConsumer consumer) {
        this.endpoint = consumer.getEndpoint();
        this.routeId = consumer.getRouteId();
        this.consumer = consumer;
        this.connectionLane = new ExchangeLane("session " + endpoint.getSessionId() + ", connection exchanges"
                + (routeId == null ? "" : " of route " + routeId));
    }

    WhatsAppMdEndpoint endpoint() {
        return endpoint;
    }

    /** Whether this is the place of the route that the consumer stands for; a wrapped consumer stands for none. */
    boolean isPlaceOf(WhatsAppMdConsumer candidate) {
        return routeId != null && routeId.equals(candidate.getRouteId()) && endpoint == candidate.getEndpoint();
    }

    /** Whether a later consumer can take this place. */
    boolean canBeTakenAgain() {
        return routeId != null;
    }

    void take(WhatsAppMdConsumer next) {
        consumer = next;
    }

    /** The consumer that pending exchanges go to. */
    WhatsAppMdConsumer consumer() {
        return consumer;
    }

    /** Exchanges are routed from now on. */
    void open(Executor executor) {
        connectionLane.open(Objects.requireNonNull(executor));
    }

    /** Exchanges wait from now on; the one on its way goes on. */
    void shut() {
        connectionLane.shut();
    }

    /** Drops what is pending. */
    void clear() {
        connectionLane.clear();
    }

    /**
     * Waits until no exchange is on its way and, unless they have to wait, none is pending.
     *
     * @return false when the time was over before
     */
    boolean awaitIdle(long millis) throws InterruptedException {
        return connectionLane.awaitIdle(millis);
    }

    @Override
    public void onConnectionUpdate(ConnectionUpdate update, Receipt receipt) {
        boolean wanted = endpoint.wanted().contains(SessionEvent.CONNECTION);
        if (!wanted || !update.closes()) {
            receipt.complete(Optional.empty());
        }
        if (wanted) {
            connectionLane.offer(new ConnectionWork(this, update, receipt));
        }
    }

    @Override
    public void onError(String message, Throwable cause) {
        connectionLane.offer(done -> {
            try {
                consumer.getExceptionHandler().handleException(message, cause);
            } finally {
                done.run();
            }
        });
    }
}
