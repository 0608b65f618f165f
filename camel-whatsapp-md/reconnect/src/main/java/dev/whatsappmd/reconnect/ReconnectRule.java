package dev.whatsappmd.reconnect;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What one kind of end does by default. Immutable; written as a sentence:
 *
 * <pre>{@code
 * ReconnectRule.of(backoff())
 * ReconnectRule.of(now()).then(backoff())
 * ReconnectRule.of(backoff(ofMinutes(1))).attempts(3, stop())
 * ReconnectRule.of(park(ofSeconds(30))).window(5, ofMinutes(10), stop())
 * ReconnectRule.of(park(ofHours(1))).durationFromCause().attempts(1, stop())
 * ReconnectRule.of(stop()).evenUnderAlways()
 * }</pre>
 *
 * <p>Only counts and lengths of time: the counting is done by {@link ReconnectTracker}.
 */
public final class ReconnectRule {
    private final ReconnectDirective first;
    private final ReconnectDirective following;
    private final boolean durationFromCause;
    private final Optional<AttemptLimit> attemptLimit;
    private final Optional<WindowLimit> windowLimit;
    private final boolean evenUnderAlways;

    /** Ends of this kind up to {@code count} in one streak are followed by the steps, each further one by {@code then}. */
    record AttemptLimit(int count, ReconnectDirective then) {
        /** For example {@code after 3 attempts}. */
        String text() {
            return "after " + count + (count == 1 ? " attempt" : " attempts");
        }
    }

    /** The end of this kind that is number {@code closes} (or more) within {@code length} is followed by {@code then}. */
    record WindowLimit(int closes, Duration length, ReconnectDirective then) {}

    private ReconnectRule(
            ReconnectDirective first,
            ReconnectDirective following,
            boolean durationFromCause,
            Optional<AttemptLimit> attemptLimit,
            Optional<WindowLimit> windowLimit,
            boolean evenUnderAlways) {
        this.first = first;
        this.following = following;
        this.durationFromCause = durationFromCause;
        this.attemptLimit = attemptLimit;
        this.windowLimit = windowLimit;
        this.evenUnderAlways = evenUnderAlways;
    }

    /** A rule that answers every end of its kind in the same way. */
    public static ReconnectRule of(ReconnectDirective step) {
        Objects.requireNonNull(step, "step");
        return new ReconnectRule(step, step, false, Optional.empty(), Optional.empty(), false);
    }

    /** The second and every later end of this kind in one streak is answered so. */
    public ReconnectRule then(ReconnectDirective step) {
        requireReconnecting("then");
        return new ReconnectRule(
                first,
                Objects.requireNonNull(step, "step"),
                durationFromCause,
                attemptLimit,
                windowLimit,
                evenUnderAlways);
    }

    /**
     * The hint of the {@link Cause}, where it has one, takes the place of the step's own duration.
     *
     * @throws IllegalArgumentException when the first step has no duration to fall back on
     */
    public ReconnectRule durationFromCause() {
        if (first.duration().isEmpty()) {
            throw new IllegalArgumentException("a rule that begins with " + first
                    + " has no duration that a hint could replace; give it one for causes without a hint");
        }
        return new ReconnectRule(first, following, true, attemptLimit, windowLimit, evenUnderAlways);
    }

    /**
     * At most so many attempts for this kind in one streak of failures; the next end of this kind is answered by
     * {@code then}, and so is each further one.
     *
     * @param count at least 1
     */
    public ReconnectRule attempts(int count, ReconnectDirective then) {
        requireReconnecting("attempts");
        if (count < 1) {
            throw new IllegalArgumentException("attempts is " + count + "; it must be at least 1");
        }
        AttemptLimit limit = new AttemptLimit(count, Objects.requireNonNull(then, "then"));
        return new ReconnectRule(first, following, durationFromCause, Optional.of(limit), windowLimit, evenUnderAlways);
    }

    /**
     * The end that is number {@code closes} of this kind within a window that slides with time is answered by {@code then}.
     * A stable connection in between does not clear the window.
     *
     * @param closes at least 2
     * @param length length of the window; an end exactly so long ago is no longer in it
     */
    public ReconnectRule window(int closes, Duration length, ReconnectDirective then) {
        requireReconnecting("window");
        if (closes < 2) {
            throw new IllegalArgumentException("closes of the window is " + closes + "; it must be at least 2");
        }
        if (length.isNegative() || length.isZero()) {
            throw new IllegalArgumentException(
                    "length of the window is " + Durations.format(length) + "; it must be longer than zero");
        }
        WindowLimit limit = new WindowLimit(closes, length, Objects.requireNonNull(then, "then"));
        return new ReconnectRule(
                first, following, durationFromCause, attemptLimit, Optional.of(limit), evenUnderAlways);
    }

    /** The strategy {@code always} does not change this rule: trying again cannot help, or would do harm. */
    public ReconnectRule evenUnderAlways() {
        return new ReconnectRule(first, following, durationFromCause, attemptLimit, windowLimit, true);
    }

    /** True when {@code always} leaves this rule as it is. */
    public boolean holdsUnderAlways() {
        return evenUnderAlways;
    }

    /** The answer to the first end of this kind in a streak, before limits and hints. */
    public ReconnectDirective first() {
        return first;
    }

    /** The answer to the second and later ends of this kind in a streak, before limits and hints. */
    public ReconnectDirective following() {
        return following;
    }

    /** True when the end was asked for and nothing is to be done about it. */
    public boolean isNone() {
        return first.action() == ReconnectAction.NONE;
    }

    Optional<AttemptLimit> attemptLimit() {
        return attemptLimit;
    }

    Optional<WindowLimit> windowLimit() {
        return windowLimit;
    }

    /**
     * The step without limits.
     *
     * @param count how many ends of this kind the streak has, this one included
     */
    ReconnectDirective step(int count, Optional<Duration> hint) {
        ReconnectDirective step = count <= 1 ? first : following;
        if (!durationFromCause || step.duration().isEmpty()) {
            return step;
        }
        return hint.filter(length -> length.compareTo(Duration.ofMillis(1)) >= 0)
                .map(length -> new ReconnectDirective(step.action(), Optional.of(Durations.atMostMax(length))))
                .orElse(step);
    }

    private void requireReconnecting(String part) {
        if (!reconnects(first)) {
            throw new IllegalArgumentException(
                    "a rule that begins with " + first + " has no further end of its kind to count; leave out " + part);
        }
    }

    /** True when an attempt follows by itself. */
    static boolean reconnects(ReconnectDirective directive) {
        return switch (directive.action()) {
            case NOW, BACKOFF, RELINK -> true;
            case PARK -> directive.duration().isPresent();
            case STOP, NONE -> false;
        };
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(first.toString());
        if (durationFromCause) {
            text.append(" (or as long as the cause says)");
        }
        if (!following.equals(first)) {
            text.append(", then ").append(following);
        }
        attemptLimit.ifPresent(
                limit -> text.append(", ").append(limit.text()).append(' ').append(limit.then()));
        windowLimit.ifPresent(limit -> text.append(", at ")
                .append(limit.closes())
                .append(" within ")
                .append(Durations.format(limit.length()))
                .append(' ')
                .append(limit.then()));
        return text.append(evenUnderAlways ? ", even under always" : "").toString();
    }
}
