package dev.whatsappmd.engine.session;

import dev.whatsappmd.reconnect.ReconnectDirective;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Gathers what every listener has to say about one close. Each word is handed on as it comes, joined with those before
 * it: one listener that is late must not make the others unheard. Safe for several threads.
 */
final class LastWordCollector {
    private final long epoch;
    private final int listeners;
    private final Consumer<Input.LastWords> machine;
    private final List<Optional<ReconnectDirective>> words = new ArrayList<>();

    /** @param machine must only hand over */
    LastWordCollector(long epoch, int listeners, Consumer<Input.LastWords> machine) {
        this.epoch = epoch;
        this.listeners = listeners;
        this.machine = machine;
    }

    long epoch() {
        return epoch;
    }

    void add(Optional<ReconnectDirective> word) {
        // Handed over inside the lock, so that the last one is last.
        synchronized (words) {
            words.add(word);
            boolean complete = words.size() == listeners;
            if (complete || word.isPresent()) {
                machine.accept(new Input.LastWords(epoch, ReconnectDirective.mostCautious(words), complete));
            }
        }
    }
}
