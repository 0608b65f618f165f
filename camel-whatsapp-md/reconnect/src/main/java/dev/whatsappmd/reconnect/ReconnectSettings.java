package dev.whatsappmd.reconnect;

import java.time.Duration;
import java.util.Objects;

/**
 * How often and how fast a session reconnects. Immutable and checked once; the messages name the option.
 *
 * @param strategy which kinds reconnect
 * @param delay first delay of a backoff; 1 ms to {@link Durations#MAX}
 * @param multiplier growth from one delay to the next, at least 1; 1 is a fixed delay
 * @param maxDelay longest delay of a backoff; from {@code delay} to {@link Durations#MAX}
 * @param jitter share of a delay by which it is shortened or lengthened at random; 0 to 1
 * @param maxAttempts attempts in one streak of failures before the session stops; 0 is no limit
 * @param stableAfter how long a connection must be open before the streak is over; 1 ms to {@link Durations#MAX}
 */
public record ReconnectSettings(
        ReconnectStrategy strategy,
        Duration delay,
        double multiplier,
        Duration maxDelay,
        double jitter,
        int maxAttempts,
        Duration stableAfter) {
    private static final ReconnectSettings DEFAULTS = new ReconnectSettings(
            ReconnectStrategy.SMART, Duration.ofSeconds(1), 2, Duration.ofMinutes(5), 0.2, 0, Duration.ofSeconds(30));

    public ReconnectSettings {
        Objects.requireNonNull(strategy, "reconnectStrategy");
        checkDuration("reconnectDelay", delay);
        checkDuration("reconnectMaxDelay", maxDelay);
        checkDuration("reconnectStableAfter", stableAfter);
        if (maxDelay.compareTo(delay) < 0) {
            throw new IllegalArgumentException("reconnectMaxDelay=" + Durations.format(maxDelay)
                    + ": must not be shorter than reconnectDelay=" + Durations.format(delay));
        }
        // Written so that NaN fails as well.
        if (!(multiplier >= 1 && multiplier < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "reconnectMultiplier=" + multiplier + ": must be a number of at least 1 (1 is a fixed delay)");
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException(
                    "reconnectJitter=" + jitter + ": must be between 0 (none) and 1 (from nothing to twice the delay)");
        }
        if (maxAttempts < 0) {
            throw new IllegalArgumentException(
                    "reconnectMaxAttempts=" + maxAttempts + ": must be 0 (no limit) or a number of attempts");
        }
    }

    /** smart, 1 s, doubling up to 5 min, jitter 0.2, no limit of attempts, stable after 30 s. */
    public static ReconnectSettings defaults() {
        return DEFAULTS;
    }

    public ReconnectSettings withStrategy(ReconnectStrategy value) {
        return new ReconnectSettings(value, delay, multiplier, maxDelay, jitter, maxAttempts, stableAfter);
    }

    public ReconnectSettings withDelay(Duration value) {
        return new ReconnectSettings(strategy, value, multiplier, maxDelay, jitter, maxAttempts, stableAfter);
    }

    public ReconnectSettings withMultiplier(double value) {
        return new ReconnectSettings(strategy, delay, value, maxDelay, jitter, maxAttempts, stableAfter);
    }

    public ReconnectSettings withMaxDelay(Duration value) {
        return new ReconnectSettings(strategy, delay, multiplier, value, jitter, maxAttempts, stableAfter);
    }

    public ReconnectSettings withJitter(double value) {
        return new ReconnectSettings(strategy, delay, multiplier, maxDelay, value, maxAttempts, stableAfter);
    }

    public ReconnectSettings withMaxAttempts(int value) {
        return new ReconnectSettings(strategy, delay, multiplier, maxDelay, jitter, value, stableAfter);
    }

    public ReconnectSettings withStableAfter(Duration value) {
        return new ReconnectSettings(strategy, delay, multiplier, maxDelay, jitter, maxAttempts, value);
    }

    private static void checkDuration(String option, Duration value) {
        Objects.requireNonNull(value, option);
        // Less than a millisecond would be a delay of nothing.
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Durations.MAX) > 0) {
            throw new IllegalArgumentException(option + "=" + Durations.format(value)
                    + ": must be at least 1ms and at most " + Durations.format(Durations.MAX));
        }
    }
}
