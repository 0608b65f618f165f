package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.signal.SignalException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All sessions with one device: the current one, in which we write, and those from before, in which the other side may
 * still write. Both sides may have opened one at the same time; each reads what comes in either.
 *
 * <p>A message in an earlier session does not make that the current one again (the vectors: "new session while the old one
 * is open"), but keeps it from being given up.
 */
final class SessionRecord {
    /** Earlier sessions that are kept: 40 as in libsignal. */
    static final int ARCHIVED_MAX = 40;
    /** Seeds of overtaken messages in all sessions of a device together; the row stays below 200 KB. */
    static final int SKIPPED_MAX = 2 * MessageChain.JUMP_MAX;

    private @Nullable SessionState current;
    private final List<SessionState> archived;

    SessionRecord() {
        this(null, List.of());
    }

    /** @param archived last used first */
    SessionRecord(@Nullable SessionState current, List<SessionState> archived) {
        this.current = current;
        this.archived = new ArrayList<>(archived);
    }

    @Nullable
    SessionState current() {
        return current;
    }

    List<SessionState> archived() {
        return archived;
    }

    /** The current one first. */
    List<SessionState> states() {
        List<SessionState> states = new ArrayList<>(1 + archived.size());
        if (current != null) {
            states.add(current);
        }
        states.addAll(archived);
        return states;
    }

    boolean isEmpty() {
        return current == null && archived.isEmpty();
    }

    /** The session that this base key and identity opened. */
    Optional<SessionState> openedBy(byte[] baseKey, byte[] identity) {
        return states().stream()
                .filter(state ->
                        Arrays.equals(state.baseKey(), baseKey) && Arrays.equals(state.remoteIdentity(), identity))
                .findFirst();
    }

    /** Makes a session the current one. */
    void open(SessionState fresh) {
        if (current != null) {
            archived.add(0, current);
        }
        current = fresh;
        bound();
    }

    /** Puts sessions behind those here, as far as there is room. */
    void archive(List<SessionState> others) {
        archived.addAll(others);
        if (current == null && !archived.isEmpty()) {
            current = archived.remove(0);
        }
        bound();
    }

    /** A message came in this session. */
    void used(SessionState state) {
        if (state != current) {
            archived.remove(state);
            archived.add(0, state);
        }
        bound();
    }

    private void bound() {
        while (archived.size() > ARCHIVED_MAX) {
            archived.remove(archived.size() - 1);
        }
        int room = SKIPPED_MAX;
        for (SessionState state : states()) {
            state.keepSkipped(room);
            room -= state.skipped();
        }
    }

    /**
     * Reads a {@code msg} in the session it belongs to; when it fails, nothing has changed.
     *
     * @param ownIdentity our identity key, 33 bytes
     */
    byte[] decrypt(SessionMessage message, byte[] ownIdentity) throws SignalException {
        List<SessionState> states = states();
        for (SessionState state : states) {
            if (state.knows(message.ratchetKey())) {
                return decrypt(state, message, ownIdentity);
            }
        }
        // A ratchet key that is new begins a chain; a counter that is too far ahead is so in any session.
        MessageChain.requireNear(message.counter(), 0);
        for (SessionState state : states) {
            try {
                return decrypt(state, message, ownIdentity);
            } catch (SignalException e) {
                if (e.reason() != Reason.BAD_MAC) {
                    throw e;
                }
            }
        }
        throw new SignalException(
                Reason.BAD_MAC,
                "the message's MAC does not hold in any of the " + states.size() + " sessions with its sender");
    }

    /** Reads a message in this session. */
    byte[] decrypt(SessionState state, SessionMessage message, byte[] ownIdentity) throws SignalException {
        byte[] plaintext = state.decrypt(message, ownIdentity);
        used(state);
        return plaintext;
    }

    /** How many seeds of overtaken messages are remembered. */
    int skipped() {
        return states().stream().mapToInt(SessionState::skipped).sum();
    }
}
