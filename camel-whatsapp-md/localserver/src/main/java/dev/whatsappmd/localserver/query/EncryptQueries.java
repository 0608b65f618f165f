package dev.whatsappmd.localserver.query;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.account.SignedPreKey;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Pre-keys of the device that asks: count, upload, digest, rotation (namespace {@code encrypt}). */
final class EncryptQueries {
    private EncryptQueries() {}

    static void addTo(IqHandlers handlers) {
        handlers.add(StanzaMatch.iq("get", "encrypt").child("count"), Devices.only(EncryptQueries::count));
        handlers.add(StanzaMatch.iq("get", "encrypt").child("digest"), Devices.only(EncryptQueries::digest));
        handlers.add(StanzaMatch.iq("set", "encrypt").child("list"), Devices.only(EncryptQueries::upload));
        handlers.add(StanzaMatch.iq("set", "encrypt").child("rotate"), Devices.only(EncryptQueries::rotate));
    }

    private static Node count(IqQuery query, Device device) {
        return query.result(Node.builder("count")
                .attribute("value", Integer.toString(device.preKeyCount()))
                .build());
    }

    private static Node upload(IqQuery query, Device device) {
        Node iq = query.iq();
        byte[] type = KeyNodes.bytes(iq, "type", 1);
        if (type[0] != Curve25519.PREFIX) {
            throw KeyNodes.notAcceptable("pre-key upload with key type " + type[0] + ", not 5");
        }
        int registrationId = KeyNodes.number(KeyNodes.bytes(iq, "registration", KeyNodes.REGISTRATION_ID_LENGTH));
        if (registrationId != device.keys().registrationId()) {
            throw KeyNodes.notAcceptable("pre-key upload with another registration id than the registration");
        }
        if (!Arrays.equals(
                KeyNodes.bytes(iq, "identity", KeyNodes.KEY_LENGTH),
                device.keys().identityKey())) {
            throw KeyNodes.notAcceptable("pre-key upload with another identity than the registration");
        }
        SignedPreKey signedPreKey = signed(iq, device);
        Map<Integer, byte[]> preKeys = KeyNodes.preKeys(iq.child("list").orElseThrow());
        if (preKeys.isEmpty()) {
            throw KeyNodes.notAcceptable("pre-key upload without a key");
        }
        device.upload(signedPreKey, preKeys);
        return query.result();
    }

    private static Node rotate(IqQuery query, Device device) {
        device.rotate(signed(query.child("rotate").orElseThrow(), device));
        return query.result();
    }

    private static SignedPreKey signed(Node parent, Device device) {
        Node skey = parent.child("skey")
                .orElseThrow(() -> KeyNodes.notAcceptable("<" + parent.tag() + "> without a signed pre-key"));
        SignedPreKey signedPreKey = KeyNodes.signedPreKey(skey);
        if (!signedPreKey.isSignedBy(device.keys().identityKey())) {
            throw KeyNodes.notAcceptable("a signed pre-key that the device's identity did not sign");
        }
        return signedPreKey;
    }

    /** The bundle's parts and a SHA-1 over its keys (zapo signal/api/SignalDigestSyncApi.ts). */
    private static Node digest(IqQuery query, Device device) {
        if (!device.hasBundle()) {
            return query.error(404, "item-not-found");
        }
        MessageDigest hash = sha1();
        hash.update(device.keys().identityKey());
        hash.update(device.signedPreKey().publicKey());
        hash.update(device.signedPreKey().signature());
        Node.Builder list = Node.builder("list");
        for (int id : device.preKeyIds()) {
            hash.update(device.preKey(id).orElseThrow());
            list.child(Node.builder("id")
                    .bytes(KeyNodes.bigEndian(id, KeyNodes.KEY_ID_LENGTH))
                    .build());
        }
        return query.result(Node.builder("digest")
                .child(Node.builder("registration")
                        .bytes(KeyNodes.bigEndian(device.keys().registrationId(), KeyNodes.REGISTRATION_ID_LENGTH))
                        .build())
                .child(Node.builder("type")
                        .bytes(new byte[] {Curve25519.PREFIX})
                        .build())
                .child(Node.builder("identity")
                        .bytes(device.keys().identityKey())
                        .build())
                .child(KeyNodes.node(device.signedPreKey()))
                .child(list.build())
                .child(Node.builder("hash").bytes(hash.digest()).build())
                .build());
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /** Handlers that only a linked device may ask. */
    static final class Devices {
        private Devices() {}

        interface DeviceHandler {
            Node answer(IqQuery query, Device device);
        }

        static IqHandler only(DeviceHandler handler) {
            return query -> Optional.of(query.device()
                    .map(device -> handler.answer(query, device))
                    .orElseGet(() -> query.error(401, "not-authorized")));
        }
    }
}
