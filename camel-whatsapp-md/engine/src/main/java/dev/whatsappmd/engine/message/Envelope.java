package dev.whatsappmd.engine.message;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.VerifiedNameCertificate;
import dev.whatsappmd.engine.proto.store.StoredMessageRow;
import java.util.Optional;

/**
 * What a message stanza says outside of what is encrypted (Baileys {@code decodeMessageNode}, whatsmeow {@code
 * parseMessageInfo}).
 *
 * @param sender who sent it, with the device
 * @param senderAlt the sender's other address, when the stanza has it
 * @param chat the chat it belongs to
 * @param chatAlt the other address of that chat's person, when the stanza has it
 * @param shared whether it is for more than one: a group, a broadcast list, status posts
 */
record Envelope(
        Node stanza,
        String id,
        Jid sender,
        Optional<Jid> senderAlt,
        Jid chat,
        Optional<Jid> chatAlt,
        boolean fromMe,
        boolean shared) {

    /** The largest time that is believed: the year 9999. */
    private static final long MAX_SECONDS = 253_402_300_799L;

    /** Empty when it makes no sense. */
    static Optional<Envelope> parse(Node stanza, Self self) {
        Optional<Jid> from = jid(stanza, "from");
        String id = stanza.attribute("id", "");
        if (from.isEmpty() || id.isEmpty()) {
            return Optional.empty();
        }
        if (from.get().isGroup() || from.get().isBroadcast()) {
            return jid(stanza, "participant")
                    .filter(sender -> sender.isUser() || sender.isMetaAi())
                    .map(sender -> new Envelope(
                            stanza,
                            id,
                            sender,
                            other(stanza, sender, "participant"),
                            from.get(),
                            Optional.empty(),
                            self.is(sender),
                            true));
        }
        return from.get().isUser() || from.get().isMetaAi() || from.get().isNewsletter()
                ? single(stanza, id, from.get(), self)
                : Optional.empty();
    }

    private static Optional<Envelope> single(Node stanza, String id, Jid from, Self self) {
        boolean fromMe = self.is(from);
        Optional<Jid> recipient = jid(stanza, "recipient");
        if (stanza.attribute("recipient").isPresent() && (recipient.isEmpty() || !fromMe)) {
            boolean toBot = recipient.filter(Jid::isMetaAi).isPresent();
            if (!toBot) {
                return Optional.empty();
            }
        }
        Jid chat = fromMe ? recipient.orElse(from) : from;
        Optional<Jid> senderAlt = fromMe ? Optional.empty() : other(stanza, from, "sender");
        Optional<Jid> chatAlt = fromMe ? other(stanza, chat, "peer_recipient") : senderAlt;
        return Optional.of(new Envelope(stanza, id, from, senderAlt, person(chat), chatAlt, fromMe, false));
    }

    /** The person, whatever device it was: without device, and a hosted device's user by the usual name. */
    static Jid person(Jid jid) {
        if (jid.isHosted()) {
            return Jid.of(jid.user(), JidServer.USER);
        }
        return jid.isHostedLid() ? Jid.of(jid.user(), JidServer.LID) : jid.normalized();
    }

    /** Of a LID the {@code …_pn}, of a number the {@code …_lid}. */
    private static Optional<Jid> other(Node stanza, Jid jid, String prefix) {
        return jid.isLid() || jid.isHostedLid()
                ? jid(stanza, prefix + "_pn").filter(Jid::isPhoneNumber)
                : jid(stanza, prefix + "_lid").filter(Jid::isLid);
    }

    private static Optional<Jid> jid(Node stanza, String name) {
        return stanza.attribute(name).flatMap(Jid::tryParse).filter(jid -> !jid.user()
                .isEmpty());
    }

    /** A number that may be absent or senseless: then 0. */
    static long seconds(Node stanza) {
        String value = stanza.attribute("t", "");
        long seconds = value.matches("[0-9]{1,12}") ? Long.parseLong(value) : 0;
        return seconds > MAX_SECONDS ? 0 : seconds;
    }

    /** Whether the stanza waited at the server; also {@code offline="0"} says so. */
    static boolean offline(Node stanza) {
        return stanza.attribute("offline").isPresent();
    }

    /** From another device of this account, for this device alone. */
    boolean peer() {
        return stanza.hasAttribute("category", "peer");
    }

    /** Baileys' {@code addressingMode}. */
    private String addressingMode() {
        boolean lid = sender.isLid() || sender.isHostedLid();
        return stanza.attribute("addressing_mode", lid ? "lid" : "pn");
    }

    /**
     * What is kept of it.
     *
     * @param counterparts knows users' other addresses
     */
    StoredMessageRow.Builder row(MessageCipher counterparts, Self self) {
        StoredMessageRow.Builder row = StoredMessageRow.newBuilder()
                .setId(id)
                .setChat(chat.toString())
                .setFromMe(fromMe)
                .setSender(sender.toString())
                .setAddressingMode(addressingMode())
                .setTimestamp(seconds(stanza))
                .setBroadcast(chat.isBroadcast())
                .setOffline(offline(stanza))
                .setReceivedAtMillis(self.now().toEpochMilli());
        stanza.attribute("notify").ifPresent(row::setPushName);
        stanza.attribute("category").ifPresent(row::setCategory);
        verifiedName(stanza).ifPresent(row::setVerifiedName);
        if (chat.isNewsletter()) {
            stanza.attribute("server_id").ifPresent(row::setServerId);
        }
        Optional<Jid> otherSender =
                senderAlt.or(() -> counterparts.counterpart(sender)).map(Envelope::person);
        addresses(row, otherSender);
        if (shared) {
            row.setParticipant(person(sender).toString());
            otherSender.map(Jid::toString).ifPresent(row::setParticipantAlt);
        } else {
            Optional<Jid> otherChat = fromMe ? chatAlt.or(() -> counterparts.counterpart(chat)) : otherSender;
            otherChat.map(Envelope::person).map(Jid::toString).ifPresent(row::setChatAlt);
        }
        self.id().map(Jid::normalized).map(Jid::toString).ifPresent(row::setOwnPn);
        self.lid().map(Jid::normalized).map(Jid::toString).ifPresent(row::setOwnLid);
        return row;
    }

    /** The signature is not checked: it is a name to be shown, and it comes from the server. */
    private static Optional<String> verifiedName(Node stanza) {
        Optional<byte[]> certificate = stanza.child("verified_name").flatMap(Node::bytes);
        try {
            return certificate.isEmpty()
                    ? Optional.empty()
                    : Optional.of(VerifiedNameCertificate.Details.parseFrom(
                                            VerifiedNameCertificate.parseFrom(certificate.get())
                                                    .getDetails())
                                    .getVerifiedName())
                            .filter(name -> !name.isEmpty());
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    private void addresses(StoredMessageRow.Builder row, Optional<Jid> otherSender) {
        Jid own = person(sender);
        if (own.isLid()) {
            row.setSenderLid(own.toString());
            otherSender.map(Jid::toString).ifPresent(row::setSenderPn);
        } else if (own.isPhoneNumber()) {
            row.setSenderPn(own.toString());
            otherSender.map(Jid::toString).ifPresent(row::setSenderLid);
        }
    }

    /** Never an address. */
    @Override
    public String toString() {
        return "Envelope[" + id + (fromMe ? ", from me]" : "]");
    }
}
