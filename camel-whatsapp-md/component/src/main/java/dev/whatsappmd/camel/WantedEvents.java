package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.EventKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What a consumer emits: the option {@code events}. */
final class WantedEvents {
    static final String DEFAULT = "connection,history";

    private WantedEvents() {}

    /**
     * Reads the option.
     *
     * @throws IllegalArgumentException for a blank, a duplicate or any other word
     */
    static Set<EventKind> parse(String text) {
        Set<EventKind> all = EnumSet.noneOf(EventKind.class);
        for (String word : text.split(",", -1)) {
            EventKind event = Arrays.stream(EventKind.values())
                    .filter(one -> one.wireName().equalsIgnoreCase(word.strip()))
                    .findFirst()
                    .orElseThrow(
                            () -> refused(text, word.isBlank() ? "a name is blank" : "there is no " + word.strip()));
            if (!all.add(event)) {
                throw refused(text, event.wireName() + " is there twice");
            }
        }
        return all;
    }

    private static IllegalArgumentException refused(String text, String why) {
        return new IllegalArgumentException("events=" + text + ": " + why + "; this version has "
                + Arrays.stream(EventKind.values()).map(EventKind::wireName).collect(Collectors.joining(", ")));
    }
}
