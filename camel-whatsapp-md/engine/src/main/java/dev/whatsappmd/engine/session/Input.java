package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.delivery.DeliveryRows;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.message.Taken;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.reconnect.ReconnectDirective;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What can happen to a session. Inputs of a connection carry its epoch; those of an older one are dropped. */
sealed interface Input {
    /** The application wants the session to run. */
    record Start() implements Input {}

    /** The application wants it to end. */
    record Stop() implements Input {}

    /** The application asked for something and waits: {@code operation} is completed by {@link Effect.Complete}. */
    sealed interface Asked extends Input {
        long operation();
    }

    /** This device is to be unlinked. */
    record Logout(long operation) implements Asked {}

    /** A new identity is to be linked in the place of one that is revoked, or was never linked. */
    record Relink(long operation) implements Asked {}

    /** A code is wanted that can be typed into a phone. */
    record RequestPairingCode(long operation, Pairing pairing) implements Asked {}

    /** This device is to be shown as online, or not. */
    record ShowPresence(long operation, boolean available) implements Asked {}

    /** What was given up is to be delivered again. */
    record RedeliverFailed(long operation) implements Asked {}

    /** The application has waited long enough. */
    record GaveUp(long operation, Duration waited) implements Input {}

    /** A person wants the next attempt now, whatever was decided. */
    record Reconnect() implements Input {}

    /** The server has proved who it is, and has our login or registration. */
    record HandshakeDone(long epoch) implements Input {}

    /** Something was received, be it half a stanza. */
    record Heard(long epoch) implements Input {}

    record Received(long epoch, Node node) implements Input {}

    /** The connection has ended by itself; told once. */
    record Ended(long epoch, DisconnectCause cause) implements Input {}

    /** A timer ran out; {@code setting} tells it from an earlier one of the same name. */
    record TimerFired(SessionTimer timer, long setting) implements Input {}

    /**
     * What was asked for by {@link Effect.LoadPreKeys}.
     *
     * @param stored all of them, by their number
     * @param newestStored whether the one made last is among them
     */
    record PreKeysLoaded(long epoch, List<PreKey> stored, boolean newestStored) implements Input {}

    /** What came of a stanza by {@link Effect.TakeIn}. */
    record TakenIn(long epoch, Node stanza, Taken taken) implements Input {}

    /** What was asked for by {@link Effect.AskFlush}: what has been taken in becomes durable now. */
    record Flush() implements Input {}

    /**
     * What was asked for by {@link Effect.LoadDeliveries}.
     *
     * @param earlierUpTo keys up to this one were made by an earlier owner of the stored session
     * @param pending how many the log has in all
     * @param failed how many are given up
     */
    record DeliveriesLoaded(DeliveryRows.Page page, String earlierUpTo, long pending, long failed) implements Input {}

    /** What came of a delivery: the answer to {@link Effect.Deliver}. */
    record Delivered(String key, Outcome outcome, String failure) implements Input {
        /** How it ended. */
        enum Outcome {
            /** Everybody who wanted it is done with it. */
            COMPLETED,
            /** Somebody failed; {@code failure} is the class of what was thrown. */
            FAILED,
            /** Nobody had a look at it. */
            RETURNED
        }
    }

    /** What was asked for by {@link Effect.TakeUp}. */
    record TakenUp(long operation, long count) implements Input {}

    /** These kinds are wanted from now on, by whoever listens. */
    record Interest(Set<EventKind> kinds) implements Input {}

    /** What was asked for by {@link Effect.MakeHello}. */
    record HelloMade(long epoch, long attempt, Node request) implements Input {}

    /** What was asked for by {@link Effect.MakeFinish}: the answer to this hello. */
    record FinishMade(long epoch, long attempt, Node hello, PairingCode.Result result) implements Input {}

    /**
     * What the routes that heard of the close have said so far.
     *
     * @param directive the most cautious of their words
     * @param complete whether every one of them is done with it
     */
    record LastWords(long epoch, Optional<ReconnectDirective> directive, boolean complete) implements Input {}

    /** A read, a save or the renewal of the lease failed; the effects behind it, if any, were not begun. */
    record StoreFailed(SessionStoreException failure) implements Input {}

    /** A defect: an effect could not be carried out, and the effects behind it were not begun. */
    record EffectFailed(String what) implements Input {}
}
