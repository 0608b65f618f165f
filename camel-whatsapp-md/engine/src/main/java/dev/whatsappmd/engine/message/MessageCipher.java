package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import dev.whatsappmd.engine.signal.Decrypted;
import dev.whatsappmd.engine.signal.GroupCipher;
import dev.whatsappmd.engine.signal.IdentityChange;
import dev.whatsappmd.engine.signal.SessionCipher;
import dev.whatsappmd.engine.signal.SignalAddress;
import dev.whatsappmd.engine.signal.SignalException;
import dev.whatsappmd.engine.signal.SignalStore;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Signal as taking messages in needs it: addresses are as stanzas have them, and what a sender got wrong is a result.
 *
 * <p>What changes is in the {@link SignalStore} until that is drained and committed. A method throws only when the store
 * cannot be read.
 */
final class MessageCipher {
    /** Baileys' words; applications look for them in {@code messageStubParameters}. */
    private static final String NO_SESSION = "No session record";

    private static final String NO_SENDER_KEY = "No session found to decrypt message";

    private final SignalStore store;
    private final SessionCipher sessions;
    private final GroupCipher groups;

    /** @param random a cryptographic one */
    MessageCipher(SignalStore store, RandomGenerator random) {
        this.store = store;
        this.sessions = new SessionCipher(store, random);
        this.groups = new GroupCipher(store, random);
    }

    /** Why something could not be opened. */
    enum Trouble {
        /** There is no session with the sender's device, and none comes of this message. */
        NO_SESSION,
        /** The sender's device has not given its key for this group. */
        NO_SENDER_KEY,
        /** Anything else: damaged, from an unknown ratchet, of an unknown kind. */
        BROKEN
    }

    /** What came of a ciphertext. */
    sealed interface Opened {}

    /**
     * @param padded the plaintext with its padding; not a copy
     * @param newIdentity whether the sender's device has another identity key than before
     */
    record Plain(byte[] padded, boolean newIdentity) implements Opened {
        Plain {
            Objects.requireNonNull(padded, "padded");
        }

        /** Never the plaintext. */
        @Override
        public String toString() {
            return "Plain[" + padded.length + " bytes]";
        }
    }

    /** It was opened before. */
    record Duplicate() implements Opened {}

    /** @param why for a person, without keys and addresses */
    record Unopened(Trouble trouble, String why) implements Opened {
        Unopened {
            Objects.requireNonNull(trouble, "trouble");
            Objects.requireNonNull(why, "why");
        }
    }

    private interface Decryption {
        Plain from(SignalAddress sender) throws SignalException;
    }

    /** Opens what begins a session ({@code pkmsg}). */
    Opened openPreKey(Jid sender, byte[] ciphertext) {
        return opened(sender, Trouble.NO_SESSION, from -> plain(sessions.decryptPreKeyMessage(from, ciphertext)));
    }

    /** Opens what belongs to a session ({@code msg}). */
    Opened openSession(Jid sender, byte[] ciphertext) {
        Opened opened = opened(sender, Trouble.NO_SESSION, from -> plain(sessions.decryptMessage(from, ciphertext)));
        // Whatever else is wrong with it: without a session a second copy could be read as little.
        boolean sessionMissing = opened instanceof Unopened
                && address(sender).filter(from -> !store.hasSession(from)).isPresent();
        return sessionMissing ? new Unopened(Trouble.NO_SESSION, NO_SESSION) : opened;
    }

    /** Opens what was encrypted with the sender's key for a group, a broadcast list or status posts ({@code skmsg}). */
    Opened openGroup(Jid group, Jid sender, byte[] ciphertext) {
        return opened(sender, Trouble.NO_SENDER_KEY, from -> new Plain(groups.decrypt(group, from, ciphertext), false));
    }

    private static Plain plain(Decrypted decrypted) {
        return new Plain(decrypted.plaintext(), decrypted.identity() == IdentityChange.CHANGED);
    }

    private Opened opened(Jid sender, Trouble missing, Decryption decryption) {
        Optional<SignalAddress> from = address(sender);
        if (from.isEmpty()) {
            return new Unopened(Trouble.BROKEN, "the sender's address cannot be one of Signal");
        }
        try {
            return decryption.from(from.get());
        } catch (SignalException e) {
            return switch (e.reason()) {
                case DUPLICATE_OR_OLD_COUNTER -> new Duplicate();
                case NO_SESSION -> new Unopened(missing, missing == Trouble.NO_SESSION ? NO_SESSION : NO_SENDER_KEY);
                case NO_PRE_KEY -> new Unopened(Trouble.NO_SESSION, e.getMessage());
                default -> new Unopened(Trouble.BROKEN, e.getMessage());
            };
        }
    }

    /** The sender's device gives its key for a group; one that makes no sense is ignored, and then false. */
    boolean takeSenderKey(Jid group, Jid sender, byte[] distribution) {
        Optional<SignalAddress> from = address(sender);
        if (from.isEmpty()) {
            return false;
        }
        try {
            groups.processDistribution(group, from.get(), distribution);
            return true;
        } catch (SignalException e) {
            return false;
        }
    }

    private Optional<SignalAddress> address(Jid sender) {
        return isPlain(sender) ? Optional.of(store.address(sender)) : Optional.empty();
    }

    /** These are one user's two addresses: what is kept under the number moves to the LID. Devices do not matter. */
    void link(Jid lid, Jid phoneNumber) {
        if (isPlain(lid) && isPlain(phoneNumber)) {
            store.learn(phoneNumber.user(), lid.user());
        }
    }

    /** The user's other address, without a device: of a number the LID, of a LID the number. */
    Optional<Jid> counterpart(Jid user) {
        if (!isPlain(user)) {
            return Optional.empty();
        }
        if (user.isLid() || user.isHostedLid()) {
            return store.numberOf(user.user()).map(number -> Jid.of(number, JidServer.USER));
        }
        return user.isPhoneNumber() || user.isHosted()
                ? store.lidOf(user.user()).map(lid -> Jid.of(lid, JidServer.LID))
                : Optional.empty();
    }

    /** This user's keys have changed: sessions and identities of all devices go, under both addresses. */
    void forget(Jid user) {
        if (isPlain(user)) {
            store.deleteUser(user);
        }
    }

    /** Whether it is one that a session can be kept under. */
    private static boolean isPlain(Jid jid) {
        try {
            SignalAddress.of(jid);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
