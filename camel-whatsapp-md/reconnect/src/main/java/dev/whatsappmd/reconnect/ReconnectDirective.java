package dev.whatsappmd.reconnect;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * An action with its length of time, as a rule, an {@code on.} option or an application asks for it.
 *
 * @param action what to do
 * @param duration for {@code park} how long, empty until a person asks; for {@code backoff} the least delay, from which the
 *     delays grow; empty for every other action. Positive, at most {@link Durations#MAX}
 */
public record ReconnectDirective(ReconnectAction action, Optional<Duration> duration) {
    private static final String ALLOWED =
            "now, backoff, park, stop or relink, with a duration after park and backoff only"
                    + " (park:10m, backoff:30s)";

    public ReconnectDirective {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(duration, "duration");
        if (duration.isPresent() && !takesDuration(action)) {
            throw new IllegalArgumentException(action.wireName() + " takes no duration");
        }
        duration.ifPresent(length -> {
            if (length.isNegative() || length.isZero() || length.compareTo(Durations.MAX) > 0) {
                throw new IllegalArgumentException(
                        "duration of " + action.wireName() + " is " + Durations.format(length)
                                + "; it must be longer than zero and at most " + Durations.format(Durations.MAX));
            }
        });
    }

    /** Try again at once. */
    public static ReconnectDirective now() {
        return of(ReconnectAction.NOW);
    }

    /** Try again with growing delays. */
    public static ReconnectDirective backoff() {
        return of(ReconnectAction.BACKOFF);
    }

    /** Try again with growing delays, the first of them not below {@code least}. */
    public static ReconnectDirective backoff(Duration least) {
        return new ReconnectDirective(ReconnectAction.BACKOFF, Optional.of(least));
    }

    /** Wait until a person asks. */
    public static ReconnectDirective park() {
        return of(ReconnectAction.PARK);
    }

    /** Wait, then try again. */
    public static ReconnectDirective park(Duration length) {
        return new ReconnectDirective(ReconnectAction.PARK, Optional.of(length));
    }

    /** End the session. */
    public static ReconnectDirective stop() {
        return of(ReconnectAction.STOP);
    }

    /** Ask a person for a new login. */
    public static ReconnectDirective relink() {
        return of(ReconnectAction.RELINK);
    }

    /** Nothing is to be done. */
    public static ReconnectDirective none() {
        return of(ReconnectAction.NONE);
    }

    private static ReconnectDirective of(ReconnectAction action) {
        return new ReconnectDirective(action, Optional.empty());
    }

    /**
     * Reads {@code action[:duration]}, for example {@code stop}, {@code park:10m}, {@code backoff:30s}. Case does not matter
     * in the action; blanks around the text are ignored.
     *
     * @param option name of the option or header the text comes from; begins the message of an error
     * @throws IllegalArgumentException naming the option, the text, what is wrong and what is allowed
     */
    public static ReconnectDirective parse(String option, String text) {
        String trimmed = text.trim();
        String given = option + "=" + text;
        if (trimmed.isEmpty()) {
            throw new IllegalArgumentException(given + ": the action is missing; allowed is " + ALLOWED);
        }
        int colon = trimmed.indexOf(':');
        String word = colon < 0 ? trimmed : trimmed.substring(0, colon);
        ReconnectAction action = action(word, given);
        if (colon < 0) {
            return of(action);
        }
        if (!takesDuration(action)) {
            throw new IllegalArgumentException(
                    given + ": " + action.wireName() + " takes no duration; allowed is " + ALLOWED);
        }
        try {
            return new ReconnectDirective(action, Optional.of(Durations.parse(trimmed.substring(colon + 1))));
        } catch (IllegalArgumentException wrongDuration) {
            throw new IllegalArgumentException(given + ": " + wrongDuration.getMessage(), wrongDuration);
        }
    }

    /** As {@link #parse(String, String)}, for a text that comes from no particular option. */
    public static ReconnectDirective parse(String text) {
        return parse("reconnect action", text);
    }

    /**
     * The most cautious of what several applications ask for. Of equal actions the longer duration wins; {@code park}
     * without one is the longest, {@code backoff} without one the shortest.
     *
     * @param words one element per application, empty where it said nothing
     * @return empty when nobody said anything
     */
    public static Optional<ReconnectDirective> mostCautious(List<Optional<ReconnectDirective>> words) {
        return words.stream()
                .flatMap(Optional::stream)
                .reduce((one, other) -> other.moreCautiousThan(one) ? other : one);
    }

    /** True when this one wins over the other where both are asked for; see {@link #mostCautious}. */
    public boolean moreCautiousThan(ReconnectDirective other) {
        return action == other.action ? weight().compareTo(other.weight()) > 0 : action.moreCautiousThan(other.action);
    }

    /** The duration, where none is given the one that stands for it in the order of caution. */
    private Duration weight() {
        return duration.orElse(action == ReconnectAction.PARK ? Durations.MAX.plusMillis(1) : Duration.ZERO);
    }

    /** As {@link #parse} reads it: {@code park:10m}. */
    @Override
    public String toString() {
        return action.wireName()
                + duration.map(length -> ":" + Durations.format(length)).orElse("");
    }

    private static boolean takesDuration(ReconnectAction action) {
        return action == ReconnectAction.PARK || action == ReconnectAction.BACKOFF;
    }

    private static ReconnectAction action(String word, String given) {
        String lower = word.trim().toLowerCase(Locale.ROOT);
        for (ReconnectAction action : ReconnectAction.values()) {
            if (action != ReconnectAction.NONE && action.wireName().equals(lower)) {
                return action;
            }
        }
        throw new IllegalArgumentException(
                given + ": there is no action \"" + word.trim() + "\"; allowed is " + ALLOWED);
    }
}
