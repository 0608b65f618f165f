package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.reconnect.ReconnectDirective;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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
