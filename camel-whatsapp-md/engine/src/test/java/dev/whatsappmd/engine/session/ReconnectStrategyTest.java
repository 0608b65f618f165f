package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.reconnect.ReconnectSettings;
import dev.whatsappmd.reconnect.ReconnectStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The strategies of the documents, played through a session whose server does not come back, or flaps. */
class ReconnectStrategyTest {
    private static final ReconnectSettings SMART = ReconnectSettings.defaults();

    /** {@code reconnectStrategy=always&reconnectDelay=3s&reconnectMultiplier=1&reconnectJitter=0} */
    private static final ReconnectSettings FIXED = SMART.withStrategy(ReconnectStrategy.ALWAYS)
            .withDelay(Duration.ofSeconds(3))
            .withMultiplier(1)
            .withJitter(0);

    /** {@code reconnectStrategy=always&reconnectDelay=1s&reconnectMultiplier=2&reconnectMaxAttempts=5} */
    private static final ReconnectSettings EXPONENTIAL = SMART.withStrategy(ReconnectStrategy.ALWAYS)
            .withDelay(Duration.ofSeconds(1))
            .withMultiplier(2)
            .withMaxAttempts(5);

    private static MachineWorld open(ReconnectSettings settings) {
        return open(settings, Map.of());
    }

    private static MachineWorld open(ReconnectSettings settings, Map<String, ?> overrides) {
        MachineWorld world = MachineWorld.of(Identities.LINKED, settings, overrides);
        world.go(Phase.OPEN);
        return world;
    }

