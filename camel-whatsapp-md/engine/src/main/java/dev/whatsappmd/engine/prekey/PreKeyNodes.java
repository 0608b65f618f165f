package dev.whatsappmd.engine.prekey;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.Credentials.SignedPreKey;
import dev.whatsappmd.engine.store.PreKey;
import java.util.List;
import java.util.OptionalInt;

/** What is asked of the server about our keys: iqs without an id, and how to read the answers (Baileys Utils/signal.ts). */
public final class PreKeyNodes {
    static final int REGISTRATION_LENGTH = 4;
    static final int ID_LENGTH = 3;

    private PreKeyNodes() {}

    /** Asks how many one-time pre-keys the server has; {@link #readCount} reads the answer. */
    public static Node count() {
        return iq("get").child("count").build();
    }

    /** Asks what the server has of us; {@link KeyBundleDigest#compare} reads the answer. */
    public static Node digest() {
        return iq("get").child("digest").build();
    }

    /** Gives the server this device's keys; a {@code result} means that it has them. */
    public static Node upload(Credentials credentials, List<PreKey> preKeys) {
        return iq("set")
                .child(registration(credentials))
                .child(type())
                .child(identity(credentials))
                .child(Node.builder("list")
                        .children(preKeys.stream().map(PreKeyNodes::key).toList())
                        .build())
                .child(signedKey(credentials.signedPreKey()))
                .build();
    }

    /** The answer to {@link #count()}; empty when it is an error or has no number. */
    public static OptionalInt readCount(Node answer) {
        return answer.hasAttribute("type", "result") ? countIn(answer) : OptionalInt.empty();
    }

    /** The value of the {@code <count>} child, 0 or more; empty when there is none. */
    static OptionalInt countIn(Node parent) {
        String value =
                parent.child("count").flatMap(count -> count.attribute("value")).orElse("");
        return value.matches("\\d{1,9}") ? OptionalInt.of(Integer.parseInt(value)) : OptionalInt.empty();
    }

    private static Node.Builder iq(String type) {
        return Node.builder("iq")
                .attribute("xmlns", "encrypt")
                .attribute("type", type)
                .attribute("to", Jid.SERVER.toString());
    }

    /** This installation's number. */
    public static Node registration(Credentials credentials) {
        return bytes("registration", bigEndian(credentials.registrationId(), REGISTRATION_LENGTH));
    }

    /** The kind of all keys. */
    public static Node type() {
        return bytes("type", new byte[] {Curve25519.PREFIX});
    }

    /** The public identity key. */
    public static Node identity(Credentials credentials) {
        return bytes("identity", credentials.identityKey().publicKey());
    }

    /** A one-time pre-key's public part. */
    public static Node key(PreKey preKey) {
        return Node.builder("key")
                .child(bytes("id", bigEndian(preKey.id(), ID_LENGTH)))
                .child(bytes("value", preKey.keyPair().publicKey()))
                .build();
    }

    /** The signed pre-key's public part with its signature. */
    public static Node signedKey(SignedPreKey key) {
        return Node.builder("skey")
                .child(bytes("id", bigEndian(key.id(), ID_LENGTH)))
                .child(bytes("value", key.keyPair().publicKey()))
                .child(bytes("signature", key.signature()))
                .build();
    }

    private static Node bytes(String tag, byte[] content) {
        return Node.builder(tag).bytes(content).build();
    }

    private static byte[] bigEndian(int value, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (value >>> Byte.SIZE * (length - 1 - i));
        }
        return bytes;
    }
}
