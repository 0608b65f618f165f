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

    private static final Set<String> UNTYPED_NOTIFICATIONS = Set.of("encrypt", "devices");

    private Answers() {}

    /**
     * The {@code <ack>} for a stanza, as Baileys' {@code buildAckStanza} makes it: a type is repeated when the stanza
     * has one and never made up, because a made-up one in a receipt's ack ends the stream.
     *
     * @param own this device's address; a message's ack carries it
     * @param error a reason for not having taken it; empty when it was taken
     */
    public static Node ack(Node stanza, Optional<String> own, Optional<Integer> error) {
        return ack(stanza, own, error, true);
    }

    /**
     * The {@code <ack>} for a notification: the type is repeated, except of those about keys and devices, whose acks have
     * none (zapo client/events/incoming.ts; Baileys repeats every type).
     */
    public static Node notificationAck(Node notification) {
        boolean withType = !UNTYPED_NOTIFICATIONS.contains(notification.attribute("type", ""));
        return ack(notification, Optional.empty(), Optional.empty(), withType);
    }

    private static Node ack(Node stanza, Optional<String> own, Optional<Integer> error, boolean withType) {
        Node.Builder ack = Node.builder("ack")
                .attribute("id", stanza.attribute("id"))
                .attribute("to", stanza.attribute("from"))
                .attribute("class", stanza.tag());
        error.ifPresent(code -> ack.attribute("error", Integer.toString(code)));
        ack.attribute("participant", stanza.attribute("participant"));
        ack.attribute("recipient", stanza.attribute("recipient"));
        if (withType) {
            ack.attribute("type", stanza.attribute("type"));
        }
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

    /** The answer to a request of the server; empty when this is none: an answer, or nobody could tell what it is for. */
    public static Optional<Node> toRequest(Node iq) {
        boolean get = iq.hasAttribute("type", "get");
        if (iq.attribute("id").isEmpty() || !get && !iq.hasAttribute("type", "set")) {
            return Optional.empty();
        }
        boolean ping =
                iq.hasAttribute("xmlns", "urn:xmpp:ping") || iq.child("ping").isPresent();
        return Optional.of(get && ping ? result(iq) : unknownRequest(iq));
    }

    /** Whether this tag is one of those that no answer is ever owed to. */
    static boolean isUnanswered(String tag) {
        return UNANSWERED.contains(tag);
    }

    /** Whether the server keeps such a stanza until it is answered: any tag, known or not, with an id and a sender. */
    public static boolean isOwed(Node stanza) {
        return !stanza.is("iq")
                && !UNANSWERED.contains(stanza.tag())
                && stanza.attribute("id").isPresent()
                && stanza.attribute("from").isPresent();
    }
}
