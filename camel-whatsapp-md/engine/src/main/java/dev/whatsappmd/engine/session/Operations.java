package dev.whatsappmd.engine.session;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the application asked for and waits for. Each of them is answered exactly once, also when the effects that held an
 * answer were dropped because one before them failed.
 */
final class Operations {
    private final Outbox out;
    private final Set<Long> open = new LinkedHashSet<>();
    /** Asked by the present input. */
    private final Set<Long> begun = new LinkedHashSet<>();
    /** Answered, but it is not known yet whether the answer was given. */
    private final Set<Long> answered = new LinkedHashSet<>();

    Operations(Outbox out) {
        this.out = out;
    }

    /** A new input has come. */
    void turn() {
        begun.clear();
    }

    void begin(long operation) {
        open.add(operation);
        begun.add(operation);
    }

    /** Whether it waits for its answer. */
    boolean isOpen(long operation) {
        return open.contains(operation) && !answered.contains(operation);
    }

    void succeed(long operation) {
        answer(operation, Optional.empty(), Optional.empty());
    }

    void succeed(long operation, String result) {
        answer(operation, Optional.of(result), Optional.empty());
    }

    void fail(long operation, String why) {
        answer(operation, Optional.empty(), Optional.of(why));
    }

    void failAll(String why) {
        List.copyOf(open).forEach(operation -> fail(operation, why));
    }

    /** The present input was not taken to its end. */
    void failBegun(String why) {
        begun.forEach(operation -> fail(operation, why));
    }

    private void answer(long operation, Optional<String> result, Optional<String> failure) {
        if (isOpen(operation)) {
            answered.add(operation);
            out.add(new Effect.Complete(operation, result, failure));
        }
    }

    /** The application has its answer. */
    void done(Effect.Complete complete) {
        open.remove(complete.operation());
        answered.remove(complete.operation());
    }

    /** The effects behind one that failed were dropped: what was answered in them failed too. */
    void dropped(String why) {
        List<Long> unheard = List.copyOf(answered);
        answered.clear();
        unheard.forEach(operation -> fail(operation, why));
    }
}
