package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.delivery.PendingDelivery;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.message.Self;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import java.util.Optional;

/**
 * What a session wants done. Effects are carried out in their order, each finished before the next begins and told to
 * {@link SessionMachine#done}.
 */
sealed interface Effect {
    /** Open a connection; its end is an input of its own. */
    record Connect(long epoch, KeyPair noiseKey, byte[] clientPayload, Optional<byte[]> routingInfo)
            implements Effect {}

    record Send(long epoch, Node node) implements Effect {}

    /** End a connection; no input follows from it. */
    record Disconnect(long epoch) implements Effect {}

    /**
     * Make durable. When it fails, the effects behind it are dropped and {@link Input.StoreFailed} comes next.
     *
     * @param credentials as they are in the store from then on
     */
    record Save(ChangeSet changes, Credentials credentials) implements Effect {}

    /** Put a new identity in the place of a revoked one, or of one that was never linked; otherwise as a save. */
    record ReplaceIdentity(Credentials fresh) implements Effect {}

    record LoadPreKeys(long epoch) implements Effect {}

    /** Compute the request for a pairing code on another thread: it takes a while. {@link Input.HelloMade} follows. */
    record MakeHello(long epoch, long attempt, PairingCode code, Credentials credentials) implements Effect {}

    /** Compute the answer to a phone's hello likewise; {@link Input.FinishMade} follows. */
    record MakeFinish(long epoch, long attempt, PairingCode code, Node hello, Credentials credentials)
            implements Effect {}

    /** Read a stanza with what the store knows. {@link Input.TakenIn} comes next; nothing is durable yet. */
    record TakeIn(long epoch, Node stanza, Self self) implements Effect {}

    /** Come back when everything that has arrived by now was looked at: {@link Input.Flush}. */
    record AskFlush() implements Effect {}

    /**
     * Make durable what was taken in, with these changes beside it, and the credentials if they changed. When it fails,
     * what was taken in is forgotten, and else it is as with {@link Save}.
     */
    record SaveTaken(ChangeSet changes, Optional<Credentials> credentials) implements Effect {}

    /** Forget what was taken in and is not durable: the server has no answer and sends it again. */
    record ForgetTaken() implements Effect {}

    /** Read a page of the log; {@link Input.DeliveriesLoaded} follows. */
    record LoadDeliveries(String after, int limit) implements Effect {}

    /** Give this to whoever wants its kind; {@link Input.Delivered} follows, in its time. */
    record Deliver(PendingDelivery delivery, boolean redelivered, int attempt) implements Effect {}

    /** The application has failed at this so often that it gets it no more. */
    record GiveUp(PendingDelivery delivery) implements Effect {}

    /** Put what was given up into the log again; {@link Input.TakenUp} follows. */
    record TakeUp(long operation) implements Effect {}

    /** Tell whoever wants its kind of something that is not worth keeping. */
    record Tell(EventKind kind, Object event) implements Effect {
        /** It may be about people. */
        @Override
        public String toString() {
            return "Tell[" + kind + "]";
        }
    }

    record Emit(ConnectionUpdate update) implements Effect {}

    record SetTimer(SessionTimer timer, long setting, long delayMillis) implements Effect {}

    record ClearTimer(SessionTimer timer) implements Effect {}

    /** An operation is over: well, perhaps with something to show for it, or with a sentence of why not. */
    record Complete(long operation, Optional<String> result, Optional<String> failure) implements Effect {
        /** A result may be a code. */
        @Override
        public String toString() {
            return "Complete[" + operation + (failure.isPresent() ? ", failed: " + failure.get() : "") + "]";
        }
    }

    /** A line in the log. */
    record Log(Level level, String message) implements Effect {
        /** How loud: routine, worth knowing, trouble that heals, a defect of this program. */
        enum Level {
            DEBUG,
            INFO,
            WARN,
            ERROR
        }
    }

    /** The session has ended; when the socket is gone, give the store up. */
    record Release() implements Effect {}
}
