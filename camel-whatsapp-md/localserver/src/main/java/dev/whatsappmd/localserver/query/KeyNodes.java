package dev.whatsappmd.localserver.query;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.SignedPreKey;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keys in stanzas of the namespace {@code encrypt} (Baileys Utils/signal.ts, whatsmeow prekeys.go). */
final class KeyNodes {
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
        return Node.builder("skey")
                .child(Node.builder("id")
                        .bytes(bigEndian(key.id(), KEY_ID_LENGTH))
                        .build())
                .child(Node.builder("value").bytes(key.publicKey()).build())
                .child(Node.builder("signature").bytes(key.signature()).build())
                .build();
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
