package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What names a message: Baileys' {@code WAMessageKey}, with the same field names. Addresses have no device.
 *
 * @param remoteJid the chat: a person, a group, {@code status@broadcast}, a broadcast list or a channel
 * @param remoteJidAlt the person's other address (number or LID); null when unknown, and in a group
 * @param fromMe whether the user of this account sent it, from whichever device
 * @param id given by the sender, unique only together with chat and sender
 * @param participant in a group or broadcast: who sent it
 * @param participantAlt that person's other address
 * @param addressingMode {@code lid} or {@code pn}: how the stanza names people
 * @param serverId a channel's own number of the message
 * @param isViewOnce true for one that can be seen once and only on the phone; its content never comes
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "remoteJid",
    "remoteJidAlt",
    "fromMe",
    "id",
    "participant",
    "participantAlt",
    "addressingMode",
    "server_id",
    "isViewOnce"
})
public record MessageKey(
        @Nullable String remoteJid,
        @Nullable String remoteJidAlt,
        boolean fromMe,
        String id,
        @Nullable String participant,
        @Nullable String participantAlt,
        @Nullable String addressingMode,
        @JsonProperty("server_id") @Nullable String serverId,
        @Nullable Boolean isViewOnce) {

    public MessageKey {
        Objects.requireNonNull(id, "id");
    }

    /** A key that another message mentions: without what only a stanza tells. */
    public static MessageKey of(@Nullable String remoteJid, boolean fromMe, String id, @Nullable String participant) {
        return new MessageKey(remoteJid, null, fromMe, id, participant, null, null, null, null);
    }

    /** Never an address: only the id. */
    @Override
    public String toString() {
        return "MessageKey[" + id + (fromMe ? ", from me]" : "]");
    }
}
