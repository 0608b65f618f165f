package dev.whatsappmd.camel;

/** A durable event failed as often as {@code maximumDeliveries} says. It is kept in the session's store. */
public class DeliveryFailedException extends WhatsAppMdException {
    private static final long serialVersionUID = 1L;

    private final String deliveryId;

    public DeliveryFailedException(String deliveryId, String message) {
        super(message);
        this.deliveryId = deliveryId;
    }

    /** The same as in the header {@code CamelWhatsAppMdDeliveryId} of its exchanges. */
    public String getDeliveryId() {
        return deliveryId;
    }
}
