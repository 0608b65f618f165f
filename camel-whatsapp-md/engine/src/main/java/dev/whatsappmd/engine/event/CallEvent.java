package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A step of a call: Baileys' {@code call}, with the same field names except that the time is a number.
 *
 * @param chatId the chat
 * @param from who calls
 * @param callerPn that person's phone-number address
 * @param id the call's own id
 * @param timestamp when, in seconds since 1970; null when the server does not say
 * @param offline whether it waited at the server while this device was away
 * @param status {@code offer}, {@code ringing}, {@code preaccept}, {@code transport}, {@code relaylatency},
 *     {@code accept}, {@code reject}, {@code timeout} or {@code terminate}
 * @param isVideo of an offer: with a picture
 * @param isGroup of an offer: to a group
 * @param groupJid of an offer: that group
 * @param latencyMs of {@code relaylatency}: milliseconds
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "chatId",
    "from",
    "callerPn",
    "id",
    "timestamp",
    "offline",
    "status",
    "isVideo",
    "isGroup",
    "groupJid",
    "latencyMs"
})
public record CallEvent(
        String chatId,
        @Nullable String from,
        @Nullable String callerPn,
        @Nullable String id,
        @Nullable Long timestamp,
        boolean offline,
        String status,
        @Nullable Boolean isVideo,
        @Nullable Boolean isGroup,
        @Nullable String groupJid,
        @Nullable Long latencyMs) {

    public CallEvent {
        Objects.requireNonNull(chatId, "chatId");
        Objects.requireNonNull(status, "status");
    }

    /** Never an address. */
    @Override
    public String toString() {
        return "CallEvent[" + status + (offline ? ", offline]" : "]");
    }
}
