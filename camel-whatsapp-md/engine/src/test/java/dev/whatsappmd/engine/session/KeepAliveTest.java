package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A dead connection is noticed, and a quiet one is left alone. */
class KeepAliveTest {
    private static final Duration INTERVAL = Duration.ofSeconds(25);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static long pings(MachineWorld world) {
        return world.course.stream()
                .filter(step -> step.equals("send get ping"))
                .count();
    }

    @Test
    void pingsBetweenSixtyAndAHundredTwentyPercentOfTheInterval() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            long before = world.now;
            world.advanceTo(SessionTimer.PING);
            waits.add(world.now - before);
            world.receive(Stanzas.answer(world.asked("ping")));
            world.sent.clear();
        }
        assertThat(waits).allSatisfy(wait -> assertThat(wait).isBetween(15_000L, 30_000L));
        assertThat(waits).anyMatch(wait -> wait < 16_500).anyMatch(wait -> wait > 28_500);
        assertThat(new HashSet<>(waits)).hasSizeGreaterThan(400);
        assertThat(world.closes()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"PAIRING", "PAIRED", "LOGGING_IN", "BRINGING_UP", "OPEN"})
    void pingsInEveryPhaseBehindTheHandshake(Phase phase) {
        MachineWorld world = MachineWorld.in(phase);
        assertThat(world.until(SessionTimer.PING)).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
    }

    @Test
    void pingsAlsoWhileAQuestionWaits() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.input(new Input.Logout(1));
        long before = pings(world);

        world.advanceUnanswered(Duration.ofSeconds(59));

        assertThat(world.completed).isEmpty();
        assertThat(pings(world) - before).isGreaterThanOrEqualTo(1);
    }

    @Test
    void countsFromTheFirstQuestionSinceSomethingWasReceived() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.input(new Input.Heard(world.live));
        world.advanceTo(SessionTimer.PING);
        long first = world.now;
        world.advance(Duration.ofSeconds(10));

        // Further ones put nothing off.
        world.input(new Input.Logout(1));

        world.advanceTo(SessionTimer.DEAD);
        assertThat(world.now - first).isEqualTo(TIMEOUT.toMillis());
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.UNRESPONSIVE);
    }

    @Test
    void takesSilenceThatNobodyBrokeForNoSignOfDeath() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.input(new Input.Heard(world.live));
        assertThat(world.isArmed(SessionTimer.DEAD)).isFalse();
        world.advance(world.until(SessionTimer.PING).minusMillis(1));
        assertThat(world.isArmed(SessionTimer.DEAD)).isFalse();
        assertThat(world.closes()).isEmpty();
    }

    @Test
    void takesAnErrorForASignOfLife() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        for (int i = 0; i < 50; i++) {
            world.advanceTo(SessionTimer.PING);
            world.receive(Stanzas.error(world.asked("ping"), "400"));
            assertThat(world.isArmed(SessionTimer.DEAD)).isFalse();
        }
        assertThat(world.closes()).isEmpty();
    }

    @Test
    void takesAnyByteForASignOfLife() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.advanceTo(SessionTimer.PING);
        world.advance(TIMEOUT.minusMillis(1));
        world.input(new Input.Heard(world.live));
        world.advance(Duration.ofMillis(1));
        assertThat(world.closes()).isEmpty();
    }

    @Test
    void expectsNoAnswerToAnAck() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.stanza("notification", "n1", false));
        assertThat(world.isArmed(SessionTimer.DEAD)).isFalse();
    }

    @Test
    void expectsNoAnswerToItsLastWordsOfTheBringUp() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        assertThat(world.course).contains("send ib unified_session");
        assertThat(world.isArmed(SessionTimer.DEAD)).isFalse();
    }

    /** Pings that are never answered, on a connection that is otherwise lively. */
    @Test
    void doesNotMindUnansweredPingsWhileOtherThingsArrive() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.advanceUnanswered(Duration.ofHours(1));
        assertThat(world.closes()).isEmpty();
    }

    @Test
    void leavesAQuietAccountAloneForADay() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.offline(0));
        long before = pings(world);

        Random random = new Random(24);
        long end = world.now + Duration.ofHours(24).toMillis();
        while (world.now < end) {
            // Now and then a stanza that wants an ack, to which the server has nothing to say.
            world.advanceAnswered(Duration.ofMillis(random.nextInt(120_000)));
            world.receive(Stanzas.stanza("receipt", "r" + world.now, false));
        }

        assertThat(world.closes()).isEmpty();
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
        assertThat(pings(world) - before).isBetween(24 * 3600 / 30L, 24 * 3600 / 15L + 10);
    }

    /** Nothing but pings and their answers, each of which comes as late as it may. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 5_000, 19_999})
    void leavesAServerThatOnlyAnswersPingsAloneForADay(long answersAfter) {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.offline(0));
        world.sent.clear();
        int told = world.updates.size();
        long end = world.now + Duration.ofHours(24).toMillis();
        long pings = 0;
        long nextPing = world.now + world.until(SessionTimer.PING).toMillis();
        while (world.now < end) {
            world.advance(Duration.ofMillis(nextPing - world.now));
            nextPing = world.now + world.until(SessionTimer.PING).toMillis();
            Node ping = world.asked("ping");
            world.sent.clear();
            pings++;
            // The next ping may be due before the answer to this one has come.
            if (world.now + answersAfter < nextPing) {
                world.advance(Duration.ofMillis(answersAfter));
                world.receive(Stanzas.answer(ping));
                assertThat(world.isArmed(SessionTimer.DEAD)).isFalse();
            } else {
                world.advance(Duration.ofMillis(nextPing - world.now));
                nextPing = world.now + world.until(SessionTimer.PING).toMillis();
                world.sent.clear();
                pings++;
                world.receive(Stanzas.answer(ping));
            }
        }

        assertThat(world.updates).hasSize(told);
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
        assertThat(pings).isBetween(24 * 3600 / 50L, 24 * 3600 / 15L + 10);
    }

    /** The socket takes every byte and nothing ever comes back, from any moment on. */
    @Test
    void noticesAHalfOpenConnectionInTime() {
        Duration limit = Duration.ofMillis((long) (INTERVAL.toMillis() * 1.2)).plus(TIMEOUT);
        for (int seed = 0; seed < 60; seed++) {
            MachineWorld world =
                    new MachineWorld(Identities.LINKED, ReconnectSettings.defaults(), Map.of(), new Random(seed));
            world.keep(Identities.PRE_KEYS);
            world.go(Phase.OPEN);
            world.advanceAnswered(Duration.ofMillis(1_977L * seed));
            world.input(new Input.Heard(world.live));
            long silent = world.now;

            world.advance(limit);

            LastDisconnect last = world.closes().get(0).lastDisconnect();
            assertThat(last.kind()).isEqualTo(WhatsAppDisconnectKind.UNRESPONSIVE);
            assertThat(last.origin()).isEqualTo(DisconnectOrigin.LOCAL);
            assertThat(last.reason()).isEqualTo("connectionLost");
            assertThat(last.error().output().statusCode()).isEqualTo(408);
            long noticed = Duration.between(MachineWorld.START, last.at()).toMillis() - silent;
            // A ping follows within the interval, or is due already.
            assertThat(noticed).isBetween(TIMEOUT.toMillis(), limit.toMillis());
        }
    }

    /** Behind the handshake a phase may have a nearer deadline of its own, but none a later one. */
    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"PAIRING", "PAIRED", "LOGGING_IN", "BRINGING_UP", "OPEN"})
    void noticesAHalfOpenConnectionInEveryPhase(Phase phase) {
        MachineWorld world = MachineWorld.in(phase);
        world.input(new Input.Heard(world.live));
        long silent = world.now;

        world.advance(Duration.ofMillis((long) (INTERVAL.toMillis() * 1.2)).plus(TIMEOUT));

        LastDisconnect last = world.closes().get(0).lastDisconnect();
        assertThat(last.origin()).isEqualTo(DisconnectOrigin.LOCAL);
        assertThat(last.error().output().statusCode()).isEqualTo(408);
        assertThat(last.kind()).isIn(WhatsAppDisconnectKind.UNRESPONSIVE, WhatsAppDisconnectKind.UNREACHABLE);
        assertThat(Duration.between(MachineWorld.START, last.at()).toMillis()).isGreaterThan(silent);
    }

    @Test
    void servesAPingOfTheServerWithoutBeingAsked() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "get")
                .attribute("id", "server-1")
                .attribute("xmlns", "urn:xmpp:ping")
                .build());
        Node answer = world.sent.get(world.sent.size() - 1);
        assertThat(answer.attribute("type")).contains("result");
        assertThat(answer.attribute("id")).contains("server-1");
    }
}
