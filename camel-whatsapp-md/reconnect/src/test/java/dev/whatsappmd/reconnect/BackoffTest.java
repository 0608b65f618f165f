package dev.whatsappmd.reconnect;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {
    private static final ReconnectSettings EXACT = ReconnectSettings.defaults().withJitter(0);
    private static final int DRAWS = 10_000;

    @Test
    void aMultiplierOfOneIsAFixedDelay() {
        assertThat(delays(EXACT.withDelay(ofSeconds(3)).withMultiplier(1), 5))
                .containsExactly(ofSeconds(3), ofSeconds(3), ofSeconds(3), ofSeconds(3), ofSeconds(3));
    }

    @Test
    void aMultiplierOfTwoDoublesFromOneSecond() {
        assertThat(delays(EXACT, 5))
                .containsExactly(ofSeconds(1), ofSeconds(2), ofSeconds(4), ofSeconds(8), ofSeconds(16));
    }

    @Test
    void growsToTheCapAndStaysThere() {
        assertThat(delays(EXACT, 12).subList(7, 12))
                .containsExactly(ofSeconds(128), ofSeconds(256), ofMinutes(5), ofMinutes(5), ofMinutes(5));
    }

    @Test
    void beginsAtTheLeastDelayAndGrowsFromThere() {
        Backoff backoff = new Backoff(EXACT);
        assertThat(IntStream.rangeClosed(1, 5).mapToObj(n -> backoff.delay(n, ofMinutes(1), new Random(1))))
                .containsExactly(ofMinutes(1), ofMinutes(2), ofMinutes(4), ofMinutes(5), ofMinutes(5));
    }

    @Test
    void aLeastDelayBelowTheUsualOneChangesNothing() {
        assertThat(new Backoff(EXACT).delay(3, ofMillis(10), new Random(1))).isEqualTo(ofSeconds(4));
    }

    @Test
    void aLeastDelayAboveTheCapWinsOverTheCap() {
        Backoff backoff = new Backoff(EXACT.withJitter(1));
        Random random = new Random(7);
        for (int attempt = 1; attempt <= 100; attempt++) {
            assertThat(backoff.delay(attempt, ofMinutes(20), random)).isEqualTo(ofMinutes(20));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 1_000_000, Integer.MAX_VALUE})
    void neverOverflows(int attempt) {
        assertThat(new Backoff(EXACT).delay(attempt, new Random(1))).isEqualTo(ofMinutes(5));
        Backoff extreme = new Backoff(
                EXACT.withMaxDelay(Durations.MAX).withDelay(Durations.MAX).withMultiplier(Double.MAX_VALUE));
        assertThat(extreme.delay(attempt, Durations.MAX, new Random(1))).isEqualTo(Durations.MAX);
    }

    @ParameterizedTest
    @CsvSource({"1, 800, 1200", "2, 1600, 2400", "5, 12800, 19200", "9, 204800, 300000", "10, 240000, 300000"})
    void staysWithinTheJitterAndBelowTheCap(int attempt, long least, long most) {
        Backoff backoff = new Backoff(ReconnectSettings.defaults());
        Random random = new Random(42);
        long sum = 0;
        long smallest = Long.MAX_VALUE;
        long largest = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            long millis = backoff.delay(attempt, random).toMillis();
            assertThat(millis).isBetween(least, most);
            smallest = Math.min(smallest, millis);
            largest = Math.max(largest, millis);
            sum += millis;
        }
        long width = most - least;
        assertThat(smallest).isLessThan(least + width / 100 + 1);
        assertThat(largest).isGreaterThan(most - width / 100 - 1);
        if (attempt != 9) {
            assertThat(sum / DRAWS).isBetween(least + width * 48 / 100, least + width * 52 / 100);
        }
    }

    @Test
    void doesNotGatherAtTheCap() {
        Backoff backoff = new Backoff(ReconnectSettings.defaults());
        Random random = new Random(42);
        long atCap = IntStream.range(0, DRAWS)
                .filter(draw -> backoff.delay(30, random).equals(ofMinutes(5)))
                .count();
        assertThat(atCap).isLessThan(10);
    }

    @Test
    void spreadsALeastDelayUpwardsOnly() {
        Backoff backoff = new Backoff(ReconnectSettings.defaults());
        Random random = new Random(42);
        long sum = 0;
        for (int draw = 0; draw < DRAWS; draw++) {
            Duration delay = backoff.delay(1, ofMinutes(1), random);
            assertThat(delay).isBetween(ofSeconds(60), ofSeconds(72));
            sum += delay.toMillis();
        }
        assertThat(sum / DRAWS).isBetween(65_700L, 66_300L);
    }

    @Test
    void staysInBoundsForAnySettings() {
        Random random = new Random(4711);
        for (int draw = 0; draw < DRAWS; draw++) {
            long delay = random.nextLong(1, 100_000);
            long max = random.nextLong(delay, 10_000_000);
            long least = random.nextLong(1, 20_000_000);
            Backoff backoff = new Backoff(EXACT.withMaxDelay(ofMillis(max))
                    .withDelay(ofMillis(delay))
                    .withMultiplier(1 + random.nextDouble() * 9)
                    .withJitter(random.nextInt(4) == 0 ? 1 : random.nextDouble()));
            int attempt = random.nextInt(1, 50);
            assertThat(backoff.delay(attempt, random)).isBetween(Duration.ZERO, ofMillis(max));
            assertThat(backoff.delay(attempt, ofMillis(least), random))
                    .isBetween(ofMillis(least), ofMillis(Math.max(max, least)));
        }
    }

    @Test
    void theSameSeedGivesTheSameDelays() {
        ReconnectSettings settings = ReconnectSettings.defaults();
        assertThat(delays(settings, 20)).isEqualTo(delays(settings, 20));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void countsAttemptsFromOne(int attempt) {
        Backoff backoff = new Backoff(EXACT);
        assertThatThrownBy(() -> backoff.delay(attempt, new Random(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attempt is " + attempt + "; attempts count from 1");
    }

    private static List<Duration> delays(ReconnectSettings settings, int attempts) {
        Backoff backoff = new Backoff(settings);
        Random random = new Random(1);
        return IntStream.rangeClosed(1, attempts)
                .mapToObj(attempt -> backoff.delay(attempt, random))
                .toList();
    }
}
