package dev.whatsappmd.localserver.contact;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;

/** By which of their two addresses people appear in a stanza, and whether the other one stands beside it. */
public enum Addressing {
    /** By phone number, as before there were LIDs. */
    NUMBER(false, false),
    /** By phone number, the LID beside it ({@code sender_lid}, {@code participant_lid}, {@code peer_recipient_lid}). */
    NUMBER_AND_LID(false, true),
    /** By LID alone: who has never heard of the number cannot know it. */
    LID(true, false),
    /** By LID, the number beside it ({@code sender_pn}, {@code participant_pn}, {@code peer_recipient_pn}). */
    LID_AND_NUMBER(true, true);

    private final boolean lid;
    private final boolean both;

    Addressing(boolean lid, boolean both) {
        this.lid = lid;
        this.both = both;
    }

    /** Whether the LID is the address. */
    public boolean byLid() {
        return lid;
    }

    /** Of a person's two addresses the one that counts. */
    public Jid of(Jid number, Jid lidAddress) {
        return lid ? lidAddress : number;
    }

    /** Adds an address and, if it is to be told, the other one without its device. */
    Node.Builder write(Node.Builder stanza, String attribute, String prefix, Jid number, Jid lidAddress) {
        stanza.attribute(attribute, of(number, lidAddress).toString());
        if (both) {
            Jid other = lid ? number : lidAddress;
            stanza.attribute(
                    prefix + (lid ? "_pn" : "_lid"), other.withoutDevice().toString());
        }
        return stanza;
    }
}
