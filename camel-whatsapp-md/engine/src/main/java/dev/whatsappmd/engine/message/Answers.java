package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.node.Node;
import java.util.Optional;
import java.util.Set;

/**
 * What the server is owed for a stanza. It keeps a stanza until it is answered, sends it again first on every connect,
 * holds back the rest behind it, and in the end closes the stream (docs/wire.md).
 */
public final class Answers {
    private static final Set<String> UNANSWERED =
            Set.of("ib", "ack", "presence", "chatstate", "success", "failure", "stream:error", "xmlstreamend");

    private Answers() {}

    /**
     * The {@code <ack>} for a stanza, as Baileys' {@code buildAckStanza} makes it: a type is repeated when the stanza
     * has one and never made up, because a made-up one in a receipt's ack ends the stream.
     *
     * @param own this device's address; a message's ack carries it
     * @param error a reason for not having taken it; empty when it was taken
     */
    public static Node ack(Node stanza, Optional<String> own, Optional<Integer> error) {
        Node.Builder ack = Node.builder("ack")
                .attribute("id", stanza.attribute("id", ""))
                .attribute("to", stanza.attribute("from", ""))
                .attribute("class", stanza.tag());
        error.ifPresent(code -> ack.attribute("error", Integer.toString(code)));
        ack.attribute("participant", stanza.attribute("participant"));
        ack.attribute("recipient", stanza.attribute("recipient"));
        ack.attribute("type", stanza.attribute("type"));
        if (stanza.is("message")) {
            ack.attribute("from", own);
        }
        return ack.build();
    }

    /** The answer to a request that this client does not know: an iq too, never an ack. */
    public static Node unknownRequest(Node iq) {
        return answer(iq, "error")
                .child(Node.builder("error")
                        .attribute("code", "501")
                        .attribute("text", "feature-not-implemented")
                        .build())
                .build();
    }

    /** The good answer to a request. */
    public static Node result(Node iq) {
        return answer(iq, "result").build();
    }

    private static Node.Builder answer(Node iq, String type) {
        return Node.builder("iq")
                .attribute("to", iq.attribute("from", "s.whatsapp.net"))
                .attribute("type", type)
                .attribute("id", iq.attribute("id"));
    }

    /** Whether the server keeps such a stanza until it is answered: any tag, known or not, with an id and a sender. */
    public static boolean isOwed(Node stanza) {
        return !stanza.is("iq")
                && !UNANSWERED.contains(stanza.tag())
                && stanza.attribute("id").isPresent()
                && stanza.attribute("from").isPresent();
    }
}
