package dev.whatsappmd.reconnect;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What follows the end of a connection.
 *
 * @param action what to do
 * @param delay how long to wait before the next attempt, zero for at once; empty when no attempt follows by itself
 *     ({@code stop}, {@code none}, {@code park} until a person asks)
 * @param attempt number of the attempt that follows within this streak of failures, from 1; 0 when none follows by itself
 * @param why one sentence for logs and people: which rule, option or limit decided. Never a secret
 */
public record Decision(ReconnectAction action, Optional<Duration> delay, int attempt, String why) {
    public Decision {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(delay, "delay");
        Objects.requireNonNull(why, "why");
        if (delay.isPresent() != attempt > 0) {
            throw new IllegalArgumentException("a delay and an attempt go together: " + delay + ", attempt " + attempt);
        }
        if (delay.isPresent() && delay.get().isNegative()) {
            throw new IllegalArgumentException("delay is negative: " + delay.get());
        }
    }

    /** Nothing is to be done; for ends that never reach a {@link ReconnectTracker}. */
    public static Decision none(String why) {
        return new Decision(ReconnectAction.NONE, Optional.empty(), 0, why);
    }

    /** True when another attempt follows without anybody asking. */
    public boolean reconnects() {
        return delay.isPresent();
    }
}
