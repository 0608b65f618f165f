package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.event.ConnectionUpdate;
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
