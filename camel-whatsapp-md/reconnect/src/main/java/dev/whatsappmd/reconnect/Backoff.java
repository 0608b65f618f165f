package dev.whatsappmd.reconnect;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Delays that grow from attempt to attempt: {@code min(maxDelay, delay * multiplier^(attempt-1))}, moved at random by up to
 * ±jitter of itself. Immutable.
 *
 * <p>A delay never exceeds {@code maxDelay}. What the jitter would put beyond the cap is reflected to the other side of it
 * rather than cut off, because a fleet that has reached the cap would else reconnect in the same millisecond.
 */
public final class Backoff {
    private final double delayMillis;
    private final double multiplier;
    private final double maxDelayMillis;
    private final double jitter;

    /** With {@code delay}, {@code multiplier}, {@code maxDelay} and {@code jitter} of the settings. */
    public Backoff(ReconnectSettings settings) {
        Objects.requireNonNull(settings, "settings");
        delayMillis = settings.delay().toMillis();
        multiplier = settings.multiplier();
        maxDelayMillis = settings.maxDelay().toMillis();
        jitter = settings.jitter();
    }

    /**
     * The delay before an attempt. Draws once from {@code random}.
     *
     * @param attempt from 1; there is no upper bound
     * @return 0 to {@code maxDelay}, in whole milliseconds
     */
    public Duration delay(int attempt, RandomGenerator random) {
        return delay(attempt, Optional.empty(), random.nextDouble());
    }

    /**
     * The delay before an attempt whose series begins at {@code least} where that is more than the usual first delay. Draws
     * once from {@code random}.
     *
     * @return {@code least} to the longer of {@code least} and {@code maxDelay}
     */
    public Duration delay(int attempt, Duration least, RandomGenerator random) {
        return delay(attempt, Optional.of(least), random.nextDouble());
    }

    /** @param draw evenly spread over 0 (included) to 1 (excluded); 0.5 is the delay without jitter */
    Duration delay(int attempt, Optional<Duration> least, double draw) {
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt is " + attempt + "; attempts count from 1");
        }
        double floor = least.map(Duration::toMillis).orElse(0L);
        double cap = Math.max(maxDelayMillis, floor);
        // The power may be infinite; the cap takes care of it.
        double base = Math.min(cap, Math.max(delayMillis, floor) * Math.pow(multiplier, attempt - 1.0));
        double moved = base * (1 + jitter * (2 * draw - 1));
        if (moved < floor) {
            moved = 2 * floor - moved;
        }
        if (moved > cap) {
            moved = 2 * cap - moved;
        }
        return Duration.ofMillis(Math.round(Math.max(floor, Math.min(cap, moved))));
    }
}
