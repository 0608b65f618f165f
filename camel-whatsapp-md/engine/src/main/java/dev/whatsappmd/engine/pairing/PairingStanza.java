package dev.whatsappmd.engine.pairing;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import dev.whatsappmd.engine.node.Node;
import java.util.Optional;

/** What the server's pairing requests have in common: an iq of type set, from the server itself. */
final class PairingStanza {
    private PairingStanza() {}

    /** The child of this tag when the stanza is such a request. */
    static Optional<Node> body(Node stanza, String tag) {
        boolean request = stanza.is("iq") && stanza.hasAttribute("type", "set") && isFromServer(stanza);
        return request ? stanza.child(tag) : Optional.empty();
    }

    /** The server writes itself with and without the {@code @}. */
    static boolean isFromServer(Node stanza) {
        return stanza.hasAttribute("from", JidServer.USER) || stanza.hasAttribute("from", Jid.SERVER.toString());
    }
}
