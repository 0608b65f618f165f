package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * The message that another one answers, as that one's sender says it was. Nobody has signed it: it may never have been
 * written.
 *
 * @param stanzaId the quoted message's id
 * @param participant who is said to have written it
 * @param remoteJid the chat it is from, when it is another one
 * @param kind what it is
 * @param text its words
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"stanzaId", "participant", "remoteJid", "kind", "text"})
public record QuotedMessage(
        String stanzaId,
        @Nullable String participant,
        @Nullable String remoteJid,
        @Nullable MessageKind kind,
        @Nullable String text) {

    /** Never an address or a word. */
    @Override
    public String toString() {
        return "QuotedMessage[" + stanzaId + "]";
    }
}
