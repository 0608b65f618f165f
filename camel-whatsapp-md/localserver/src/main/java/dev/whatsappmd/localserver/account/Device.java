package dev.whatsappmd.localserver.account;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.signal.PreKeyBundle;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A linked device: its keys, pre-keys and what it is still owed. Not thread-safe. */
public final class Device {
    private final Account account;
    private final int id;
    private final int keyIndex;
    private final CompanionKeys keys;
    private final Instant linkedAt;
    private final OfflineQueue queue;
    private final Map<Integer, byte[]> preKeys = new LinkedHashMap<>();
    private SignedPreKey signedPreKey;
    private boolean bundleUploaded;
    private boolean removed;

    Device(Account account, int id, int keyIndex, CompanionKeys keys, Instant linkedAt) {
        this.account = account;
        this.id = id;
        this.keyIndex = keyIndex;
        this.keys = keys;
        this.linkedAt = linkedAt;
        this.signedPreKey = keys.signedPreKey();
        this.queue = new OfflineQueue(account);
    }

    public Account account() {
        return account;
    }

    /** Device number, 1 and more; the phone is 0. */
    public int id() {
        return id;
    }

    /** Index of its key in the account's list. */
    public int keyIndex() {
        return keyIndex;
    }

    /** The address by phone number. */
    public Jid jid() {
        return account.jid().withDevice(id);
    }

    /** The address by LID. */
    public Jid lid() {
        return account.lid().withDevice(id);
    }

    /** What it registered with. */
    public CompanionKeys keys() {
        return keys;
    }

    public Instant linkedAt() {
        return linkedAt;
    }

    /** What it has not answered yet. */
    public OfflineQueue queue() {
        return queue;
    }

    /** The signed pre-key that counts: of the registration, the last upload or the last rotation. */
    public SignedPreKey signedPreKey() {
        return signedPreKey;
    }

    /** Replaces the signed pre-key. */
    public void rotate(SignedPreKey newKey) {
        signedPreKey = newKey;
    }

    /** Takes in an upload: more one-time keys, and the signed one. */
    public void upload(SignedPreKey newSignedPreKey, Map<Integer, byte[]> oneTimeKeys) {
        bundleUploaded = true;
        signedPreKey = newSignedPreKey;
        preKeys.putAll(oneTimeKeys);
    }

    /** Whether there was an upload: before it the server has no bundle to digest. */
    public boolean hasBundle() {
        return bundleUploaded;
    }

    /** How many one-time keys are left. */
    public int preKeyCount() {
        return preKeys.size();
    }

    /** The ids of the one-time keys that are left, oldest first. */
    public List<Integer> preKeyIds() {
        return List.copyOf(preKeys.keySet());
    }

    /** A one-time key that is left. */
    public Optional<byte[]> preKey(int keyId) {
        return Optional.ofNullable(preKeys.get(keyId)).map(byte[]::clone);
    }

    /** Gives the oldest one-time key away. */
    public Optional<Integer> takePreKey() {
        Optional<Integer> oldest = preKeys.keySet().stream().findFirst();
        oldest.ifPresent(preKeys::remove);
        return oldest;
    }

    /** What opens a session with it: its keys with the oldest one-time key, which is given away; none when none is left. */
    public PreKeyBundle takeBundle() {
        Optional<PreKeyBundle.Key> oneTime =
                preKeys.keySet().stream().findFirst().map(keyId -> new PreKeyBundle.Key(keyId, preKeys.get(keyId)));
        takePreKey();
        return bundle(oneTime);
    }

    /** What opens a session with it without a one-time key. */
    public PreKeyBundle bundleWithoutOneTimeKey() {
        return bundle(Optional.empty());
    }

    private PreKeyBundle bundle(Optional<PreKeyBundle.Key> oneTime) {
        return new PreKeyBundle(
                keys.registrationId(),
                keys.identityKey(),
                new PreKeyBundle.Key(signedPreKey.id(), signedPreKey.publicKey()),
                signedPreKey.signature(),
                oneTime);
    }

    /** Forgets one-time keys until this many are left, oldest first. */
    public void keepPreKeys(int count) {
        while (preKeys.size() > count) {
            takePreKey();
        }
    }

    /** Whether the phone unlinked it, or it logged out. */
    public boolean isRemoved() {
        return removed;
    }

    /** Unlinks it: it cannot log in any more. */
    public void remove() {
        removed = true;
    }

    @Override
    public String toString() {
        return "device " + id + " of " + account;
    }
}
