package dev.whatsappmd.engine.session;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.Hmac;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.adv.ADVDeviceIdentity;
import dev.whatsappmd.engine.proto.adv.ADVSignedDeviceIdentity;
import dev.whatsappmd.engine.proto.adv.ADVSignedDeviceIdentityHMAC;
import dev.whatsappmd.engine.store.Credentials;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;

/** What a server says, for tests of the machine. */
final class Stanzas {
    private Stanzas() {}

    static Node pairDevice(int refs) {
        Node.Builder offer = Node.builder("pair-device");
        for (int i = 0; i < refs; i++) {
            offer.child(Node.builder("ref").text("ref-" + i).build());
        }
        return Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "set")
                .attribute("id", "pair-device-1")
                .attribute("xmlns", "md")
                .child(offer.build())
                .build();
    }

    /** What the server hands on from a phone that has scanned a code of these credentials. */
    static Node pairSuccess(Credentials credentials, RandomGenerator random) {
        KeyPair account = Curve25519.generateKeyPair(random);
        byte[] details = ADVDeviceIdentity.newBuilder()
                .setRawId(7)
                .setTimestamp(1_768_478_400)
                .setKeyIndex(1)
                .build()
                .toByteArray();
        byte[] own = credentials.identityKey().publicKey();
        byte[] message = ByteBuffer.allocate(2 + details.length + own.length)
                .put(new byte[] {6, 0})
                .put(details)
                .put(own)
                .array();
        byte[] signed = ADVSignedDeviceIdentity.newBuilder()
                .setDetails(ByteString.copyFrom(details))
                .setAccountSignatureKey(ByteString.copyFrom(account.publicKey()))
                .setAccountSignature(ByteString.copyFrom(XEdDsa.sign(account.privateKey(), message, random)))
                .build()
                .toByteArray();
        byte[] container = ADVSignedDeviceIdentityHMAC.newBuilder()
                .setDetails(ByteString.copyFrom(signed))
                .setHmac(ByteString.copyFrom(Hmac.sha256(credentials.advSecret(), signed)))
                .build()
                .toByteArray();
        return Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "set")
                .attribute("id", "pair-success-1")
                .child(Node.builder("pair-success")
                        .child(Node.builder("device-identity").bytes(container).build())
                        .child(Node.builder("device")
                                .attribute("jid", "4915550001234:7@s.whatsapp.net")
                                .attribute("lid", "98765432101234:7@lid")
                                .build())
                        .child(Node.builder("platform")
                                .attribute("name", "android")
                                .build())
                        .build())
                .build();
    }

    static Node success() {
        return Node.builder("success")
                .attribute("t", "1768478400")
                .attribute("lid", "98765432101234:7@lid")
                .build();
    }

    static Node streamError(String code) {
        return Node.builder("stream:error").attribute("code", code).build();
    }

    static Node conflict(String type) {
        return Node.builder("stream:error")
                .child(Node.builder("conflict").attribute("type", type).build())
                .build();
    }

    static Node failure(String reason) {
        return Node.builder("failure").attribute("reason", reason).build();
    }

    static Node ib(String child) {
        return Node.builder("ib").child(child).build();
    }

    static Node offline(int count) {
        return Node.builder("ib")
                .child(Node.builder("offline")
                        .attribute("count", Integer.toString(count))
                        .build())
                .build();
    }

    static Node stanza(String tag, String id, boolean offline) {
        Node.Builder stanza = Node.builder(tag)
                .attribute("id", id)
                .attribute("from", "4915550009999@s.whatsapp.net")
                .attribute("type", "read");
        if (offline) {
            stanza.attribute("offline", "0");
        }
        return stanza.build();
    }

    /** The answer of a server that has enough pre-keys; about digests it says nothing. */
    static Node answer(Node iq) {
        if (iq.child("digest").isPresent()) {
            return error(iq, "503");
        }
        Node.Builder answer = Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "result")
                .attribute("id", iq.attribute("id"));
        if (iq.child("count").isPresent()) {
            answer.child(Node.builder("count").attribute("value", "800").build());
        }
        return answer.build();
    }

    static Node error(Node iq, String code) {
        return Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "error")
                .attribute("id", iq.attribute("id"))
                .child(Node.builder("error").attribute("code", code).build())
                .build();
    }
}
