package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.Credentials.SignedPreKey;
import dev.whatsappmd.engine.store.PreKey;
import java.util.Optional;

/** Asks the sender to encrypt a message once more (Baileys {@code sendRetryRequest}, whatsmeow retry.go). */
final class RetryReceipt {
    private static final int REGISTRATION_LENGTH = 4;
    private static final int ID_LENGTH = 3;

    private RetryReceipt() {}

    /**
     * @param count how often it has been asked for, this time included
     * @param preKey our keys go with it, so that the sender can begin a new session: this one and the signed one
     */
    static Node of(Envelope envelope, int count, Credentials credentials, Optional<PreKey> preKey) {
        Node stanza = envelope.stanza();
        Node.Builder receipt = Receipts.base(stanza).attribute("type", "retry");
        if (envelope.peer() && envelope.fromMe()) {
            receipt.attribute("category", "peer");
        }
        receipt.child(Node.builder("retry")
                .attribute("count", Integer.toString(count))
                .attribute("id", envelope.id())
                .attribute("t", stanza.attribute("t"))
                .attribute("v", "1")
                .attribute("error", "0")
                .build());
        receipt.child(bytes("registration", bigEndian(credentials.registrationId(), REGISTRATION_LENGTH)));
        preKey.ifPresent(key -> receipt.child(keys(credentials, key)));
        return receipt.build();
    }

    private static Node keys(Credentials credentials, PreKey preKey) {
        SignedPreKey signed = credentials.signedPreKey();
        Node.Builder keys = Node.builder("keys")
                .child(bytes("type", new byte[] {Curve25519.PREFIX}))
                .child(bytes("identity", credentials.identityKey().publicKey()))
                .child(Node.builder("key")
                        .child(bytes("id", bigEndian(preKey.id(), ID_LENGTH)))
                        .child(bytes("value", preKey.keyPair().publicKey()))
                        .build())
                .child(Node.builder("skey")
                        .child(bytes("id", bigEndian(signed.id(), ID_LENGTH)))
                        .child(bytes("value", signed.keyPair().publicKey()))
                        .child(bytes("signature", signed.signature()))
                        .build());
        credentials
                .account()
                .ifPresent(account -> keys.child(bytes("device-identity", account.signedDeviceIdentity())));
        return keys.build();
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
