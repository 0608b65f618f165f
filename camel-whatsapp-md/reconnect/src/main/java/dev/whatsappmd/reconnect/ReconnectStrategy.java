package dev.whatsappmd.reconnect;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Which kinds of end are followed by a reconnect. Planned kinds follow their rule in each; an {@code on.} option for a
 * kind wins over the strategy.
 */
public enum ReconnectStrategy {
    /** Every kind does what its rule says. */
    SMART,
    /**
     * Every kind reconnects, but those whose rule is {@linkplain ReconnectRule#evenUnderAlways() final}. A rule that
     * reconnects by itself keeps its own way of doing so, without the limit that would end the session; a rule that does
     * not is replaced by the plain backoff.
     */
    ALWAYS,
    /** The first end that was not planned is the end of the session. */
    NEVER;

    /** The name in options: {@code smart}, {@code always}, {@code never}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads a strategy's name; case does not matter.
     *
     * @throws IllegalArgumentException for any other text, naming the option, the text and what is allowed
     */
    public static ReconnectStrategy parse(String text) {
        String word = text.trim().toLowerCase(Locale.ROOT);
        for (ReconnectStrategy strategy : values()) {
            if (strategy.wireName().equals(word)) {
                return strategy;
            }
        }
        throw new IllegalArgumentException("reconnectStrategy=" + text + ": must be one of "
                + Arrays.stream(values()).map(ReconnectStrategy::wireName).collect(Collectors.joining(", ")));
    }
}
