package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.jid.Jid;
import java.util.Objects;
import java.util.Optional;

/**
 * What taking messages in needs of Signal. What an implementation changes it keeps until it is asked for it; a change
 * becomes durable together with the {@link Taken} of the stanza that made it.
 *
 * <p>Addresses are as the stanza has them, with their device. Under which of a user's two addresses a session is kept is
 * the implementation's business: by LID when it is known.
 *
 * <p>A method throws only when the store cannot be read; what a sender got wrong is an {@link Opened}.
 */
public interface MessageCipher {
    /** How a message to this device alone is encrypted. */
    enum Kind {
        /** Begins a session ({@code pkmsg}). */
        PRE_KEY,
        /** Belongs to a session ({@code msg}). */
        SESSION
    }

    /** Why something could not be opened. */
    enum Trouble {
        /** There is no session with the sender's device. */
        NO_SESSION,
        /** The sender's device has not given its key for this group. */
        NO_SENDER_KEY,
        /** Anything else: damaged, made with keys that are no longer here, from an unknown ratchet. */
        BROKEN
    }

    /** What came of a ciphertext. */
    sealed interface Opened {}

    /** @param padded the plaintext with its padding; not a copy */
    record Plain(byte[] padded) implements Opened {
        public Plain {
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
        public Unopened {
            Objects.requireNonNull(trouble, "trouble");
            Objects.requireNonNull(why, "why");
        }
    }

    /** Opens what was encrypted for this device alone. */
    Opened open(Jid sender, Kind kind, byte[] ciphertext);

    /** Opens what was encrypted with the sender's key for a group (or a broadcast list, or status posts). */
    Opened openGroup(Jid group, Jid sender, byte[] ciphertext);

    /** The sender's device gives its key for a group; one that makes no sense is ignored, and then false. */
    boolean takeSenderKey(Jid group, Jid sender, byte[] distribution);

    /** These are one user's two addresses: what is kept under the number moves to the LID. Devices do not matter. */
    void link(Jid lid, Jid phoneNumber);

    /** The user's other address, without a device: of a number the LID, of a LID the number. */
    Optional<Jid> counterpart(Jid user);

    /** This user's keys have changed: sessions and identities of all devices go, under both addresses. */
    void forget(Jid user);
}
