package dev.whatsappmd.engine.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.message.MessageCipher.Duplicate;
import dev.whatsappmd.engine.message.MessageCipher.Opened;
import dev.whatsappmd.engine.message.MessageCipher.Plain;
import dev.whatsappmd.engine.message.MessageCipher.Trouble;
import dev.whatsappmd.engine.message.MessageCipher.Unopened;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Opens all that is encrypted in one message stanza. There may be several parts: a group's first message from a device
 * comes with that device's sender key in a part for this device alone.
 */
final class Opening {
    /** What a message may have beside content, or without any. */
    private static final Set<String> NO_CONTENT =
            Set.of("senderKeyDistributionMessage", "fastRatchetKeySenderKeyDistributionMessage", "messageContextInfo");

    private static final int SHOWN_TYPE = 20;

    private final MessageCipher cipher;
    private final Envelope envelope;

    private ByteString plaintext = ByteString.EMPTY;
    private Message message = Message.getDefaultInstance();
    private boolean opened;
    private boolean forThisDevice;
    private boolean duplicate;
    private boolean noMessage;
    private Optional<Unopened> trouble = Optional.empty();
    private boolean keysMissing;
    private boolean newIdentity;
    private OptionalInt retryCount = OptionalInt.empty();

    /** What all parts together came to. */
    enum Outcome {
        /** There is content. */
        READ,
        /** Nothing is missing, and there is nothing to deliver: only keys. */
        EMPTY,
        /** It was here before. */
        DUPLICATE,
        /** The sender has to send it again. */
        UNREADABLE,
        /** Well decrypted, but no message. */
        NO_MESSAGE
    }

    private Opening(MessageCipher cipher, Envelope envelope) {
        this.cipher = cipher;
        this.envelope = envelope;
    }

    /** Opens every {@code <enc>}, in order. */
    static Opening of(Envelope envelope, MessageCipher cipher) {
        Opening opening = new Opening(cipher, envelope);
        envelope.stanza().children("enc").forEach(opening::part);
        return opening;
    }

    Outcome outcome() {
        if (hasContent(message)) {
            return Outcome.READ;
        }
        if (trouble.isPresent()) {
            return Outcome.UNREADABLE;
        }
        if (noMessage) {
            return Outcome.NO_MESSAGE;
        }
        return opened ? Outcome.EMPTY : Outcome.DUPLICATE;
    }

    /** All parts that could be opened, as one message. */
    Message message() {
        return message;
    }

    /** The bytes of {@link #message()} as they came. */
    ByteString plaintext() {
        return plaintext;
    }

    /** Whether the content came in a part that was encrypted for this device alone. */
    boolean forThisDevice() {
        return forThisDevice;
    }

    /** Why it cannot be read. */
    String why() {
        return trouble.map(Unopened::why).orElse("Message absent from node");
    }

    /** Whether the sender cannot know our keys, or we not his: the first request for a retry brings ours along. */
    boolean keysMissing() {
        return keysMissing;
    }

    /** Whether the sender's device has another identity key than before. */
    boolean newIdentity() {
        return newIdentity;
    }

    /** How often the sender has encrypted it before. */
    OptionalInt retryCount() {
        return retryCount;
    }

    private void part(Node enc) {
        String count = enc.attribute("count", "");
        if (count.matches("[0-9]{1,4}")) {
            retryCount = OptionalInt.of(Integer.parseInt(count));
        }
        Opened result = open(enc);
        if (result instanceof Plain plain) {
            newIdentity |= plain.newIdentity();
            plain(plain, !enc.hasAttribute("type", "skmsg"));
        } else if (result instanceof Duplicate) {
            duplicate = true;
        } else if (result instanceof Unopened unopened) {
            fail(unopened);
        }
    }

    private Opened open(Node enc) {
        Optional<byte[]> content = enc.bytes().filter(bytes -> bytes.length > 0);
        if (content.isEmpty()) {
            return new Unopened(Trouble.BROKEN, "an encrypted part is empty");
        }
        String type = enc.attribute("type", "");
        boolean group = type.equals("skmsg") && envelope.shared();
        return switch (type) {
            case "pkmsg" -> cipher.openPreKey(envelope.sender(), content.get());
            case "msg" -> cipher.openSession(envelope.sender(), content.get());
            default ->
                group
                        ? cipher.openGroup(envelope.chat(), envelope.sender(), content.get())
                        : new Unopened(Trouble.BROKEN, "Unknown e2e type: " + shown(type));
        };
    }

    private void plain(Plain plain, boolean pairwise) {
        Optional<byte[]> unpadded = Padding.remove(plain.padded());
        if (unpadded.isEmpty()) {
            fail(new Unopened(Trouble.BROKEN, "the padding is longer than the message"));
            return;
        }
        try {
            ByteString bytes = ByteString.copyFrom(unpadded.get());
            Message part = Message.parseFrom(bytes);
            opened = true;
            takeSenderKey(part, pairwise);
            if (pairwise && hasContent(part)) {
                forThisDevice = true;
            }
            // Protobufs one after the other are one protobuf: later fields win, as in Baileys' Object.assign.
            plaintext = plaintext.concat(bytes);
            message = plaintext.size() == bytes.size() ? part : Message.parseFrom(plaintext);
        } catch (InvalidProtocolBufferException e) {
            noMessage = true;
        }
    }

    /** The key of a device for a group is believed only when that device gave it to this one alone. */
    private void takeSenderKey(Message part, boolean pairwise) {
        Message content = Wrapping.received(part);
        if (pairwise && envelope.shared() && content.hasSenderKeyDistributionMessage()) {
            cipher.takeSenderKey(
                    envelope.chat(),
                    envelope.sender(),
                    content.getSenderKeyDistributionMessage()
                            .getAxolotlSenderKeyDistributionMessage()
                            .toByteArray());
        }
    }

    private void fail(Unopened unopened) {
        if (trouble.isEmpty()) {
            trouble = Optional.of(unopened);
        }
        // A sender whose pairwise part can be opened has our keys: what is missing then is only his key for the group.
        keysMissing |= unopened.trouble() == Trouble.NO_SESSION
                || unopened.trouble() == Trouble.NO_SENDER_KEY && !opened && !duplicate;
    }

    /** Whether these bytes are a message, of whatever content. */
    static boolean isMessage(byte[] plaintext) {
        try {
            Message.parseFrom(plaintext);
            return true;
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private static boolean hasContent(Message message) {
        return !message.getUnknownFields().asMap().isEmpty()
                || message.getAllFields().keySet().stream()
                        .anyMatch(field -> !NO_CONTENT.contains(field.getJsonName()));
    }

    private static String shown(String type) {
        return type.matches("[a-z0-9_-]{1," + SHOWN_TYPE + "}") ? type : "(" + type.length() + " characters)";
    }
}
