package dev.whatsappmd.camel;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a producer can do. */
enum Operation {
    /** Makes the session's status the body. */
    STATUS,
    /** Ends a wait, a park or a stop now. */
    RECONNECT,
    /** Unlinks this device. */
    LOGOUT;

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @param source the option or header the text comes from
     * @throws IllegalArgumentException when there is no such operation; lists those there are
     */
    static Operation parse(String source, String text) {
        return Arrays.stream(values())
                .filter(one -> one.wireName().equalsIgnoreCase(text.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        source + "=" + text + ": there is no such operation; this version has " + list()));
    }

    static String list() {
        return Arrays.stream(values()).map(Operation::wireName).collect(Collectors.joining(", "));
    }
}
