package dev.whatsappmd.reconnect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "1, PT0.001S",
        "500, PT0.5S",
        "500ms, PT0.5S",
        "30s, PT30S",
        "10m, PT10M",
        "1h, PT1H",
        "1d, P1D",
        "1m30s, PT1M30S",
        "90s, PT1M30S",
        "1h500ms, PT1H0.5S",
        "1m1ms, PT1M0.001S",
        "1d2h3m4s5ms, P1DT2H3M4.005S",
        "007s, PT7S",
        "365d, P365D",
    })
    void readsEverySpelling(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", " ", "s", "-5", "-5s", "+5s", "1.5s", "5 s", " 5s", "30S", "1M", "1s1m", "1m1m", "1h5", "1w",
                "PT5S", "ten", "1m,2m", "٣s"
            })
    void refusesAnyOtherSpelling(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "duration \"" + text + "\" is not understood; write milliseconds (500) or units from large to"
                                + " small (500ms, 30s, 10m, 1h, 1d, 1m30s)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0s", "0m0s", "000"})
    void refusesZero(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("duration \"" + text + "\" must be longer than zero");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "366d",
                "365d1ms",
                "31536000001",
                "9223372036854775807",
                "9223372036854775808",
                "106751991168d",
                "99999999999999999999d",
                "364d9223372036854775807ms",
            })
    void refusesWhatIsTooLong(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("duration \"" + text + "\" is too long; at most 365d is allowed");
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0s",
        "PT0.0009S, 0s",
        "PT0.5S, 500ms",
        "PT1M30S, 1m30s",
        "PT1H, 1h",
        "P365D, 365d",
        "PT1M0.001S, 1m1ms",
        "PT-30S, -30s",
    })
    void writesTheShortestSpelling(Duration duration, String expected) {
        assertThat(Durations.format(duration)).isEqualTo(expected);
    }

    @Test
    void readsBackWhatItWrites() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        for (int i = 0; i < 10_000; i++) {
            Duration duration = Duration.ofMillis(random.nextLong(1, Durations.MAX.toMillis() + 1));
            assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
        }
    }
}
