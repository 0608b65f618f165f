package dev.whatsappmd.camel;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What a consumer can emit. */
enum SessionEvent {
    CONNECTION,
    HISTORY;

    /** The name in the option {@code events} and in the header. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the option.
     *
     * @throws IllegalArgumentException for a blank, a duplicate or any other word
     */
    static Set<SessionEvent> parse(String text) {
        Set<SessionEvent> all = EnumSet.noneOf(SessionEvent.class);
        for (String word : text.split(",", -1)) {
            SessionEvent event = Arrays.stream(values())
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
                + Arrays.stream(values()).map(SessionEvent::wireName).collect(Collectors.joining(", ")));
    }
}
