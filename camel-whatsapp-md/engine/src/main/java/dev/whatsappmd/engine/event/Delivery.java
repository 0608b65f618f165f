package dev.whatsappmd.engine.event;

import java.util.Objects;

/**
 * One durable event on its way to a listener. It stays in the session's log until the listener says that it is done with
 * it, also over a restart.
 *
 * @param deliveryId the same each time this event is delivered, and no other has it: what an idempotent receiver goes by
 * @param kind never {@link EventKind#CONNECTION}
 * @param redelivered whether it may have been delivered before: after a failure, or after a restart
 * @param attempt 1 for the first; counts failures over restarts too
 * @param body the event's record
 */
public record Delivery(String deliveryId, EventKind kind, boolean redelivered, int attempt, Object body) {
    public Delivery {
        Objects.requireNonNull(deliveryId, "deliveryId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(body, "body");
    }

    /** Never the body: it is somebody's message. */
    @Override
    public String toString() {
        return "Delivery[" + kind + ", attempt " + attempt + (redelivered ? ", redelivered" : "") + "]";
    }
}
