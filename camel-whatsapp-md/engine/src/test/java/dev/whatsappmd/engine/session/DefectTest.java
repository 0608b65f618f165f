package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A defect of this program costs a connection, never the session. */
class DefectTest {
    private final DefectiveRandom random = new DefectiveRandom(new Random(1), 0);

    private MachineWorld world(Phase phase) {
        boolean pairs = phase == Phase.PAIRING || phase == Phase.PAIRED;
        MachineWorld world = new MachineWorld(
                pairs ? Identities.NEW : Identities.LINKED, ReconnectSettings.defaults(), Map.of(), random);
        world.keep(Identities.PRE_KEYS);
        world.survivesDefects = true;
        world.go(phase);
        return world;
    }

    private static void assertClosedByADefect(MachineWorld world) {
        ConnectionUpdate close = world.lastClose();
        assertThat(world.closes()).hasSize(1);
        assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PROTOCOL_ERROR);
        assertThat(close.lastDisconnect().error().message()).contains("a defect");
    }

    @Test
    void endsTheConnectionWithBackoffAndComesBack() {
        MachineWorld world = world(Phase.OPEN);
        world.failNextEffect = true;

        world.advanceTo(SessionTimer.PING);

        assertClosedByADefect(world);
        assertThat(world.lastClose().reconnect().action()).isEqualTo("backoff");
        world.nextAttempt();
        world.open();
    }

    @Test
    void stopsWhenNotEvenTheNextStepCanBeDecidedAndListensToAPerson() {
        MachineWorld world = world(Phase.OPEN);
        random.every(1);

        world.advanceTo(SessionTimer.PING);

        assertClosedByADefect(world);
        assertThat(world.lastClose().reconnect().action()).isEqualTo("stop");
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        random.every(0);
        world.reconnect();
        world.open();
    }

    @Test
    void triesAnAttemptAgainThatCouldNotBegin() {
        MachineWorld world = world(Phase.OPEN);
        world.lost();
        world.routesDone();
        world.course.clear();
        random.failOnce();

        world.advanceTo(SessionTimer.NEXT_ATTEMPT);

        // Nobody was told of it.
        assertThat(world.course).doesNotContain("tell connecting", "tell close", "Connect");
        assertThat(world.machine.phase()).isEqualTo(Phase.WAITING);
        world.advanceTo(SessionTimer.NEXT_ATTEMPT);
        world.open();
        assertThat(world.updates).last().satisfies(update -> assertThat(update.generation())
                .isEqualTo(2));
    }

    @Test
    void closesADialThatFailsAtOnce() {
        MachineWorld world = world(Phase.OPEN);
        world.lost();
        world.failNextEffect = true;
        world.routesDone();
        world.advanceTo(SessionTimer.NEXT_ATTEMPT);

        assertThat(world.closes()).hasSize(2);
        assertThat(world.lastClose().lastDisconnect().error().message()).contains("Connect");
        world.nextAttempt();
        world.open();
    }

    /** The link is durable by then, whatever became of the answer. */
    @Test
    void keepsALinkWhoseConfirmationCouldNotBeSent() {
        MachineWorld world = world(Phase.PAIRING);
        world.failNextEffect = true;

        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));

        assertClosedByADefect(world);
        assertThat(world.stored().registered()).isTrue();
        assertThat(world.machine.credentials().registered()).isTrue();
    }

    /** The close stood behind the effect that failed. */
    @Test
    void tellsTheCloseThatAFailedEffectStoodBefore() {
        MachineWorld world = world(Phase.PAIRING);
        world.failNextEffect = true;

        world.receive(Stanzas.pairDevice(0));

        assertClosedByADefect(world);
        assertThat(world.live).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"DIALING", "PAIRING", "PAIRED", "LOGGING_IN", "BRINGING_UP", "OPEN"})
    void stopsAlsoWhenTheCloseCannotBeDecided(Phase phase) {
        MachineWorld world = world(phase);
        random.every(1);
        world.stop();
        assertThat(world.closes()).hasSize(1);
    }

    @Test
    void goesOnWhenTheVeryFirstAttemptFails() {
        MachineWorld world = new MachineWorld(Identities.LINKED, ReconnectSettings.defaults(), Map.of(), random);
        world.survivesDefects = true;
        random.failOnce();
        world.start();
        assertThat(world.machine.phase()).isEqualTo(Phase.WAITING);
        world.advance(Duration.ofSeconds(2));
        world.open();
        assertThat(world.dialed).hasSize(1);
    }
}
