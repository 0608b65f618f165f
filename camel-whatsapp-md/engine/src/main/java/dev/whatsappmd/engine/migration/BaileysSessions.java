package dev.whatsappmd.engine.migration;

import static dev.whatsappmd.engine.migration.BaileysJson.bytes;
import static dev.whatsappmd.engine.migration.BaileysJson.counter;
import static dev.whatsappmd.engine.migration.BaileysJson.keyPair;
import static dev.whatsappmd.engine.migration.BaileysJson.number;
import static dev.whatsappmd.engine.migration.BaileysJson.publicKey;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.migration.BaileysJson.Malformed;
import dev.whatsappmd.engine.proto.store.StoredChain;
import dev.whatsappmd.engine.proto.store.StoredPendingPreKey;
import dev.whatsappmd.engine.proto.store.StoredReceivingChain;
import dev.whatsappmd.engine.proto.store.StoredSenderKey;
import dev.whatsappmd.engine.proto.store.StoredSenderKeys;
import dev.whatsappmd.engine.proto.store.StoredSessionState;
import dev.whatsappmd.engine.proto.store.StoredSignalSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Session and sender key records (libsignal 6.0.0 on npm, session_record.js; Baileys Signal/Group) as the insides of our
 * rows. Both count chains differently: theirs holds the last counter used, ours the next one.
 */
final class BaileysSessions {
    /** Bounds of our own records; what is older than that is left behind. */
    private static final int ARCHIVED_MAX = 40;

    private static final int RECEIVING_MAX = 5;
    private static final int SENDER_KEYS_MAX = 5;
    private static final int SKIPPED_MAX = 2000;

    private static final int KEY_LENGTH = 32;
    private static final int RECEIVING = 2;
    private static final long OPEN = -1;

    private BaileysSessions() {}

    static byte[] session(JsonNode json) throws Malformed {
        if (!json.path("version").asText().equals("v1")
                || !json.path("_sessions").isObject()) {
            throw new Malformed("it is not a session record of version v1");
        }
        StoredSignalSession.Builder record = StoredSignalSession.newBuilder();
        List<JsonNode> closed = new ArrayList<>();
        for (JsonNode session : json.path("_sessions")) {
            if (session.path("indexInfo").path("closed").asLong(0) == OPEN) {
                record.setCurrent(state(session));
            } else {
                closed.add(session);
            }
        }
        closed.sort(Comparator.comparingLong((JsonNode session) ->
                        session.path("indexInfo").path("used").asLong())
                .reversed());
        for (JsonNode session : closed.subList(0, Math.min(closed.size(), ARCHIVED_MAX))) {
            record.addArchived(state(session));
        }
        return record.build().toByteArray();
    }

    /** The identity key of the other device in the session it writes in. */
    static byte[] remoteIdentity(JsonNode json) throws Malformed {
        for (JsonNode session : json.path("_sessions")) {
            if (session.path("indexInfo").path("closed").asLong(0) == OPEN) {
                return publicKey(session.path("indexInfo").path("remoteIdentityKey"), "remoteIdentityKey");
            }
        }
        return new byte[0];
    }

