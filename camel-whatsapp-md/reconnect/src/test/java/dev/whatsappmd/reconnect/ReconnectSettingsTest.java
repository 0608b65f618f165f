package dev.whatsappmd.reconnect;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReconnectSettingsTest {
    private static final ReconnectSettings DEFAULTS = ReconnectSettings.defaults();

    @Test
    void hasTheDocumentedDefaults() {
        assertThat(DEFAULTS)
                .isEqualTo(new ReconnectSettings(
                        ReconnectStrategy.SMART, ofSeconds(1), 2, ofMinutes(5), 0.2, 0, ofSeconds(30)));
    }

    @Test
    void changesOneThingAtATime() {
        assertThat(DEFAULTS.withStrategy(ReconnectStrategy.NEVER)
                        .withDelay(ofSeconds(3))
                        .withMultiplier(1)
                        .withMaxDelay(ofSeconds(4))
                        .withJitter(0)
                        .withMaxAttempts(5)
                        .withStableAfter(ofSeconds(6)))
                .isEqualTo(new ReconnectSettings(
                        ReconnectStrategy.NEVER, ofSeconds(3), 1, ofSeconds(4), 0, 5, ofSeconds(6)));
    }

    @Test
    void takesTheBoundsThemselves() {
        assertThat(new ReconnectSettings(
                        ReconnectStrategy.SMART, ofMillis(1), 1, ofMillis(1), 0, Integer.MAX_VALUE, ofMillis(1)))
                .isNotNull();
        assertThat(new ReconnectSettings(
                        ReconnectStrategy.SMART,
                        Durations.MAX,
                        Double.MAX_VALUE,
                        Durations.MAX,
                        1,
                        Integer.MAX_VALUE,
                        Durations.MAX))
                .isNotNull();
    }

    @Test
    void namesTheOptionAndItsValue() {
        refuses(s -> s.withDelay(Duration.ZERO), "reconnectDelay=0s: must be at least 1ms and at most 365d");
        refuses(s -> s.withDelay(ofSeconds(-1)), "reconnectDelay=-1s: must be at least 1ms and at most 365d");
        refuses(s -> s.withDelay(ofNanos(999_999)), "reconnectDelay=0s: must be at least 1ms and at most 365d");
        refuses(
                s -> s.withDelay(Duration.ofDays(366)).withMaxDelay(Duration.ofDays(366)),
                "reconnectDelay=366d: must be at least 1ms and at most 365d");
        refuses(s -> s.withMaxDelay(Duration.ZERO), "reconnectMaxDelay=0s: must be at least 1ms and at most 365d");
        refuses(
                s -> s.withMaxDelay(Duration.ofSeconds(Long.MAX_VALUE)),
                "reconnectMaxDelay=" + "106751991167300d15h30m7s" + ": must be at least 1ms and at most 365d");
        refuses(
                s -> s.withStableAfter(Duration.ZERO),
                "reconnectStableAfter=0s: must be at least 1ms and at most 365d");
        refuses(
                s -> s.withMaxDelay(ofMillis(999)),
                "reconnectMaxDelay=999ms: must not be shorter than reconnectDelay=1s");
        refuses(s -> s.withMaxAttempts(-1), "reconnectMaxAttempts=-1: must be 0 (no limit) or a number of attempts");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.999, 0, -2, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesAMultiplierBelowOne(double multiplier) {
        refuses(
                s -> s.withMultiplier(multiplier),
                "reconnectMultiplier=" + multiplier + ": must be a number of at least 1 (1 is a fixed delay)");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.01, 1.01, Double.NaN, Double.NEGATIVE_INFINITY})
    void refusesAJitterOutsideOfZeroToOne(double jitter) {
        refuses(
                s -> s.withJitter(jitter),
                "reconnectJitter=" + jitter + ": must be between 0 (none) and 1 (from nothing to twice the delay)");
    }

    @ParameterizedTest
    @CsvSource({"smart, SMART", "always, ALWAYS", "NEVER, NEVER", "' Smart ', SMART"})
    void readsAStrategy(String text, ReconnectStrategy expected) {
        assertThat(ReconnectStrategy.parse(text)).isEqualTo(expected);
    }

    @Test
    void refusesAnUnknownStrategy() {
        assertThatThrownBy(() -> ReconnectStrategy.parse("clever"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("reconnectStrategy=clever: must be one of smart, always, never");
    }

    private static void refuses(UnaryOperator<ReconnectSettings> change, String message) {
        assertThatThrownBy(() -> change.apply(DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
