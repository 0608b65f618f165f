package dev.whatsappmd.engine.signal;

import static dev.whatsappmd.engine.Vectors.b64;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.Credentials.SignedPreKey;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A device with its keys, its rows and what works on them. */
final class Device {
    final Jid jid;
    final SignalAddress address;
    final RandomGenerator random;
    final MemorySession rows;
    final List<DamagedRow> damaged = new ArrayList<>();
    SignalStore store;
    SessionCipher cipher;
    GroupCipher groups;
    private final Credentials credentials;

    Device(Jid jid, Credentials credentials, List<PreKey> preKeys, RandomGenerator random) {
        this.jid = jid;
        this.address = SignalAddress.of(jid);
        this.credentials = credentials;
        this.random = random;
        this.rows = new MemorySession(credentials);
        rows.commit(SessionRows.putPreKeys(new ChangeSet(), preKeys));
        restart();
    }

    /** A device with new keys and pre-keys 1 to {@code preKeys}. */
    static Device random(String jid, int preKeys, RandomGenerator random) {
        KeyPair identity = Curve25519.generateKeyPair(random);
        KeyPair signed = Curve25519.generateKeyPair(random);
        byte[] signature = XEdDsa.sign(identity.privateKey(), Envelope.prefixedBytes(signed.publicKey()), random);
        List<PreKey> oneTime = new ArrayList<>();
        for (int id = 1; id <= preKeys; id++) {
            oneTime.add(new PreKey(id, Curve25519.generateKeyPair(random), true));
        }
        Credentials credentials =
                credentials(identity, new SignedPreKey(1, signed, signature), 1 + random.nextInt(16_000));
        return new Device(Jid.parse(jid), credentials, oneTime, random);
    }

    /** A party of the vectors. */
    static Device of(JsonNode party, RandomGenerator random) {
        JsonNode signed = party.path("signedPreKey");
        List<PreKey> oneTime = new ArrayList<>();
        party.path("preKeys")
                .forEach(key -> oneTime.add(new PreKey(key.path("keyId").asInt(), pair(key), true)));
        Credentials credentials = credentials(
                pair(party.path("identity")),
                new SignedPreKey(signed.path("keyId").asInt(), pair(signed), b64(signed.path("signature"))),
                party.path("registrationId").asInt());
        return new Device(Jid.parse(party.path("jid").asText()), credentials, oneTime, random);
    }

    private static Credentials credentials(KeyPair identity, SignedPreKey signed, int registrationId) {
        return Credentials.builder()
                .noiseKey(identity)
                .identityKey(identity)
                .signedPreKey(signed)
                .registrationId(registrationId)
                .advSecret(new byte[32])
                .build();
    }

    static KeyPair pair(JsonNode pair) {
        return new KeyPair(b64(pair.path("private")), b64(pair.path("public")));
    }

    /** Everything in memory is gone. */
    void restart() {
        store = new SignalStore(rows::snapshot, () -> credentials, damaged::add);
        cipher = new SessionCipher(store, random);
        groups = new GroupCipher(store, random);
    }

    Credentials credentials() {
        return credentials;
    }

    void commit() {
        rows.commit(store.drainTo(new ChangeSet()));
        store.committed();
    }

    List<PreKey> preKeys() {
        try (Snapshot snapshot = rows.snapshot()) {
            return SessionRows.preKeys(snapshot);
        }
    }

    /** What the server would tell of this device; the pre-key is not given out again only if the caller sees to it. */
    PreKeyBundle bundle(Optional<PreKey> preKey) {
        SignedPreKey signed = credentials.signedPreKey();
        return new PreKeyBundle(
                credentials.registrationId(),
                credentials.identityKey().publicKey(),
                new PreKeyBundle.Key(signed.id(), signed.keyPair().publicKey()),
                signed.signature(),
                preKey.map(key -> new PreKeyBundle.Key(key.id(), key.keyPair().publicKey())));
    }

    Decrypted decrypt(SignalAddress from, boolean preKeyMessage, byte[] bytes) throws SignalException {
        return preKeyMessage ? cipher.decryptPreKeyMessage(from, bytes) : cipher.decryptMessage(from, bytes);
    }

    Decrypted decrypt(SignalAddress from, Encrypted message) throws SignalException {
        return decrypt(from, message.preKeyMessage(), message.bytes());
    }
}
