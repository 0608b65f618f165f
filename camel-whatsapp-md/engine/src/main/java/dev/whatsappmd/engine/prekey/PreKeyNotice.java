package dev.whatsappmd.engine.prekey;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import dev.whatsappmd.engine.node.Node;
import java.util.Optional;
import java.util.OptionalInt;

/** What the server says of itself about our keys: a notification of type {@code encrypt} from the server. */
public sealed interface PreKeyNotice {
    /**
     * How many one-time pre-keys the server has left.
     *
     * @param onServer 0 or more
     */
    record Left(int onServer) implements PreKeyNotice {
        /** Whether these are few (Baileys Socket/messages-recv.ts). */
        public boolean mustUpload() {
            return onServer < PreKeyPolicy.MIN_COUNT;
        }
    }

    /** The server wants its copy compared with ours: {@link PreKeyNodes#digest()}. */
    record DigestWanted() implements PreKeyNotice {}

    /** Reads a stanza; empty for any other, also for the identity change of somebody else. */
    static Optional<PreKeyNotice> parse(Node stanza) {
        boolean fromServer =
                stanza.hasAttribute("from", JidServer.USER) || stanza.hasAttribute("from", Jid.SERVER.toString());
        if (!stanza.is("notification") || !stanza.hasAttribute("type", "encrypt") || !fromServer) {
            return Optional.empty();
        }
        OptionalInt count = PreKeyNodes.countIn(stanza);
        if (count.isPresent()) {
            return Optional.of(new Left(count.getAsInt()));
        }
        return stanza.child("digest").map(digest -> new DigestWanted());
    }
}
