package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Happening.Dropped;
import dev.whatsappmd.engine.message.Happening.IdentityChanged;
import dev.whatsappmd.engine.message.Happening.MessageCame;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message.ProtocolMessage;
import dev.whatsappmd.engine.proto.store.StoredMessageRow;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Takes in {@code <message>} stanzas. */
final class Messages {
    private static final String ABSENT = "Message absent from node";

    private final RetryPreKeys preKeys;
    private final Retries retries;

    Messages(RetryPreKeys preKeys, Retries retries) {
        this.preKeys = preKeys;
        this.retries = retries;
    }

    /** What comes of one stanza, while it is worked out. */
    private static final class Result {
        private final Node stanza;
        private final Self self;
        private final MessageCipher cipher;
        private final List<Node> answers = new ArrayList<>();
        private final List<Happening> happenings = new ArrayList<>();
        private final ChangeSet changes = new ChangeSet();
        private Optional<Credentials> credentials = Optional.empty();

        private Result(Node stanza, Self self, MessageCipher cipher) {
            this.stanza = stanza;
            this.self = self;
            this.cipher = cipher;
        }

        private Result ack() {
            answers.add(Answers.ack(stanza, MessageIntake.own(self), Optional.empty()));
            return this;
        }

        private Result nack(Nack reason) {
            answers.add(Answers.ack(stanza, MessageIntake.own(self), Optional.of(reason.code())));
            return this;
        }

        private Result happened(Happening happening) {
            happenings.add(happening);
            return this;
        }

        private Taken taken() {
            return new Taken(answers, Answers.isOwed(stanza), happenings, changes, credentials);
        }
    }

    Taken take(Node stanza, Self self, MessageCipher cipher) {
        Result result = new Result(stanza, self, cipher);
        if (stanza.attribute("from").isEmpty()) {
            return result.happened(new Dropped("a message without a sender")).taken();
        }
        if (stanza.hasAttribute("type", "medianotify") && Answers.isOwed(stanza)) {
            return result.ack().taken();
        }
        Optional<Envelope> envelope = Envelope.parse(stanza, self);
        if (envelope.isEmpty()) {
            return result.nack(Nack.PARSING_ERROR)
                    .happened(new Dropped("a message whose envelope makes no sense"))
                    .taken();
        }
        if (envelope.get().chat().isNewsletter()) {
            newsletter(envelope.get(), result.ack());
        } else if (stanza.child("enc").isEmpty()) {
            unencrypted(envelope.get(), result);
        } else if (stanza.children("enc").stream().anyMatch(enc -> enc.hasAttribute("type", "msmsg"))) {
            result.nack(Nack.MISSING_MESSAGE_SECRET);
        } else {
            encrypted(envelope.get(), result);
        }
        return result.taken();
    }

    /** A channel's messages are public: not encrypted, and nobody wants a receipt. */
    private void newsletter(Envelope envelope, Result result) {
        Optional<byte[]> plaintext = envelope.stanza().child("plaintext").flatMap(Node::bytes);
        if (plaintext.isPresent() && Opening.isMessage(plaintext.get())) {
            deliver(
                    envelope.row(result.cipher, result.self).setPlaintext(StoredMessage.bytes(plaintext.get())),
                    result);
        } else {
            result.happened(new Dropped("a channel's message without content"));
        }
    }

    private void unencrypted(Envelope envelope, Result result) {
        Optional<Node> unavailable = envelope.stanza().child("unavailable");
        if (unavailable.isPresent()) {
            result.ack();
            unavailable(envelope, unavailable.get().attribute("type", ""), result);
        } else if (envelope.stanza().child("plaintext").isPresent()) {
            // Whoever could send this could write in anybody's name: only channels are read in plain.
            result.ack().happened(new Dropped("a message in plain text from somebody who is no channel"));
        } else {
            result.nack(Nack.UNRECOGNIZED_STANZA);
            unreadable(envelope.row(result.cipher, result.self), ABSENT, result);
        }
    }

    /** The server knows of a message that this device does not get. */
    private void unavailable(Envelope envelope, String type, Result result) {
        StoredMessageRow.Builder row = envelope.row(result.cipher, result.self);
        if (type.equals("view_once")) {
            deliver(row.setViewOnceUnavailable(true), result);
        } else if (!type.endsWith("_unavailable_fanout")) {
            unreadable(row, ABSENT, result);
        }
    }

    private void encrypted(Envelope envelope, Result result) {
        link(envelope.sender(), envelope.senderAlt(), result.cipher);
        link(envelope.chat(), envelope.chatAlt(), result.cipher);
        Opening opening = Opening.of(envelope, result.cipher);
        if (opening.newIdentity()) {
            result.happened(new IdentityChanged(Envelope.person(envelope.sender())));
        }
        switch (opening.outcome()) {
            case READ -> {
                result.answers.add(Receipts.taken(envelope, result.self));
                retries.done(envelope, result.changes);
                read(envelope, opening, result);
            }
            case EMPTY, DUPLICATE -> result.answers.add(Receipts.taken(envelope, result.self));
            case NO_MESSAGE ->
                result.nack(Nack.INVALID_PROTOBUF)
                        .happened(new Dropped("a message that was decrypted and is no protobuf"));
            case UNREADABLE -> {
                askAgain(envelope, opening, result);
                result.ack();
            }
        }
    }

    private static void link(Jid jid, Optional<Jid> alt, MessageCipher cipher) {
        alt.ifPresent(other -> {
            Jid one = Envelope.person(jid);
            if (one.isLid() && other.isPhoneNumber()) {
                cipher.link(one, Envelope.person(other));
            } else if (one.isPhoneNumber() && other.isLid()) {
                cipher.link(Envelope.person(other), one);
            }
        });
    }

    private void read(Envelope envelope, Opening opening, Result result) {
        ProtocolMessage protocol = Wrapping.open(opening.message()).content().getProtocolMessage();
        if (OwnPhone.isSelfOnly(protocol)) {
            result.happened(new OwnPhone(result.cipher)
                    .take(protocol, envelope, opening.forThisDevice(), result.self, result.changes));
        } else if (!envelope.peer()) {
            StoredMessageRow.Builder row =
                    envelope.row(result.cipher, result.self).setPlaintext(opening.plaintext());
            opening.retryCount().ifPresent(row::setRetryCount);
            deliver(row, result);
        }
    }

    /** The sender is asked for it once more; the application is told the first time. */
    private void askAgain(Envelope envelope, Opening opening, Result result) {
        OptionalInt count = retries.next(envelope, opening.retryCount(), result.self, result.changes);
        if (count.isEmpty()) {
            return;
        }
        Optional<PreKey> preKey = Optional.empty();
        if (count.getAsInt() > 1 || opening.keysMissing()) {
            RetryPreKeys.Made made = preKeys.make(result.self.credentials(), result.self.random());
            SessionRows.putPreKeys(result.changes, List.of(made.preKey()));
            result.credentials = Optional.of(made.updated());
            preKey = Optional.of(made.preKey());
        }
        result.answers.add(RetryReceipt.of(envelope, count.getAsInt(), result.self.credentials(), preKey));
        if (count.getAsInt() == 1 && !envelope.peer()) {
            unreadable(envelope.row(result.cipher, result.self), opening.why(), result);
        }
    }

    private static void unreadable(StoredMessageRow.Builder row, String why, Result result) {
        deliver(row.setUnreadable(why), result);
    }

    private static void deliver(StoredMessageRow.Builder row, Result result) {
        result.happened(new MessageCame(new StoredMessage(row.build())));
    }
}
