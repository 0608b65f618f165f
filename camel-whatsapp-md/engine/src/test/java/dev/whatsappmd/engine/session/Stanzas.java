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
import dev.whatsappmd.engine.store.PreKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** What a server says, for tests of the machine. */
final class Stanzas {
    private Stanzas() {}

    /** What a stanza is, in a word or two: the tag, and for an iq what it is about. */
    static String name(Node node) {
        if (!node.is("iq")) {
            return node.tag()
                    + node.firstChild().map(child -> " " + child.tag()).orElse("");
        }
        String about =
                node.hasAttribute("xmlns", "encrypt") && node.child("list").isPresent()
                        ? "upload"
                        : node.firstChild()
                                .map(child -> child.attribute("stage", child.tag()))
                                .orElse("");
        return (node.attribute("type", "") + " " + about).trim();
    }

    static Node pairDevice(int refs) {
        return pairDevice("ref", refs);
    }

    /** An offer of as many references: {@code name-0}, {@code name-1}… */
    static Node pairDevice(String name, int refs) {
        Node.Builder offer = Node.builder("pair-device");
        for (int i = 0; i < refs; i++) {
            offer.child(Node.builder("ref").text(name + "-" + i).build());
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
        return success("1768478400", "98765432101234:7@lid");
    }

    static Node success(String time, String lid) {
        return Node.builder("success")
                .attribute("t", time)
                .attribute("lid", lid)
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

    /** The server wants another secret in the code. */
    static Node newSecretWanted() {
        return Node.builder("notification")
                .attribute("id", "rotate-1")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "companion_reg_refresh")
                .child("pair-device-rotate-qr")
                .build();
    }

    /** The server takes the code and gives it this reference. */
    static Node codeTaken(Node companionHello, String ref) {
        return result(companionHello)
                .child(Node.builder("link_code_companion_reg")
                        .attribute("stage", "companion_hello")
                        .child(bytes("link_code_pairing_ref", ref.getBytes(StandardCharsets.US_ASCII)))
                        .build())
                .build();
    }

    /** Somebody types a code into the phone. */
    static Node primaryHello(String id) {
        return primaryHello(id, "ref");
    }

    static Node primaryHello(String id, String ref) {
        return codeNotice(id, "primary_hello", ref);
    }

    /** The server takes the code of this reference back. */
    static Node codeTakenBack(String ref) {
        return codeNotice("refresh-1", "refresh_code", ref);
    }

    /** As {@link #codeTakenBack}, and a person is to ask for the next one. */
    static Node codeTakenBackByHand(String ref) {
        Node notice = codeTakenBack(ref);
        Node body = notice.firstChild().orElseThrow().toBuilder()
                .attribute("force_manual_refresh", "true")
                .build();
        return Node.builder("notification")
                .attribute("from", "s.whatsapp.net")
                .attribute("id", "refresh-2")
                .attribute("type", "link_code_companion_reg")
                .child(body)
                .build();
    }

    private static Node codeNotice(String id, String stage, String ref) {
        return Node.builder("notification")
                .attribute("from", "s.whatsapp.net")
                .attribute("id", id)
                .attribute("type", "link_code_companion_reg")
                .child(Node.builder("link_code_companion_reg")
                        .attribute("stage", stage)
                        .child(bytes("link_code_pairing_ref", ref.getBytes(StandardCharsets.US_ASCII)))
                        .build())
                .build();
    }

    /** The server says how many pre-keys it has left. */
    static Node keysLeft(int count) {
        return notice(Node.builder("count")
                .attribute("value", Integer.toString(count))
                .build());
    }

    /** The server has something to say about our keys. */
    static Node keyNotice(String child) {
        return notice(Node.of(child));
    }

    private static Node notice(Node child) {
        return Node.builder("notification")
                .attribute("id", "keys-1")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "encrypt")
                .child(child)
                .build();
    }

    static Node routing(byte[] info) {
        return Node.builder("ib")
                .child(Node.builder("edge_routing")
                        .child(Node.builder("routing_info").bytes(info).build())
                        .build())
                .build();
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
        boolean asksForCode = iq.firstChild()
                .filter(body -> body.hasAttribute("stage", "companion_hello"))
                .isPresent();
        if (asksForCode) {
            return codeTaken(iq, "ref");
        }
        return iq.child("count").isPresent() ? count(iq, 800) : result(iq).build();
    }

    static Node count(Node iq, int onServer) {
        return result(iq)
                .child(Node.builder("count")
                        .attribute("value", Integer.toString(onServer))
                        .build())
                .build();
    }

    static Node.Builder result(Node iq) {
        return Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "result")
                .attribute("id", iq.attribute("id"));
    }

    /** The server has exactly these keys. */
    static Node digest(Node iq, Credentials credentials, List<PreKey> preKeys) {
        ByteArrayOutputStream hashed = new ByteArrayOutputStream();
        hashed.writeBytes(credentials.identityKey().publicKey());
        hashed.writeBytes(credentials.signedPreKey().keyPair().publicKey());
        hashed.writeBytes(credentials.signedPreKey().signature());
        Node.Builder list = Node.builder("list");
        for (PreKey preKey : preKeys) {
            list.child(bytes("id", number(preKey.id(), 3)));
            hashed.writeBytes(preKey.keyPair().publicKey());
        }
        return result(iq)
                .child(Node.builder("digest")
                        .child(bytes("registration", number(credentials.registrationId(), 4)))
                        .child(bytes("type", new byte[] {5}))
                        .child(bytes("identity", credentials.identityKey().publicKey()))
                        .child(Node.builder("skey")
                                .child(bytes(
                                        "id", number(credentials.signedPreKey().id(), 3)))
                                .child(bytes(
                                        "value",
                                        credentials.signedPreKey().keyPair().publicKey()))
                                .child(bytes(
                                        "signature", credentials.signedPreKey().signature()))
                                .build())
                        .child(list.build())
                        .child(bytes("hash", sha1(hashed.toByteArray())))
                        .build())
                .build();
    }

    private static Node bytes(String tag, byte[] content) {
        return Node.builder(tag).bytes(content).build();
    }

    private static byte[] number(int value, int length) {
        return Arrays.copyOfRange(ByteBuffer.allocate(4).putInt(value).array(), 4 - length, 4);
    }

    private static byte[] sha1(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
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
