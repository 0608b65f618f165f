package dev.whatsappmd.localserver.account;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which answer clears which stanza: whatsmeow receipt.go and message.go, zapo client/events/incoming.ts,
 * whatsapp-rust client.rs.
 */
final class AnswerRules {
    /** Receipts that say a message has arrived; all others say something about it later. */
    private static final Set<String> ARRIVED = Set.of("", "inactive", "sender", "peer_msg");

    enum Verdict {
        CLEARS,
        ASKS_RETRY,
        LEAVES,
        WRONG_ADDRESS,
        WRONG_CLASS,
        TYPE_ADDED,
        NOT_ENOUGH
    }

    private final Account account;

    AnswerRules(Account account) {
        this.account = account;
    }

    /** The ids that an answer speaks of: its own, and those of a receipt's list. */
    static List<String> ids(Node answer) {
        List<String> ids = new ArrayList<>();
        answer.attribute("id").ifPresent(ids::add);
        answer.child("list").ifPresent(list -> list.children("item")
                .forEach(item -> item.attribute("id").ifPresent(ids::add)));
        return ids;
    }

    Verdict judge(OwedStanza owed, Node answer) {
        return answer.is("receipt") ? judgeReceipt(owed, answer) : judgeAck(owed, answer);
    }

    private static Verdict judgeReceipt(OwedStanza owed, Node receipt) {
        String type = receipt.attribute("type", "");
        if (owed.node().is("call")) {
            return Verdict.CLEARS;
        }
        if (!owed.node().is("message")) {
            return Verdict.LEAVES;
        }
        if (type.equals("retry")) {
            return Verdict.ASKS_RETRY;
        }
        return ARRIVED.contains(type) ? Verdict.CLEARS : Verdict.LEAVES;
    }

    private Verdict judgeAck(OwedStanza owed, Node ack) {
        Node stanza = owed.node();
        if (!ack.hasAttribute("class", stanza.tag())) {
            return Verdict.WRONG_CLASS;
        }
        if (!ack.attribute("to").equals(stanza.attribute("from"))) {
            return Verdict.WRONG_ADDRESS;
        }
        if (stanza.is("receipt")
                && ack.attribute("type").isPresent()
                && !ack.attribute("type").equals(stanza.attribute("type"))) {
            return Verdict.TYPE_ADDED;
        }
        boolean nack = ack.attribute("error").isPresent();
        if (stanza.is("message") && isEncryptedByOwnDevice(stanza) && !owed.isRetryAsked() && !nack) {
            return Verdict.NOT_ENOUGH;
        }
        return Verdict.CLEARS;
    }

    private boolean isEncryptedByOwnDevice(Node message) {
        boolean own = Jid.tryParse(message.attribute("from").orElse(null))
                        .filter(account::owns)
                        .isPresent()
                || Jid.tryParse(message.attribute("participant").orElse(null))
                        .filter(account::owns)
                        .isPresent();
        return own && message.child("enc").isPresent();
    }
}
