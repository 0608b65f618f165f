package dev.whatsappmd.engine.request;

import dev.whatsappmd.engine.node.Node;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The questions that wait for an answer: iq id → what to do with it. Each has a deadline; the caller brings the time.
 * Not thread-safe: it belongs to the session's thread.
 */
public final class RequestTable {
    private final String prefix;
    private final Map<String, Pending> pending = new LinkedHashMap<>();
    private long counter;

    /** @param prefix begins every id, so that ids of different connections differ */
    public RequestTable(String prefix) {
        this.prefix = Objects.requireNonNull(prefix, "prefix");
    }

    /** What becomes of a question. */
    @FunctionalInterface
    public interface Handler {
        /** Called once, or never when the question was forgotten by {@link RequestTable#clear}. */
        void on(Outcome outcome);
    }

    /**
     * @param answer the {@code result} or {@code error} iq; empty when none came in time or the connection ended
     */
    public record Outcome(Optional<Node> answer) {
        /** Whether the server answered with {@code type=result}. */
        public boolean ok() {
            return answer.isPresent() && answer.get().hasAttribute("type", "result");
        }

        /** The child of a good answer. */
        public Optional<Node> child(String tag) {
            return ok() ? answer.get().child(tag) : Optional.empty();
        }

        /** What went wrong, for a log line: {@code error 406}, {@code no answer}. */
        public String describe() {
            if (answer.isEmpty()) {
                return "no answer";
            }
            return answer.get()
                    .child("error")
                    .map(error -> "error "
                            + error.attribute("code")
                                    .filter(code -> code.matches("\\d{1,9}"))
                                    .orElse("without a code"))
                    .orElse(ok() ? "result" : answer.get().hasAttribute("type", "error") ? "error" : "no type");
        }
    }

    private record Pending(long deadline, Handler handler) {}

    /** An id that no other question of this table has. */
    public String nextId() {
        return prefix + "-" + ++counter;
    }

    /**
     * Notes a question.
     *
     * @param iq without an id
     * @param deadline when to give up, in the caller's milliseconds
     * @return the iq with its id, ready to send
     */
    public Node ask(Node iq, long deadline, Handler handler) {
        String id = nextId();
        pending.put(id, new Pending(deadline, handler));
        return iq.toBuilder().attribute("id", id).build();
    }

    /** Takes a {@code result} or {@code error} iq. False when nobody asked, or not any more. */
    public boolean answer(Node iq) {
        Pending waiting = iq.attribute("id").map(pending::remove).orElse(null);
        if (waiting == null) {
            return false;
        }
        waiting.handler().on(new Outcome(Optional.of(iq)));
        return true;
    }

    /** When the next question runs out. */
    public OptionalLong nextDeadline() {
        return pending.values().stream().mapToLong(Pending::deadline).min();
    }

    /** Ends the questions whose time is over, in the order they were asked; not those that a handler asks meanwhile. */
    public void expire(long now) {
        List<String> over = pending.entrySet().stream()
                .filter(waiting -> waiting.getValue().deadline() <= now)
                .map(Map.Entry::getKey)
                .toList();
        for (String id : over) {
            // One handler may end the connection: the questions behind it are forgotten then.
            Pending waiting = pending.remove(id);
            if (waiting != null) {
                waiting.handler().on(new Outcome(Optional.empty()));
            }
        }
    }

    /** Forgets every question without a word; for the end of a connection that nobody waits on any more. */
    public void clear() {
        pending.clear();
    }

    public int size() {
        return pending.size();
    }
}
