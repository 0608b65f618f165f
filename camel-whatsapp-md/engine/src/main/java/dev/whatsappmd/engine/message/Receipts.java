package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Receipts that this device sends. */
public final class Receipts {
    private Receipts() {}

    /**
     * Tells the sender what became of messages (Baileys {@code sendReceipt}).
     *
     * @param chat where they are
     * @param participant who wrote them, in a group
     * @param ids of one sender, at least one
     * @param type {@code read}, {@code read-self}, {@code played}, {@code hist_sync}, …; empty = delivered
     * @param now by the server's clock; a read receipt says when
     */
    public static Node of(Jid chat, Optional<Jid> participant, List<String> ids, Optional<String> type, Instant now) {
        if (ids.isEmpty()) {
            throw new IllegalArgumentException("a receipt is for one message at least");
        }
        Node.Builder receipt = Node.builder("receipt").attribute("id", ids.get(0));
        if (type.filter(word -> word.equals("read") || word.equals("read-self")).isPresent()) {
            receipt.attribute("t", Long.toString(now.getEpochSecond()));
        }
        boolean ownToPerson = type.filter("sender"::equals).isPresent() && participant.isPresent() && chat.isUser();
        if (ownToPerson) {
            receipt.attribute("recipient", chat.toString());
            receipt.attribute("to", participant.get().toString());
        } else {
            receipt.attribute("to", chat.toString());
            receipt.attribute("participant", participant.map(Jid::toString));
        }
        receipt.attribute("type", type);
        if (ids.size() > 1) {
            receipt.child(Node.builder("list")
                    .children(ids.subList(1, ids.size()).stream()
                            .map(id -> Node.builder("item").attribute("id", id).build())
                            .toList())
                    .build());
        }
        return receipt.build();
    }

    /** What every receipt for a message has from its stanza (whatsmeow {@code buildBaseReceipt}). */
    static Node.Builder base(Node message) {
        return Node.builder("receipt")
                .attribute("id", message.attribute("id"))
                .attribute("to", message.attribute("from"))
                .attribute("recipient", message.attribute("recipient"))
                .attribute("participant", message.attribute("participant"));
    }

    /** The answer to a message that was taken, now or before. */
    static Node taken(Envelope envelope, Self self) {
        Node.Builder receipt = base(envelope.stanza());
        if (envelope.peer()) {
            receipt.attribute("type", "peer_msg");
        } else if (envelope.fromMe()) {
            receipt.attribute("type", "sender");
        } else if (!self.online()) {
            receipt.attribute("type", "inactive");
        }
        return receipt.build();
    }
}
