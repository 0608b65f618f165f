package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.Delivery;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.event.SessionListener;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
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
    /** One for each other kind that is wanted. */
    private final Map<EventKind, ExchangeLane> lanes = new EnumMap<>(EventKind.class);

    private volatile WhatsAppMdConsumer consumer;
    private volatile long generation;

    SessionMember(WhatsAppMdConsumer consumer) {
        this.endpoint = consumer.getEndpoint();
        this.routeId = consumer.getRouteId();
        this.consumer = consumer;
        this.connectionLane = lane(EventKind.CONNECTION, true);
        // What the session keeps is given out only so far as it is taken off; what nobody keeps must not pile up.
        wantedEvents().forEach(kind -> lanes.put(kind, lane(kind, !kind.durable())));
    }

    private ExchangeLane lane(EventKind kind, boolean bounded) {
        String of = routeId == null ? "" : " of route " + routeId;
        return new ExchangeLane("session " + endpoint.getSessionId() + ", " + kind + " exchanges" + of, bounded);
    }

    private Stream<ExchangeLane> allLanes() {
        return Stream.concat(Stream.of(connectionLane), lanes.values().stream());
    }

    /** Of the connection that was told last. */
    long generation() {
        return generation;
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

    /**
     * Whether the route has stopped before its consumer and takes nothing more: so does the one around a consumer that has
     * none of its own ({@code master:}). That is no trouble to tell of.
     */
    boolean isTurnedAway(Exchange exchange) {
        WhatsAppMdConsumer present = consumer;
        return exchange.getException() instanceof RejectedExecutionException
                && (present.isStoppingOrStopped() || present.getRoute() == null);
    }

    /** Exchanges are routed from now on. */
    void open(Executor executor) {
        Objects.requireNonNull(executor);
        allLanes().forEach(lane -> lane.open(executor));
    }

    /** Exchanges wait from now on; the one on its way goes on. */
    void shut() {
        allLanes().forEach(ExchangeLane::shut);
    }

    /** Drops what is pending. */
    void clear() {
        allLanes().forEach(ExchangeLane::clear);
    }

    /**
     * Waits until no exchange is on its way and, unless they have to wait, none is pending.
     *
     * @return false when the time was over before
     */
    boolean awaitIdle(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        boolean idle = true;
        for (ExchangeLane lane : allLanes().toList()) {
            long left = Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
            idle &= lane.awaitIdle(left);
        }
        return idle;
    }

    @Override
    public void onConnectionUpdate(ConnectionUpdate update, Receipt receipt) {
        generation = update.generation();
        boolean wanted = endpoint.wanted().contains(EventKind.CONNECTION);
        if (!wanted || !update.closes()) {
            receipt.complete(Optional.empty());
        }
        if (wanted) {
            connectionLane.offer(new ConnectionWork(this, update, receipt));
        }
    }

    @Override
    public Set<EventKind> wantedEvents() {
        Set<EventKind> kinds = EnumSet.copyOf(endpoint.wanted());
        kinds.remove(EventKind.CONNECTION);
        // Nothing comes of it in this version.
        kinds.remove(EventKind.HISTORY);
        return kinds;
    }

    @Override
    public void onDelivery(Delivery delivery, DeliveryReceipt receipt) {
        lanes.get(delivery.kind()).offer(EventWork.durable(this, delivery, receipt));
    }

    @Override
    public void onPassing(EventKind kind, Object event) {
        lanes.get(kind).offer(EventWork.passing(this, kind, event));
    }

    @Override
    public void onGivenUp(String deliveryId, EventKind kind, int failures, String lastFailure) {
        if (wantedEvents().contains(kind)) {
            String message = "a " + kind + " of session " + endpoint.getSessionId() + " (delivery " + deliveryId
                    + ") failed " + failures + " times, the last time with " + lastFailure
                    + "; it is kept as failed, and operation=redeliver delivers it again";
            onError(message, new DeliveryFailedException(deliveryId, message));
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
