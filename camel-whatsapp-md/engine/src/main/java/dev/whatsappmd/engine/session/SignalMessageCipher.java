package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import dev.whatsappmd.engine.message.MessageCipher;
import dev.whatsappmd.engine.signal.GroupCipher;
import dev.whatsappmd.engine.signal.SessionCipher;
import dev.whatsappmd.engine.signal.SignalAddress;
import dev.whatsappmd.engine.signal.SignalException;
import dev.whatsappmd.engine.signal.SignalStore;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The room {@code signal} as the room {@code message} needs it. What changes is in the {@link SignalStore} until that is
 * drained and committed. For the session's thread.
 */
public final class SignalMessageCipher implements MessageCipher {
    /** Baileys' words; applications look for them in {@code messageStubParameters}. */
    private static final String NO_SESSION = "No session record";

    private static final String NO_SENDER_KEY = "No session found to decrypt message";

    private final SignalStore store;
    private final SessionCipher sessions;
    private final GroupCipher groups;

    /** @param random a cryptographic one */
    public SignalMessageCipher(SignalStore store, RandomGenerator random) {
        this.store = store;
        this.sessions = new SessionCipher(store, random);
        this.groups = new GroupCipher(store, random);
    }

    private interface Decryption {
        byte[] from(SignalAddress sender) throws SignalException;
    }

    @Override
    public Opened open(Jid sender, Kind kind, byte[] ciphertext) {
        Opened opened = opened(sender, Trouble.NO_SESSION, from -> {
            return kind == Kind.PRE_KEY
                    ? sessions.decryptPreKeyMessage(from, ciphertext).plaintext()
                    : sessions.decryptMessage(from, ciphertext).plaintext();
        });
        // Whatever else is wrong with it: without a session a second copy could be read as little.
        boolean sessionMissing = opened instanceof Unopened
                && kind == Kind.SESSION
                && address(sender).filter(from -> !store.hasSession(from)).isPresent();
        return sessionMissing ? new Unopened(Trouble.NO_SESSION, NO_SESSION) : opened;
    }

    @Override
    public Opened openGroup(Jid group, Jid sender, byte[] ciphertext) {
        return opened(sender, Trouble.NO_SENDER_KEY, from -> groups.decrypt(group, from, ciphertext));
    }

    private Opened opened(Jid sender, Trouble missing, Decryption decryption) {
        Optional<SignalAddress> from = address(sender);
        if (from.isEmpty()) {
            return new Unopened(Trouble.BROKEN, "the sender's address cannot be one of Signal");
        }
        try {
            return new Plain(decryption.from(from.get()));
        } catch (SignalException e) {
            return switch (e.reason()) {
                case DUPLICATE_OR_OLD_COUNTER -> new Duplicate();
                case NO_SESSION ->
                    new Unopened(
                            missing,
                            missing == Trouble.NO_SESSION
                                    ? "No session record"
                                    : "No session found to decrypt message");
                // The sender made it for a key that is gone: no session comes of it either.
                case NO_PRE_KEY -> new Unopened(Trouble.NO_SESSION, e.getMessage());
                default -> new Unopened(Trouble.BROKEN, e.getMessage());
            };
        }
    }

    @Override
    public boolean takeSenderKey(Jid group, Jid sender, byte[] distribution) {
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
        try {
            return Optional.of(store.address(sender));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public void link(Jid lid, Jid phoneNumber) {
        if (isPlain(lid) && isPlain(phoneNumber)) {
            store.learn(phoneNumber.user(), lid.user());
        }
    }

    @Override
    public Optional<Jid> counterpart(Jid user) {
        if (!isPlain(user)) {
            return Optional.empty();
        }
        return user.isLid() || user.isHostedLid()
                ? store.numberOf(user.user()).map(number -> Jid.of(number, JidServer.USER))
                : Optional.of(user)
                        .filter(jid -> jid.isPhoneNumber() || jid.isHosted())
                        .flatMap(jid -> store.lidOf(jid.user()))
                        .map(lid -> Jid.of(lid, JidServer.LID));
    }

    @Override
    public void forget(Jid user) {
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