    private static StoredSessionState state(JsonNode session) throws Malformed {
        JsonNode ratchet = session.path("currentRatchet");
        JsonNode own = ratchet.path("ephemeralKeyPair");
        KeyPair pair = keyPair(own.path("privKey"), own.path("pubKey"), "ephemeralKeyPair");
        StoredSessionState.Builder state = StoredSessionState.newBuilder()
                .setBaseKey(key(publicKey(session.path("indexInfo").path("baseKey"), "baseKey")))
                .setRemoteIdentity(
                        key(publicKey(session.path("indexInfo").path("remoteIdentityKey"), "remoteIdentityKey")))
                .setRemoteRegistrationId(session.path("registrationId").asInt())
                .setRootKey(key(bytes(ratchet.path("rootKey"), "rootKey", KEY_LENGTH)))
                .setRatchetPrivate(key(pair.privateKey()))
                .setRatchetPublic(key(pair.publicKey()))
                .setRemoteRatchetKey(key(publicKey(ratchet.path("lastRemoteEphemeralKey"), "lastRemoteEphemeralKey")))
                // -1 there when nothing was written in the chain before.
                .setPreviousCounter((int) Math.max(0, counter(ratchet.path("previousCounter"), "previousCounter")));
        List<StoredReceivingChain> receiving = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : session.path("_chains").properties()) {
            byte[] ratchetKey = chainKey(entry.getKey());
            if (entry.getValue().path("chainType").asInt() == RECEIVING) {
                receiving.add(StoredReceivingChain.newBuilder()
                        .setRatchetKey(key(ratchetKey))
                        .setChain(chain(entry.getValue()))
                        .build());
            } else if (Arrays.equals(ratchetKey, pair.publicKey())) {
                state.setSending(chain(entry.getValue()));
            }
        }
        state.addAllReceiving(receiving.subList(Math.max(0, receiving.size() - RECEIVING_MAX), receiving.size()));
        if (session.hasNonNull("pendingPreKey")) {
            JsonNode pending = session.path("pendingPreKey");
            StoredPendingPreKey.Builder preKey = StoredPendingPreKey.newBuilder()
                    .setSignedPreKeyId(number(pending.path("signedKeyId"), "signedKeyId", 0, Integer.MAX_VALUE));
            if (pending.hasNonNull("preKeyId")) {
                preKey.setPreKeyId(number(pending.path("preKeyId"), "preKeyId", 0, Integer.MAX_VALUE));
            }
            state.setPending(preKey);
        }
        return state.build();
    }

    private static byte[] chainKey(String name) throws Malformed {
        try {
            byte[] key = Base64.getDecoder().decode(name);
            if (key.length == Curve25519.PREFIXED_LENGTH) {
                return Arrays.copyOfRange(key, 1, key.length);
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new Malformed("a chain is not named by a public key");
    }

    private static StoredChain chain(JsonNode json) throws Malformed {
        long next = counter(json.path("chainKey").path("counter"), "chain counter") + 1;
        // A chain that a ratchet step has ended has no key any more; nothing can come in it but what was overtaken.
        JsonNode key = json.path("chainKey").path("key");
        StoredChain.Builder chain = StoredChain.newBuilder()
                .setNext(next)
                .setKey(key(key.isTextual() ? bytes(key, "chain key", KEY_LENGTH) : new byte[KEY_LENGTH]));
        TreeMap<Long, byte[]> skipped = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : json.path("messageKeys").properties()) {
            if (!entry.getKey().matches("[0-9]{1,10}")) {
                throw new Malformed("a message key is not named by its counter");
            }
            skipped.put(Long.parseLong(entry.getKey()), bytes(entry.getValue(), "message key", KEY_LENGTH));
        }
        return withSkipped(chain, skipped);
    }

    private static StoredChain withSkipped(StoredChain.Builder chain, TreeMap<Long, byte[]> skipped) {
        skipped.tailMap(chain.getNext(), true).clear();
        while (skipped.size() > SKIPPED_MAX) {
            skipped.pollFirstEntry();
        }
        List<ByteString> parts = new ArrayList<>();
        skipped.forEach((counter, seed) -> {
            chain.addSkippedCounters((int) (long) counter);
            parts.add(ByteString.copyFrom(seed));
        });
        return chain.setSkippedSeeds(ByteString.copyFrom(parts)).build();
    }

    /** @param json an array of states, the newest last */
    static byte[] senderKeys(JsonNode json) throws Malformed {
        if (!json.isArray()) {
            throw new Malformed("it is not a sender key record");
        }
        StoredSenderKeys.Builder record = StoredSenderKeys.newBuilder();
        for (int i = Math.max(0, json.size() - SENDER_KEYS_MAX); i < json.size(); i++) {
            record.addStates(senderKey(json.get(i)));
        }
        return record.build().toByteArray();
    }

    private static StoredSenderKey senderKey(JsonNode json) throws Malformed {
        JsonNode chain = json.path("senderChainKey");
        JsonNode signing = json.path("senderSigningKey");
        TreeMap<Long, byte[]> skipped = new TreeMap<>();
        for (JsonNode message : json.path("senderMessageKeys")) {
            skipped.put(
                    counter(message.path("iteration"), "iteration"),
                    bytes(message.path("seed"), "message seed", KEY_LENGTH));
        }
        StoredSenderKey.Builder key = StoredSenderKey.newBuilder()
                .setId((int) counter(json.path("senderKeyId"), "senderKeyId"))
                .setSigningPublic(key(publicKey(signing.path("public"), "signing key")))
                .setChain(withSkipped(
                        StoredChain.newBuilder()
                                .setKey(key(bytes(chain.path("seed"), "chain seed", KEY_LENGTH)))
                                .setNext(Math.max(0, counter(chain.path("iteration"), "iteration"))),
                        skipped));
        JsonNode own = signing.path("private");
        boolean ours = own.isTextual() && !own.textValue().isEmpty()
                || own.path("data").size() > 0
                || !own.path("data").asText().isEmpty();
        if (ours) {
            key.setSigningPrivate(key(bytes(own, "signing key (private)", KEY_LENGTH)));
        }
        return key.build();
    }

    private static ByteString key(byte[] bytes) {
        return ByteString.copyFrom(bytes);
    }
}
