package dev.whatsappmd.localserver.contact;

import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Padding;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.signal.Encrypted;
import dev.whatsappmd.engine.signal.GroupCipher;
import dev.whatsappmd.engine.signal.PreKeyBundle;
import dev.whatsappmd.engine.signal.SessionCipher;
import dev.whatsappmd.engine.signal.SignalAddress;
import dev.whatsappmd.engine.signal.SignalException;
import dev.whatsappmd.engine.signal.SignalStore;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.localserver.account.Account;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A device of a simulated person: its own identity, Signal sessions and sender keys, kept in memory. Others are known to
 * it by their LIDs. On the event loop.
 */
final class SignalDevice {
    private final Account account;
    private final int id;
    private final RandomGenerator random;
    private final MemoryRows rows = new MemoryRows();
    private final SignalStore store;
    private final SessionCipher sessions;
    private final GroupCipher groups;
    private final SignalAddress own;
    private final Set<SignalAddress> known = new HashSet<>();
    /** By group: the devices that have its present sender key. */
    private final Map<Jid, Set<SignalAddress>> keyHolders = new HashMap<>();

    private Credentials credentials;

    /** @param id 0 for the phone, which has the account's identity; others have one of their own */
    SignalDevice(Account account, int id, RandomGenerator random) {
        this.account = account;
        this.id = id;
        this.random = random;
        credentials = NewCredentials.generate(random);
        if (id == 0) {
            credentials = credentials.toBuilder()
                    .identityKey(account.identity())
                    .signedPreKey(signedPreKey(account.identity()))
                    .build();
        }
        rows.commit(SessionRows.putCredentials(new ChangeSet(), credentials));
        store = new SignalStore(rows::snapshot, () -> credentials, row -> {
            throw new IllegalStateException("a row in memory was damaged: " + row.shownKey());
        });
        sessions = new SessionCipher(store, random);
        groups = new GroupCipher(store, random);
        own = SignalAddress.of(lid());
    }

    private Credentials.SignedPreKey signedPreKey(KeyPair identity) {
        try {
            KeyPair key = Curve25519.generateKeyPair(random);
            byte[] signature = XEdDsa.sign(identity.privateKey(), Curve25519.prefixed(key.publicKey()), random);
            return new Credentials.SignedPreKey(1, key, signature);
        } catch (CryptoException e) {
            throw new IllegalStateException("a key that was just made is none", e);
        }
    }

    int id() {
        return id;
    }

    Account account() {
        return account;
    }

    /** The address by number. */
    Jid number() {
        return id == 0 ? account.jid() : account.jid().withDevice(id);
    }

    /** The address by LID. */
    Jid lid() {
        return id == 0 ? account.lid() : account.lid().withDevice(id);
    }

    /** The message with padding, encrypted for another device; opens a session when there is none. */
    Encrypted encrypt(Jid lid, Supplier<PreKeyBundle> bundle, byte[] message) {
        if (!known.contains(SignalAddress.of(lid))) {
            open(lid, bundle.get());
        }
        return encryptPadded(lid, Padding.add(message, random));
    }

    /** A plaintext as it is, in the present session. */
    Encrypted encryptPadded(Jid lid, byte[] padded) {
        try {
            Encrypted encrypted = sessions.encrypt(SignalAddress.of(lid), padded);
            commit();
            return encrypted;
        } catch (SignalException e) {
            throw new IllegalStateException("a simulated device cannot encrypt: " + e.getMessage(), e);
        }
    }

    /**
     * Opens a session in front of those there are.
     *
     * @throws IllegalStateException when the bundle is not good: signed by somebody else, or with keys that are none
     */
    void open(Jid lid, PreKeyBundle bundle) {
        try {
            sessions.processBundle(SignalAddress.of(lid), bundle);
            known.add(SignalAddress.of(lid));
            commit();
        } catch (SignalException e) {
            throw new IllegalStateException("the bundle of a client cannot be used: " + e.getMessage(), e);
        }
    }

    /** The message without padding. @throws SignalException when it cannot be read */
    byte[] decrypt(Jid lid, String type, byte[] ciphertext) throws SignalException {
        SignalAddress from = SignalAddress.of(lid);
        byte[] padded = type.equals("pkmsg")
                ? sessions.decryptPreKeyMessage(from, ciphertext).plaintext()
                : sessions.decryptMessage(from, ciphertext).plaintext();
        known.add(from);
        commit();
        return Padding.remove(padded).orElse(padded);
    }

    /** What opens a session with this device; a one-time pre-key of its own for each that asks. */
    PreKeyBundle takeBundle() {
        int keyId = credentials.nextPreKeyId();
        PreKey oneTime = new PreKey(keyId, Curve25519.generateKeyPair(random), true);
        credentials = credentials.toBuilder().nextPreKeyId(keyId + 1).build();
        rows.commit(SessionRows.putPreKeys(new ChangeSet(), List.of(oneTime)));
        Credentials.SignedPreKey signed = credentials.signedPreKey();
        return new PreKeyBundle(
                credentials.registrationId(),
                credentials.identityKey().publicKey(),
                new PreKeyBundle.Key(signed.id(), signed.keyPair().publicKey()),
                signed.signature(),
                Optional.of(new PreKeyBundle.Key(keyId, oneTime.keyPair().publicKey())));
    }

    /** Whether the other device was sent the present sender key of the group. */
    boolean holdsKey(Jid group, Jid lid) {
        return keyHolders.getOrDefault(group, Set.of()).contains(SignalAddress.of(lid));
    }

    /** The present sender key for the group; it counts as known to the other device from now on. */
    byte[] distribution(Jid group, Jid lid) {
        byte[] distribution = groups.createDistribution(group, own);
        keyHolders.computeIfAbsent(group, any -> new HashSet<>()).add(SignalAddress.of(lid));
        commit();
        return distribution;
    }

    /** A new sender key for the group, which nobody has yet. */
    void rotate(Jid group) {
        groups.rotate(group, own);
        keyHolders.remove(group);
        commit();
    }

    /** The message with padding, encrypted for all who have the group's sender key. */
    byte[] encryptForGroup(Jid group, byte[] message) {
        try {
            groups.createDistribution(group, own);
            byte[] encrypted = groups.encrypt(group, own, Padding.add(message, random));
            commit();
            return encrypted;
        } catch (SignalException e) {
            throw new IllegalStateException("a simulated device cannot encrypt for a group: " + e.getMessage(), e);
        }
    }

    private void commit() {
        rows.commit(store.drainTo(new ChangeSet()));
        store.committed();
    }

    @Override
    public String toString() {
        return "device " + id + " of " + account;
    }
}
