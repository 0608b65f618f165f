package dev.whatsappmd.engine.delivery;

import dev.whatsappmd.engine.event.EventKind;
import java.util.Objects;

/**
 * One event in the log.
 *
 * @param key its place: keys sort in the order in which the events were received
 * @param deliveryId the same each time it is delivered
 * @param content what the room that made it reads again; not to be changed
 * @param failures how often it was given out and failed
 * @param lastFailure the class of what the last one failed with; empty before
 */
public record PendingDelivery(
        String key, String deliveryId, EventKind kind, byte[] content, int failures, String lastFailure) {
    public PendingDelivery {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(deliveryId, "deliveryId");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(content, "content");
        Objects.requireNonNull(lastFailure, "lastFailure");
    }

    /** It has failed once more. */
    public PendingDelivery failedBy(String failure) {
        return new PendingDelivery(key, deliveryId, kind, content, failures + 1, failure);
    }

    /** With a clean slate: a person wants it tried again. */
    public PendingDelivery renewed() {
        return new PendingDelivery(key, deliveryId, kind, content, 0, lastFailure);
    }

    /** Never the content. */
    @Override
    public String toString() {
        return "PendingDelivery[" + key + ", " + kind + ", " + content.length + " bytes, failures " + failures + "]";
    }
}
