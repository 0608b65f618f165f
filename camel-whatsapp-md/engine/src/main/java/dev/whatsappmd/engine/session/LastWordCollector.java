package dev.whatsappmd.engine.session;

import dev.whatsappmd.reconnect.ReconnectDirective;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Waits for what every listener has to say about one close, and hands on the most cautious. Safe for several threads. */
final class LastWordCollector {
    private final long epoch;
    private final int listeners;
    private final BiConsumer<Long, Optional<ReconnectDirective>> whenComplete;
    private final List<Optional<ReconnectDirective>> words = new ArrayList<>();

    LastWordCollector(long epoch, int listeners, BiConsumer<Long, Optional<ReconnectDirective>> whenComplete) {
        this.epoch = epoch;
        this.listeners = listeners;
        this.whenComplete = whenComplete;
    }

    long epoch() {
        return epoch;
    }

    void add(Optional<ReconnectDirective> word) {
        Optional<ReconnectDirective> decision;
        synchronized (words) {
            words.add(word);
            if (words.size() != listeners) {
                return;
            }
            decision = ReconnectDirective.mostCautious(words);
        }
        whenComplete.accept(epoch, decision);
    }
}
