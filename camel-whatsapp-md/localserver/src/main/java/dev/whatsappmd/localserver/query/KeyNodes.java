package dev.whatsappmd.localserver.query;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.signal.PreKeyBundle;
import dev.whatsappmd.localserver.account.SignedPreKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keys in stanzas of the namespace {@code encrypt} (Baileys Utils/signal.ts, whatsmeow prekeys.go). */
public final class KeyNodes {
    static final int KEY_LENGTH = 32;
    static final int KEY_ID_LENGTH = 3;
    static final int REGISTRATION_ID_LENGTH = 4;
    private static final int SIGNATURE_LENGTH = 64;

    private KeyNodes() {}

    static SignedPreKey signedPreKey(Node skey) {
        return new SignedPreKey(
                number(bytes(skey, "id", KEY_ID_LENGTH)),
                bytes(skey, "value", KEY_LENGTH),
                bytes(skey, "signature", SIGNATURE_LENGTH));
    }

    static Map<Integer, byte[]> preKeys(Node list) {
        Map<Integer, byte[]> keys = new LinkedHashMap<>();
        for (Node key : list.children("key")) {
            int id = number(bytes(key, "id", KEY_ID_LENGTH));
            if (keys.put(id, bytes(key, "value", KEY_LENGTH)) != null) {
                throw notAcceptable("pre-key upload with id " + id + " twice");
            }
        }
        return keys;
    }

    static Node node(SignedPreKey key) {
        return signed(new PreKeyBundle.Key(key.id(), key.publicKey()), key.signature());
    }

    /** The children of a {@code <user>}, or of a retry receipt's {@code <keys>}, that hold a bundle. */
    public static List<Node> nodes(PreKeyBundle bundle) {
        List<Node> nodes = new ArrayList<>();
        nodes.add(Node.builder("registration")
                .bytes(bigEndian(bundle.registrationId(), REGISTRATION_ID_LENGTH))
                .build());
        nodes.add(Node.builder("type").bytes(new byte[] {Curve25519.PREFIX}).build());
        nodes.add(Node.builder("identity").bytes(bundle.identityKey()).build());
        bundle.oneTimePreKey().ifPresent(key -> nodes.add(keyed("key", key).build()));
        nodes.add(signed(bundle.signedPreKey(), bundle.signature()));
        return nodes;
    }

    /**
     * The bundle in a retry receipt.
     *
     * @throws BadRequestException when something of it is missing or has a wrong length
     */
    public static PreKeyBundle bundle(Node receipt, Node keys) {
        SignedPreKey signed = signedPreKey(required(keys, "skey"));
        Node key = required(keys, "key");
        return new PreKeyBundle(
                number(bytes(receipt, "registration", REGISTRATION_ID_LENGTH)),
                bytes(keys, "identity", KEY_LENGTH),
                new PreKeyBundle.Key(signed.id(), signed.publicKey()),
                signed.signature(),
                Optional.of(new PreKeyBundle.Key(
                        number(bytes(key, "id", KEY_ID_LENGTH)), bytes(key, "value", KEY_LENGTH))));
    }

    private static Node required(Node parent, String tag) {
        return parent.child(tag).orElseThrow(() -> notAcceptable("<" + parent.tag() + "> without a <" + tag + ">"));
    }

    private static Node signed(PreKeyBundle.Key key, byte[] signature) {
        return keyed("skey", key)
                .child(Node.builder("signature").bytes(signature).build())
                .build();
    }

    private static Node.Builder keyed(String tag, PreKeyBundle.Key key) {
        return Node.builder(tag)
                .child(Node.builder("id")
                        .bytes(bigEndian(key.id(), KEY_ID_LENGTH))
                        .build())
                .child(Node.builder("value").bytes(key.publicKey()).build());
    }

    static byte[] bytes(Node parent, String childTag, int length) {
        byte[] value = parent.child(childTag).flatMap(Node::bytes).orElse(new byte[0]);
        if (value.length != length) {
            throw notAcceptable(
                    "<" + parent.tag() + "> with a <" + childTag + "> of " + value.length + " bytes, not " + length);
        }
        return value;
    }

    static int number(byte[] bigEndian) {
        int number = 0;
        for (byte next : bigEndian) {
            number = number << 8 | next & 0xff;
        }
        return number;
    }

    static byte[] bigEndian(int number, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (number >>> 8 * (length - 1 - i));
        }
        return bytes;
    }

    static BadRequestException notAcceptable(String what) {
        return new BadRequestException(406, "not-acceptable", what);
    }
}
