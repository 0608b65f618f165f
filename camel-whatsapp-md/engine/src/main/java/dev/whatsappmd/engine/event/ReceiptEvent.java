package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of messages: they were delivered, read, played, or could not be read there.
 *
 * @param keys the messages, at least one
 * @param userJid who says so; without a device
 * @param type the server's word, e.g. {@code read}, {@code read-self}, {@code played}, {@code retry}; {@code delivery}
 *     when it has none
 * @param status the message's status as a number of Baileys' {@code WAMessageStatus} (2 server, 3 delivered, 4 read, 5
 *     played); null for a type that does not change it
 * @param timestamp when, in seconds since 1970; null when the server does not say
 * @param offline whether it waited at the server while this device was away
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"keys", "userJid", "type", "status", "timestamp", "offline"})
public record ReceiptEvent(
        List<MessageKey> keys,
        String userJid,
        String type,
        @Nullable Integer status,
        @Nullable Long timestamp,
        boolean offline) {

    public ReceiptEvent {
        keys = List.copyOf(keys);
        Objects.requireNonNull(userJid, "userJid");
        Objects.requireNonNull(type, "type");
    }

    /** The type and how many messages; never an address. */
    @Override
    public String toString() {
        return "ReceiptEvent[" + type + ", " + keys.size() + " messages]";
    }
}
