package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Happening.CallCame;
import dev.whatsappmd.engine.message.Happening.Dropped;
import dev.whatsappmd.engine.message.Happening.IdentityChanged;
import dev.whatsappmd.engine.message.Happening.PresenceChanged;
import dev.whatsappmd.engine.message.Happening.ReceiptCame;
import dev.whatsappmd.engine.message.Happening.UnknownTag;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.signal.SignalStore;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Takes in what the server sends and says what it is owed (docs/wire.md). Whatever has an id and a sender gets exactly the
 * answer that clears it, whether it makes sense or not and whether its tag is known or not.
 *
 * <p>It remembers how often messages were asked for again, nothing else. For one thread: the session's.
 */
public final class MessageIntake {
    private final SignalStore signal;
    private final Messages messages;

    /**
     * @param signal keeps what decrypting changes, until the caller commits it together with the {@link Taken}
     * @param snapshots opens one of the same stored session; one is read now
     * @throws SessionStoreException when the store cannot be read
     */
    public MessageIntake(SignalStore signal, Supplier<Snapshot> snapshots) {
        this.signal = Objects.requireNonNull(signal, "signal");
        try (Snapshot stored = snapshots.get()) {
            this.messages = new Messages(new RetryPreKeys(snapshots), new Retries(stored));
        }
    }

    /**
     * Takes one stanza. Never throws for anything a server sends.
     *
     * @throws SessionStoreException when the store cannot be read; then nothing was taken, and the {@link SignalStore} has to
     *     be rolled back
     */
    public Taken take(Node stanza, Self self) {
        try (SignalStore.Reading ignored = signal.reading()) {
            return dispatch(stanza, self);
        } catch (SessionStoreException e) {
            throw e;
        } catch (RuntimeException e) {
            // A defect here: the stanza is answered, or it would come again before all others, for ever.
            List<Node> answers = Answers.isOwed(stanza)
                    ? List.of(Answers.ack(stanza, own(self), Optional.of(Nack.UNHANDLED_ERROR.code())))
                    : List.of();
            String why = "internal error at <" + stanza.shownTag() + ">: "
                    + e.getClass().getName();
            return taken(stanza, answers, List.of(new Dropped(why)));
        }
    }

    private Taken dispatch(Node stanza, Self self) {
        return switch (stanza.tag()) {
            case "message" -> messages.take(stanza, self, new MessageCipher(signal, self.random()));
            case "receipt" -> receipt(stanza, self);
            case "notification" -> notification(stanza, self);
            case "call" ->
                taken(
                        stanza,
                        ack(stanza, self),
                        Observed.call(stanza).stream()
                                .<Happening>map(CallCame::new)
                                .toList());
            case "presence", "chatstate" ->
                taken(
                        stanza,
                        List.of(),
                        Observed.presence(stanza).stream()
                                .<Happening>map(PresenceChanged::new)
                                .toList());
            case "iq" -> taken(stanza, Answers.toRequest(stanza).stream().toList(), List.of());
            default ->
                Answers.isUnanswered(stanza.tag())
                        ? taken(stanza, List.of(), List.of())
                        : taken(stanza, ack(stanza, self), List.of(new UnknownTag(stanza.shownTag())));
        };
    }

    /** Also that somebody could not read what this device sent: there is nothing yet that sends it again. */
    private static Taken receipt(Node stanza, Self self) {
        List<Happening> happenings = new ArrayList<>();
        Observed.receipts(stanza, self).forEach(receipt -> happenings.add(new ReceiptCame(receipt)));
        return taken(stanza, ack(stanza, self), happenings);
    }

    private Taken notification(Node stanza, Self self) {
        List<Node> answers = Answers.isOwed(stanza) ? List.of(Answers.notificationAck(stanza)) : List.of();
        Optional<Jid> changed = stanza.hasAttribute("type", "encrypt")
                        && stanza.child("identity").isPresent()
                ? stanza.attribute("from").flatMap(Jid::tryParse)
                : Optional.empty();
        Optional<Jid> user = changed.filter(jid -> jid.isUser() && !jid.user().isEmpty());
        user.ifPresent(new MessageCipher(signal, self.random())::forget);
        return taken(
                stanza,
                answers,
                user.stream().<Happening>map(IdentityChanged::new).toList());
    }

    private static List<Node> ack(Node stanza, Self self) {
        return Answers.isOwed(stanza) ? List.of(Answers.ack(stanza, own(self), Optional.empty())) : List.of();
    }

    static Optional<String> own(Self self) {
        return self.id().map(Jid::toString);
    }

    private static Taken taken(Node stanza, List<Node> answers, List<Happening> happenings) {
        return new Taken(answers, Answers.isOwed(stanza), happenings, new ChangeSet(), Optional.empty());
    }
}
