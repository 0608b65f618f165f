package dev.whatsappmd.localserver.contact;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.proto.e2e.Message.SenderKeyDistributionMessage;
import dev.whatsappmd.engine.proto.signal.PreKeySignalMessage;
import dev.whatsappmd.engine.signal.Encrypted;
import dev.whatsappmd.engine.signal.PreKeyBundle;
import dev.whatsappmd.localserver.account.Device;
import java.util.Arrays;
import java.util.Optional;

/**
 * Encrypts a message for one device as real clients do, and breaks it as a draft wants it (whatsmeow send.go, retry.go).
 */
final class Sealing {
    private static final byte[] NO_PROTOBUF = {0x0f, (byte) 0xff, (byte) 0xff, 1};
    private static final byte[] BAD_PADDING = {1, 2, 3, (byte) 0xff};
    private static final int UNKNOWN_PRE_KEY = 0xFFFFFE;

    /** Takes a device's bundle from the server. */
    interface Bundles {
        PreKeyBundle take(Device device);
    }

    private final Bundles bundles;

    Sealing(Bundles bundles) {
        this.bundles = bundles;
    }

    /**
     * The next copy of the message for a device.
     *
     * @param retry which request for a retry it answers; 0 for none
     */
    Node seal(Letter letter, Device device, int retry) {
        Optional<MessageFault> fault = letter.draft().fault(letter.sentTo(device));
        Optional<Jid> shared = letter.chat().shared();
        Node.Builder stanza = letter.head();
        if (shared.isEmpty()) {
            stanza.child(pairwise(letter, device, covered(letter), fault, retry));
        } else if (retry > 0) {
            // A group's message is sent again to the one device that asked, with the key that it may lack.
            stanza.child(pairwise(
                    letter,
                    device,
                    letter.draft().contentBytes().concat(distribution(letter, device, shared.get())),
                    fault,
                    retry));
        } else {
            forGroup(stanza, letter, device, shared.get(), fault);
        }
        return stanza.build();
    }

    private void forGroup(Node.Builder stanza, Letter letter, Device device, Jid group, Optional<MessageFault> fault) {
        SignalDevice sender = letter.sender();
        if (!sender.holdsKey(group, device.lid())) {
            stanza.child(pairwise(letter, device, distribution(letter, device, group), Optional.empty(), 0));
        }
        byte[] encrypted = letter.forGroup(
                () -> sender.encryptForGroup(group, letter.draft().content()));
        stanza.child(enc(letter, "skmsg", encrypted, fault, 0));
    }

    private static ByteString covered(Letter letter) {
        if (!(letter.chat() instanceof Chat.OwnSent)) {
            return letter.draft().contentBytes();
        }
        try {
            Message content = Message.parseFrom(letter.draft().contentBytes());
            return letter.chat().cover(content, letter.addressing()).toByteString();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("what the own phone sends to others has to be a Message protobuf", e);
        }
    }

    private static ByteString distribution(Letter letter, Device device, Jid group) {
        byte[] key = letter.sender().distribution(group, device.lid());
        return Message.newBuilder()
                .setSenderKeyDistributionMessage(SenderKeyDistributionMessage.newBuilder()
                        .setGroupId(group.toString())
                        .setAxolotlSenderKeyDistributionMessage(ByteString.copyFrom(key)))
                .build()
                .toByteString();
    }

    private Node pairwise(Letter letter, Device device, ByteString content, Optional<MessageFault> fault, int retry) {
        SignalDevice sender = letter.sender();
        Jid to = device.lid();
        boolean beginsAnew = fault.filter(
                        kind -> kind == MessageFault.WRONG_PRE_KEY || kind == MessageFault.UNKNOWN_SESSION)
                .isPresent();
        if (beginsAnew) {
            sender.open(to, device.bundleWithoutOneTimeKey());
        }
        Encrypted encrypted = sender.encrypt(to, () -> bundles.take(device), content.toByteArray());
        if (fault.filter(MessageFault.NO_PROTOBUF::equals).isPresent()) {
            encrypted = sender.encrypt(to, () -> bundles.take(device), NO_PROTOBUF);
        } else if (fault.filter(MessageFault.BAD_PADDING::equals).isPresent()) {
            encrypted = sender.encryptPadded(to, BAD_PADDING);
        } else if (beginsAnew) {
            encrypted = withoutBeginning(encrypted, fault.get());
        }
        return enc(letter, encrypted.type(), encrypted.bytes(), fault, retry);
    }

    /** A {@code pkmsg} that names a pre-key which is not there, or only the {@code msg} that is in it. */
    private static Encrypted withoutBeginning(Encrypted encrypted, MessageFault fault) {
        PreKeySignalMessage message = preKeyMessage(encrypted.bytes());
        return fault == MessageFault.UNKNOWN_SESSION
                ? new Encrypted(false, message.getMessage().toByteArray())
                : new Encrypted(
                        true,
                        versioned(
                                encrypted.bytes()[0],
                                message.toBuilder().setPreKeyId(UNKNOWN_PRE_KEY).build()));
    }

    private static Node enc(Letter letter, String type, byte[] ciphertext, Optional<MessageFault> fault, int retry) {
        boolean unknownType = fault.filter(MessageFault.UNKNOWN_TYPE::equals).isPresent();
        Node.Builder enc = Node.builder("enc").attribute("v", "2").attribute("type", unknownType ? "xmsg" : type);
        if (!letter.draft().mediaType().isEmpty()) {
            enc.attribute("mediatype", letter.draft().mediaType());
        }
        if (retry > 0) {
            enc.attribute("count", Integer.toString(retry));
        }
        if (fault.filter(MessageFault.EMPTY::equals).isEmpty()) {
            boolean tampered = fault.filter(MessageFault.TAMPERED::equals).isPresent();
            enc.bytes(tampered ? tampered(type, ciphertext) : ciphertext);
        }
        return enc.build();
    }

    /** The last byte altered of what is authenticated: in a {@code pkmsg} that is the message inside. */
    private static byte[] tampered(String type, byte[] ciphertext) {
        if (type.equals("pkmsg")) {
            PreKeySignalMessage message = preKeyMessage(ciphertext);
            byte[] inside = altered(message.getMessage().toByteArray());
            return versioned(
                    ciphertext[0],
                    message.toBuilder().setMessage(ByteString.copyFrom(inside)).build());
        }
        return altered(ciphertext);
    }

    private static byte[] altered(byte[] bytes) {
        byte[] altered = bytes.clone();
        altered[altered.length - 1] ^= 1;
        return altered;
    }

    private static PreKeySignalMessage preKeyMessage(byte[] versioned) {
        try {
            return PreKeySignalMessage.parseFrom(Arrays.copyOfRange(versioned, 1, versioned.length));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the engine wrote a pkmsg that is none", e);
        }
    }

    private static byte[] versioned(byte version, PreKeySignalMessage message) {
        byte[] body = message.toByteArray();
        byte[] all = new byte[1 + body.length];
        all[0] = version;
        System.arraycopy(body, 0, all, 1, body.length);
        return all;
    }
}
