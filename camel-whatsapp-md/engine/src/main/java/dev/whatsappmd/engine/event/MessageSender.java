package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a message, by every address that is known.
 *
 * @param jid as the stanza named the person
 * @param lid the hidden address
 * @param pn the address with the phone number
 * @param device 0 for the phone, else the linked device
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"jid", "lid", "pn", "device"})
public record MessageSender(
        String jid, @Nullable String lid, @Nullable String pn, int device) {
    /** Never an address. */
    @Override
    public String toString() {
        return "MessageSender[device " + device + "]";
    }
}
