package dev.whatsappmd.localserver.contact;

import java.util.List;
import java.util.OptionalInt;

/**
 * What became of one message at one device, at some moment.
 *
 * @param copies how often it was given to the server for this device: 1, and one more for each repetition and retry
 * @param receipts the types of the receipts that came, in order; empty text for a delivery's, which has none
 * @param retriesAsked how often the device asked for it again
 * @param acks how many bare acks without an error came
 * @param nack the error of the last ack that had one
 * @param gaveUp whether the device asked more often than senders answer
 */
public record MessageFate(
        int copies, List<String> receipts, int retriesAsked, int acks, OptionalInt nack, boolean gaveUp) {
    public MessageFate {
        receipts = List.copyOf(receipts);
    }

    /** Whether the device has said that it has it. */
    public boolean isDelivered() {
        return receipts.stream().anyMatch(MessageFate::saysDelivered);
    }

    /** How often the device has said that it has it. */
    public int deliveries() {
        return (int) receipts.stream().filter(MessageFate::saysDelivered).count();
    }

    private static boolean saysDelivered(String type) {
        return type.isEmpty() || type.equals("inactive") || type.equals("sender") || type.equals("peer_msg");
    }
}