    /** The delays between the end of a connection and the next dial, as the clock has it. */
    private static List<Long> delaysOfLostConnections(MachineWorld world, int ends) {
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < ends; i++) {
            world.lost();
            if (world.lastClose().reconnect().delay() == null) {
                break;
            }
            long ended = world.now;
            world.nextAttempt();
            delays.add(world.now - ended);
        }
        return delays;
    }

    private static ConnectionUpdate.Reconnect endedBy(MachineWorld world, Node stanza) {
        world.receive(stanza);
        return world.lastClose().reconnect();
    }

    // ---- the two plain ones

    @Test
    void triesAgainEveryThreeSecondsForEver() {
        assertThat(delaysOfLostConnections(open(FIXED), 100)).hasSize(100).containsOnly(3_000L);
    }

    @Test
    void triesAgainAfterLongerAndLongerWaitsFiveTimesAndThenStops() {
        MachineWorld exact = open(EXPONENTIAL.withJitter(0));
        assertThat(delaysOfLostConnections(exact, 10)).containsExactly(1_000L, 2_000L, 4_000L, 8_000L, 16_000L);
        assertThat(exact.lastClose().reconnect().action()).isEqualTo("stop");
        assertThat(exact.lastClose().reconnect().why()).contains("reconnectMaxAttempts=5");
        exact.advance(Duration.ofDays(1));
        assertThat(exact.dialed).hasSize(6);
        assertThat(exact.machine.phase()).isEqualTo(Phase.HALTED);

        List<Long> jittered = delaysOfLostConnections(open(EXPONENTIAL), 10);
        assertThat(jittered).hasSize(5);
        for (int i = 0; i < 5; i++) {
            long middle = 1_000L << i;
            assertThat(jittered.get(i)).isBetween(middle * 8 / 10, middle * 12 / 10);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"440", "500", "503", "400", "777"})
    void triesAgainWhateverTheCodeWithAPlainStrategy(String code) {
        MachineWorld world = open(FIXED);
        assertThat(endedBy(world, Stanzas.streamError(code)).delay()).isNotNull();
        assertThat(endedBy(open(FIXED), Stanzas.failure("405")).action()).isEqualTo("backoff");
        assertThat(endedBy(open(FIXED), Stanzas.failure("405")).delay()).isEqualTo(3_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"401", "403", "406"})
    void stopsForWhatNoAttemptHealsAlsoWithAPlainStrategy(String reason) {
        assertThat(endedBy(open(FIXED), Stanzas.failure(reason)).action()).isEqualTo("stop");
    }

    // ---- never

    @Test
    void endsWithTheFirstUnplannedCloseUnderNever() {
        MachineWorld world = open(SMART.withStrategy(ReconnectStrategy.NEVER));
        world.lost();
        assertThat(world.lastClose().reconnect().action()).isEqualTo("stop");
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        world.advance(Duration.ofDays(1));
        assertThat(world.dialed).hasSize(1);
    }

    @Test
    void restartsAfterPairingAlsoUnderNever() {
        MachineWorld world = MachineWorld.of(Identities.NEW, SMART.withStrategy(ReconnectStrategy.NEVER), Map.of());
        world.go(Phase.PAIRED);
        assertThat(endedBy(world, Stanzas.streamError("515")).action()).isEqualTo("now");
        world.advance(Duration.ZERO);
        world.open();
    }

    @Test
    void doesAsAnOptionSaysAlsoUnderNever() {
        MachineWorld world = open(SMART.withStrategy(ReconnectStrategy.NEVER), Map.of("503", "backoff"));
        assertThat(endedBy(world, Stanzas.streamError("503")).action()).isEqualTo("backoff");
    }

    // ---- a streak of failures, and its end

    @Test
    void growsItsDelaysUpToFiveMinutesWithoutALimitOfAttempts() {
        List<Long> delays = delaysOfLostConnections(open(SMART.withJitter(0)), 30);
        assertThat(delays.subList(0, 9))
                .containsExactly(1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 32_000L, 64_000L, 128_000L, 256_000L);
        assertThat(delays.subList(9, 30)).containsOnly(300_000L);
    }

    @Test
    void doesNotTakeAFlappingConnectionForAnEndOfTheTrouble() {
        MachineWorld world = open(SMART.withJitter(0));
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            world.advanceAnswered(Duration.ofSeconds(29));
            assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
            world.lost();
            delays.add(world.lastClose().reconnect().delay());
            world.nextAttempt();
            world.open();
        }
        assertThat(delays).containsExactly(1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 32_000L);
    }

    @Test
    void beginsAnewOnceAConnectionWasOpenForLongEnough() {
        MachineWorld world = open(SMART.withJitter(0).withStableAfter(Duration.ofSeconds(45)));
        for (int i = 0; i < 4; i++) {
            world.lost();
            world.nextAttempt();
        }
        world.open();
        assertThat(world.until(SessionTimer.STABLE)).isEqualTo(Duration.ofSeconds(45));
        world.advanceAnswered(Duration.ofSeconds(45));

        world.lost();

        assertThat(world.lastClose().reconnect().attempt()).isEqualTo(1);
        assertThat(world.lastClose().reconnect().delay()).isEqualTo(1_000);
    }

    @Test
    void countsNoRestartTowardsTheLimit() {
        MachineWorld world = MachineWorld.of(Identities.NEW, SMART.withMaxAttempts(1), Map.of());
        world.go(Phase.PAIRED);
        world.receive(Stanzas.streamError("515"));
        world.advance(Duration.ZERO);
        world.handshake();
        assertThat(endedBy(world, Stanzas.failure("503")).action()).isEqualTo("backoff");
        world.nextAttempt();
        world.handshake();
        assertThat(endedBy(world, Stanzas.failure("503")).action()).isEqualTo("stop");
    }

    @Test
    void backsOffWhenTheServerAsksForARestartAgainAndAgain() {
        MachineWorld world = open(SMART.withJitter(0));
        assertThat(endedBy(world, Stanzas.streamError("515")).delay()).isZero();
        world.advance(Duration.ZERO);
        world.handshake();
        assertThat(endedBy(world, Stanzas.streamError("515")).action()).isEqualTo("backoff");
        assertThat(world.lastClose().reconnect().delay()).isEqualTo(1_000);
    }

    @Test
    void doesNotLoopWhenAnOptionSaysNow() {
        MachineWorld world = open(SMART.withJitter(0), Map.of("503", "now"));
        assertThat(endedBy(world, Stanzas.streamError("503")).delay()).isZero();
        world.nextAttempt();
        world.open();
        assertThat(endedBy(world, Stanzas.streamError("503")).delay()).isEqualTo(1_000);
    }

    // ---- limits of their own

    @Test
    void stopsWithTheFifthEvictionWithinTenMinutes() {
        MachineWorld world = open(SMART);
        for (int i = 1; i <= 4; i++) {
            assertThat(endedBy(world, Stanzas.conflict("replaced")).action()).isEqualTo("park");
            assertThat(world.lastClose().reconnect().delay()).isEqualTo(30_000);
            world.nextAttempt();
            world.open();
            // Stable in between, and yet a war.
            world.advanceAnswered(Duration.ofSeconds(60));
        }
        assertThat(endedBy(world, Stanzas.conflict("replaced")).action()).isEqualTo("stop");
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        world.advance(Duration.ofDays(1));
        assertThat(world.dialed).hasSize(5);
    }

    @Test
    void toleratesEvictionsThatAreFarApart() {
        MachineWorld world = open(SMART);
        for (int i = 0; i < 20; i++) {
            assertThat(endedBy(world, Stanzas.conflict("replaced")).action()).isEqualTo("park");
            world.nextAttempt();
            world.open();
            world.advanceAnswered(Duration.ofMinutes(2));
        }
    }

    @Test
    void parksUntilABanExpiresAndTriesOnceThen() {
        MachineWorld world = open(SMART);
        Node ban = Node.builder("failure")
                .attribute("reason", "402")
                .attribute("expire", "86400")
                .build();
        long banned = world.now;
        assertThat(endedBy(world, ban).action()).isEqualTo("park");
        assertThat(world.machine.phase()).isEqualTo(Phase.PARKED);
        world.nextAttempt();
        assertThat(world.now - banned).isEqualTo(86_400_000L);

        world.handshake();
        assertThat(endedBy(world, ban).action()).isEqualTo("stop");
    }

    @Test
    void triesThreeTimesWhenItsLoginIsRefused() {
        MachineWorld world = open(SMART);
        for (int i = 1; i <= 3; i++) {
            assertThat(endedBy(world, Stanzas.failure("400")).action()).isEqualTo("backoff");
            assertThat(world.lastClose().reconnect().attempt()).isEqualTo(i);
            assertThat(world.lastClose().reconnect().delay()).isGreaterThanOrEqualTo(60_000);
            world.nextAttempt();
            world.handshake();
        }
        assertThat(endedBy(world, Stanzas.failure("400")).action()).isEqualTo("stop");
    }

    @Test
    void parksForAnHourAfterTenAttemptsForACodeNobodyKnows() {
        MachineWorld world = open(SMART);
        for (int i = 1; i <= 10; i++) {
            assertThat(endedBy(world, Stanzas.streamError("777")).action()).isEqualTo("backoff");
            world.nextAttempt();
            world.handshake();
        }
        assertThat(endedBy(world, Stanzas.streamError("777")).action()).isEqualTo("park");
        assertThat(world.lastClose().reconnect().delay()).isEqualTo(3_600_000);
    }
}
