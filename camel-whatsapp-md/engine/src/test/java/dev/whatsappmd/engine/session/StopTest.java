package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.reconnect.ReconnectDirective;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stop means stopped, whenever it comes. */
class StopTest {
    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"DIALING", "PAIRING", "PAIRED", "LOGGING_IN", "BRINGING_UP", "OPEN"})
    void closesTheConnectionOnce(Phase phase) {
        MachineWorld world = MachineWorld.in(phase);
        boolean linked = world.stored().account().isPresent();

        world.stop();

        assertThat(world.closes()).hasSize(1);
        LastDisconnect last = world.lastClose().lastDisconnect();
        assertThat(last.kind()).isEqualTo(WhatsAppDisconnectKind.CLOSED_BY_US);
        assertThat(last.error().output().statusCode()).isEqualTo(428);
        assertThat(last.reason()).isEqualTo("connectionClosed");
        assertThat(world.lastClose().reconnect().action()).isEqualTo("none");
        assertThat(world.course).endsWith("Release");
        assertThat(world.stored().account().isPresent()).isEqualTo(linked);
        assertThat(world.stored().revocation()).isEmpty();
        assertThat(world.machine.status().phase()).isEqualTo("stopped");
    }

    @Test
    void endsASessionThatWasNeverStarted() {
        MachineWorld world = MachineWorld.of(Identities.NEW);
        world.stop();
        assertThat(world.updates).isEmpty();
    }

    @Test
    void endsAWait() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.lost();
        world.routesDone();
        assertThat(world.machine.phase()).isEqualTo(Phase.WAITING);
        assertStoppedWithoutAnotherClose(world);
    }

    @Test
    void endsAPark() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.conflict("replaced"));
        assertThat(world.machine.phase()).isEqualTo(Phase.PARKED);
        assertStoppedWithoutAnotherClose(world);
    }

    @Test
    void endsAHaltedSession() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.failure("405"));
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        assertStoppedWithoutAnotherClose(world);
    }

    private static void assertStoppedWithoutAnotherClose(MachineWorld world) {
        world.stop();
        assertThat(world.closes()).hasSize(1);
        assertThat(world.lastClose().lastDisconnect().kind()).isNotEqualTo(WhatsAppDisconnectKind.CLOSED_BY_US);
    }

    @Test
    void hearsNothingBehindTheEnd() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.stop();
        int told = world.updates.size();
        int effects = world.course.size();

        world.input(new Input.Start());
        world.input(new Input.Reconnect());
        world.input(new Input.Stop());
        world.input(new Input.HandshakeDone(1));
        world.input(new Input.Heard(1));
        world.input(new Input.Received(1, Stanzas.success()));
        world.input(new Input.Ended(1, DisconnectCause.streamEnd()));
        world.input(new Input.LastWords(1, Optional.of(ReconnectDirective.now()), true));
        for (SessionTimer timer : SessionTimer.values()) {
            world.input(new Input.TimerFired(timer, 1));
        }

        assertThat(world.updates).hasSize(told);
        assertThat(world.course).hasSize(effects);
    }

    /** However often the last effect fails, it is asked for a second time only. */
    @Test
    void givesTheStoreUpEvenWhenThatFailsAtFirst() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.stop();
        world.input(new Input.EffectFailed("a defect"));
        assertThat(world.course).filteredOn("Release"::equals).hasSize(2);
        world.input(new Input.EffectFailed("a defect"));
        assertThat(world.course).filteredOn("Release"::equals).hasSize(2);
    }
}
