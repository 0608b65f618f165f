package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.prekey.PreKeyNodes;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import java.util.Optional;

/** Asks the sender to encrypt a message once more (Baileys {@code sendRetryRequest}, whatsmeow retry.go). */
final class RetryReceipt {
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
        receipt.child(PreKeyNodes.registration(credentials));
        preKey.ifPresent(key -> receipt.child(keys(credentials, key)));
        return receipt.build();
    }

    private static Node keys(Credentials credentials, PreKey preKey) {
        Node.Builder keys = Node.builder("keys")
                .child(PreKeyNodes.type())
                .child(PreKeyNodes.identity(credentials))
                .child(PreKeyNodes.key(preKey))
                .child(PreKeyNodes.signedKey(credentials.signedPreKey()));
        credentials
                .account()
                .ifPresent(account -> keys.child(Node.builder("device-identity")
                        .bytes(account.signedDeviceIdentity())
                        .build()));
        return keys.build();
    }
}
