package dev.whatsappmd.engine.message;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.session.MemoryRows;
import dev.whatsappmd.engine.signal.Encrypted;
import dev.whatsappmd.engine.signal.GroupCipher;
import dev.whatsappmd.engine.signal.PreKeyBundle;
import dev.whatsappmd.engine.signal.SessionCipher;
import dev.whatsappmd.engine.signal.SignalAddress;
import dev.whatsappmd.engine.signal.SignalException;
import dev.whatsappmd.engine.signal.SignalStore;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import java.util.Optional;
import java.util.Random;

/** Another device that writes to this one: somebody else's, or another one of the user's own. */
public final class Contact {
    final Jid jid;
    private final Random random;
    private final MemoryRows rows = new MemoryRows();
    private final Credentials credentials;
    private final SignalStore store;
    private final SessionCipher sessions;
    private final GroupCipher groups;
    private final SignalAddress own;
    private final SignalAddress receiver = SignalAddress.of(Jid.parse(IntakeWorld.PN));
    private int sent;

    public Contact(String address) {
        jid = Jid.parse(address);
        random = new Random(address.hashCode());
        credentials = IntakeWorld.credentials("15550001111@s.whatsapp.net", Optional.empty(), 1, random);
        store = new SignalStore(() -> rows, () -> credentials, damage -> {
            throw new AssertionError(damage);
        });
        sessions = new SessionCipher(store, random);
        groups = new GroupCipher(store, random);
        own = SignalAddress.of(jid);
    }

    /** Knows the receiver's keys as the server tells them, with this one-time pre-key. */
    public Contact meets(IntakeWorld world, int preKeyId) {
        Credentials theirs = world.credentials;
        PreKey preKey = SessionRows.preKey(world.rows, preKeyId).orElseThrow();
        try {
            sessions.processBundle(
                    receiver,
                    new PreKeyBundle(
                            theirs.registrationId(),
                            theirs.identityKey().publicKey(),
                            new PreKeyBundle.Key(
                                    theirs.signedPreKey().id(),
                                    theirs.signedPreKey().keyPair().publicKey()),
                            theirs.signedPreKey().signature(),
                            Optional.of(new PreKeyBundle.Key(
                                    preKey.id(), preKey.keyPair().publicKey()))));
            return this;
        } catch (SignalException e) {
            throw new AssertionError(e);
        }
    }

    static Message text(String text) {
        return Message.newBuilder().setConversation(text).build();
    }

    /** {@code <enc>} of type pkmsg. */
    public Node enc(Message message) {
        return encBytes(Padding.add(message.toByteArray(), random));
    }

    /** {@code <enc>} of a plaintext as it is. */
    Node encBytes(byte[] padded) {
        try {
            Encrypted encrypted = sessions.encrypt(receiver, padded);
            return enc(encrypted.type(), encrypted.bytes());
        } catch (SignalException e) {
            throw new AssertionError(e);
        }
    }

    /** The same ciphertext as one of a session that the receiver does not have. */
    Node sessionEnc() {
        return enc("msg", new byte[] {0x33, 0x0a, 0x21, 0x05, 1, 2, 3});
    }

    static Node enc(String type, byte[] ciphertext) {
        return Node.builder("enc")
                .attribute("v", "2")
                .attribute("type", type)
                .bytes(ciphertext)
                .build();
    }

    /** {@code <enc>} of type skmsg. */
    public Node groupEnc(Jid group, Message message) {
        try {
            groups.createDistribution(group, own);
            return enc("skmsg", groups.encrypt(group, own, Padding.add(message.toByteArray(), random)));
        } catch (SignalException e) {
            throw new AssertionError(e);
        }
    }

    /** The message that gives this device's key for a group. */
    public Message distribution(Jid group) {
        return Message.newBuilder()
                .setSenderKeyDistributionMessage(Message.SenderKeyDistributionMessage.newBuilder()
                        .setGroupId(group.toString())
                        .setAxolotlSenderKeyDistributionMessage(
                                ByteString.copyFrom(groups.createDistribution(group, own))))
                .build();
    }

    /** A stanza from this contact without parts. */
    public Node.Builder stanza() {
        return Node.builder("message")
                .attribute("id", "3EB0" + jid.user() + "A" + sent++)
                .attribute("from", jid.toString())
                .attribute("t", "1768478000")
                .attribute("type", "text");
    }

    /** A stanza in a group. */
    public Node.Builder groupStanza(Jid group) {
        return Node.builder("message")
                .attribute("id", "3EB0" + jid.user() + "G" + sent++)
                .attribute("from", group.toString())
                .attribute("participant", jid.toString())
                .attribute("t", "1768478000")
                .attribute("type", "text");
    }

    /** A message to this device alone. */
    public Node writes(Message message) {
        return stanza().child(enc(message)).build();
    }
}
