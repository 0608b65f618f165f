package dev.whatsappmd.localserver.contact;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.ParticipantHash;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.proto.e2e.Message.DeviceSentMessage;
import dev.whatsappmd.localserver.account.Account;
import java.util.List;
import java.util.Optional;

/** Where a message goes, and how its stanza says so (attributes as in live stanzas; Baileys decode-wa-message.ts). */
sealed interface Chat {
    /** Adds the addresses. */
    Node.Builder address(Node.Builder stanza, SignalDevice sender, Addressing addressing);

    /** What is encrypted with the sender's key for all: for whom; empty when each device gets a copy of its own. */
    default Optional<Jid> shared() {
        return Optional.empty();
    }

    /** The content as it is encrypted for one of the account's devices. */
    default Message cover(Message content, Addressing addressing) {
        return content;
    }

    /** Whether an answer of a client is addressed to where a message of this sender came from. */
    default boolean isAnsweredBy(Node answer, SignalDevice sender) {
        return owns(sender, answer, "to");
    }

    private static boolean owns(SignalDevice sender, Node answer, String attribute) {
        return Jid.tryParse(answer.attribute(attribute).orElse(null))
                .filter(jid -> sender.account().owns(jid))
                .isPresent();
    }

    private static Node.Builder mode(Node.Builder stanza, Addressing addressing) {
        return addressing.byLid() ? stanza.attribute("addressing_mode", "lid") : stanza;
    }

    /** To the account's devices from somebody else. */
    record Direct() implements Chat {
        @Override
        public Node.Builder address(Node.Builder stanza, SignalDevice sender, Addressing addressing) {
            return mode(addressing.write(stanza, "from", "sender", sender.number(), sender.lid()), addressing);
        }
    }

    /** @param group a group, or status posts */
    record Shared(Jid group) implements Chat {
        @Override
        public Node.Builder address(Node.Builder stanza, SignalDevice sender, Addressing addressing) {
            stanza.attribute("from", group.toString());
            return mode(
                    addressing.write(stanza, "participant", "participant", sender.number(), sender.lid()), addressing);
        }

        @Override
        public Optional<Jid> shared() {
            return Optional.of(group);
        }

        @Override
        public boolean isAnsweredBy(Node answer, SignalDevice sender) {
            return answer.hasAttribute("to", group.toString()) && owns(sender, answer, "participant");
        }
    }

    /** What the account's own phone sent to somebody: its other devices are told. */
    record OwnSent(Account to) implements Chat {
        @Override
        public Node.Builder address(Node.Builder stanza, SignalDevice sender, Addressing addressing) {
            stanza.attribute(
                    "from", addressing.of(sender.number(), sender.lid()).toString());
            return mode(addressing.write(stanza, "recipient", "peer_recipient", to.jid(), to.lid()), addressing);
        }

        @Override
        public Message cover(Message content, Addressing addressing) {
            Jid recipient = addressing.of(to.jid(), to.lid());
            return Message.newBuilder()
                    .setDeviceSentMessage(DeviceSentMessage.newBuilder()
                            .setDestinationJid(recipient.toString())
                            .setMessage(content)
                            .setPhash(ParticipantHash.of(List.of(recipient.toString()))))
                    .build();
        }

        @Override
        public boolean isAnsweredBy(Node answer, SignalDevice sender) {
            // Some clients leave out to whom they answer what their own account has sent (Baileys, by number).
            return answer.attribute("to").isEmpty() || Chat.super.isAnsweredBy(answer, sender);
        }
    }

    /** From the account's own phone to its other devices. */
    record Peer() implements Chat {
        @Override
        public Node.Builder address(Node.Builder stanza, SignalDevice sender, Addressing addressing) {
            return stanza.attribute(
                            "from", addressing.of(sender.number(), sender.lid()).toString())
                    .attribute("category", "peer")
                    .attribute("push_priority", "high");
        }
    }
}
