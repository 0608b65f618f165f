package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes messages of one device and another. A method that throws {@link SignalException} has changed nothing.
 * What the others change is in the {@link SignalStore} until that is drained and committed.
 *
 * <p>Bounds: {@link MessageChain#JUMP_MAX} for counters, {@link SessionState#RECEIVING_MAX} chains of a session,
 * {@link SessionRecord#ARCHIVED_MAX} earlier sessions, {@link SessionRecord#SKIPPED_MAX} overtaken messages per device.
 * Not safe for use by several threads.
 */
public final class SessionCipher {
    private final SignalStore store;
    private final RandomGenerator random;

    /** @param random a cryptographic one; ratchet keys are drawn from it */
    public SessionCipher(SignalStore store, RandomGenerator random) {
        this.store = Objects.requireNonNull(store, "store");
        this.random = Objects.requireNonNull(random, "random");
    }

    /**
     * Reads a {@code pkmsg}. It opens a session, unless that is there already. The one-time pre-key it used, if any, is
     * deleted in the same change. A new identity key is trusted (first use) and remembered; sessions with the old one go.
     *
     * @throws SignalException {@code BAD_MESSAGE}, {@code INVALID_KEY}, {@code NO_PRE_KEY}, {@code BAD_MAC},
     *     {@code DUPLICATE_OR_OLD_COUNTER}, {@code TOO_FAR_AHEAD}
     */
    public Decrypted decryptPreKeyMessage(SignalAddress from, byte[] bytes) throws SignalException {
        PreKeyMessage message = PreKeyMessage.parse(bytes);
        try (SignalStore.Reading ignored = store.reading()) {
            SessionRecord record = store.session(from);
            IdentityChange change = identityChange(from, record, message.identityKey());
            Optional<SessionState> open = record == null || change == IdentityChange.CHANGED
                    ? Optional.empty()
                    : record.openedBy(message.baseKey(), message.identityKey());
            byte[] ownIdentity = ownIdentity();
            if (open.isPresent()) {
                byte[] plaintext = record.decrypt(open.get(), message.message(), ownIdentity);
                store.putSession(from, record);
                rememberIdentity(from, change, message.identityKey());
                return new Decrypted(plaintext, change, false, OptionalInt.empty());
            }
            PreKey preKey = message.preKeyId().isPresent()
                    ? oneTimePreKey(message.preKeyId().getAsLong())
                    : null;
            SessionState fresh = respond(message, preKey);
            byte[] plaintext = fresh.decrypt(message.message(), ownIdentity);
            keep(from, record, change, fresh);
            rememberIdentity(from, change, message.identityKey());
            if (preKey != null) {
                store.usePreKey(preKey.id());
            }
            return new Decrypted(
                    plaintext, change, true, preKey == null ? OptionalInt.empty() : OptionalInt.of(preKey.id()));
        }
    }

    private SessionState respond(PreKeyMessage message, @Nullable PreKey preKey) throws SignalException {
        Credentials own = store.credentials();
        if (message.signedPreKeyId() != own.signedPreKey().id()) {
            throw new SignalException(
                    Reason.NO_PRE_KEY,
                    "the message was made for signed pre-key " + message.signedPreKeyId() + ", ours is "
                            + own.signedPreKey().id());
        }
        KeyPair oneTime = preKey == null ? null : preKey.keyPair();
        return X3dh.respond(own.identityKey(), own.signedPreKey().keyPair(), oneTime, message);
    }

    private PreKey oneTimePreKey(long id) throws SignalException {
        return store.preKey(id)
                .orElseThrow(() -> new SignalException(
                        Reason.NO_PRE_KEY, "the message was made for one-time pre-key " + id + ", which is not here"));
    }

    /**
     * Reads a {@code msg}.
     *
     * @throws SignalException {@code NO_SESSION}, {@code BAD_MESSAGE}, {@code INVALID_KEY}, {@code BAD_MAC},
     *     {@code DUPLICATE_OR_OLD_COUNTER}, {@code TOO_FAR_AHEAD}
     */
    public Decrypted decryptMessage(SignalAddress from, byte[] bytes) throws SignalException {
        try (SignalStore.Reading ignored = store.reading()) {
            SessionRecord record = store.session(from);
            if (record == null || record.isEmpty()) {
                throw noSession(from);
            }
            SessionMessage message = SessionMessage.parse(bytes);
            byte[] plaintext = record.decrypt(message, ownIdentity());
            store.putSession(from, record);
            return new Decrypted(plaintext, IdentityChange.UNCHANGED, false, OptionalInt.empty());
        }
    }

    /**
     * Opens a session from a bundle, in front of those that are there. The first messages written in it are
     * {@code pkmsg}, until the other side has answered.
     *
     * @return what the bundle said about the identity key; sessions with an old one go
     * @throws SignalException {@code BAD_SIGNATURE} or {@code INVALID_KEY}
     */
    public IdentityChange processBundle(SignalAddress to, PreKeyBundle bundle) throws SignalException {
        try (SignalStore.Reading ignored = store.reading()) {
            SessionState fresh = X3dh.initiate(store.credentials().identityKey(), bundle, random);
            SessionRecord record = store.session(to);
            IdentityChange change = identityChange(to, record, fresh.remoteIdentity());
            keep(to, record, change, fresh);
            rememberIdentity(to, change, fresh.remoteIdentity());
            return change;
        }
    }

    /**
     * Writes a message in the current session.
     *
     * @param plaintext with WhatsApp's own padding at its end
     * @throws SignalException {@code NO_SESSION}; {@code INVALID_KEY} when the other side's ratchet key is of low order
     */
    public Encrypted encrypt(SignalAddress to, byte[] plaintext) throws SignalException {
        try (SignalStore.Reading ignored = store.reading()) {
            SessionRecord record = store.session(to);
            SessionState current = record == null ? null : record.current();
            if (current == null) {
                throw noSession(to);
            }
            byte[] message = current.encrypt(plaintext, ownIdentity(), random);
            store.putSession(to, record);
            SessionState.Pending pending = current.pending();
            if (pending == null) {
                return new Encrypted(false, message);
            }
            Credentials own = store.credentials();
            return new Encrypted(
                    true,
                    PreKeyMessage.write(
                            pending, current.baseKey(), own.identityKey().publicKey(), own.registrationId(), message));
        }
    }

    private void keep(
            SignalAddress address, @Nullable SessionRecord record, IdentityChange change, SessionState fresh) {
        SessionRecord kept = record == null || change == IdentityChange.CHANGED ? new SessionRecord() : record;
        kept.open(fresh);
        store.putSession(address, kept);
    }

    private IdentityChange identityChange(SignalAddress address, @Nullable SessionRecord record, byte[] told) {
        byte[] known = store.identityKey(address);
        if (known == null && record != null && record.current() != null) {
            // Its own row was damaged.
            known = record.current().remoteIdentity();
        }
        if (known == null) {
            return IdentityChange.NEW;
        }
        return Arrays.equals(known, told) ? IdentityChange.UNCHANGED : IdentityChange.CHANGED;
    }

    private void rememberIdentity(SignalAddress address, IdentityChange change, byte[] identityKey) {
        if (change != IdentityChange.UNCHANGED || store.identityKey(address) == null) {
            store.putIdentity(address, identityKey);
        }
    }

    private byte[] ownIdentity() {
        return Envelope.prefixedBytes(store.credentials().identityKey().publicKey());
    }

    private static SignalException noSession(SignalAddress address) {
        return new SignalException(Reason.NO_SESSION, "there is no session with " + address.toLogString());
    }
}
