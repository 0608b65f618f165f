package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** This device unlinks itself. */
class LogoutTest {
    private static MachineWorld asked() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.input(new Input.Logout(7));
        return world;
    }

    private static void assertLoggedOut(MachineWorld world) {
        LastDisconnect last = world.lastClose().lastDisconnect();
        assertThat(last.kind()).isEqualTo(WhatsAppDisconnectKind.LOGGED_OUT);
        assertThat(last.origin()).isEqualTo(DisconnectOrigin.LOCAL);
        assertThat(last.error().output().statusCode()).isEqualTo(401);
        assertThat(last.reason()).isEqualTo("loggedOut");
        assertThat(world.lastClose().reconnect().action()).isEqualTo("none");
        assertThat(world.completed).containsExactly(new Effect.Complete(7, Optional.empty(), Optional.empty()));
        assertThat(world.stored().account()).isPresent();
        assertThat(world.stored().revocation()).hasValueSatisfying(revocation -> {
            assertThat(revocation.code()).isEqualTo(401);
            assertThat(revocation.at()).isEqualTo(world.wall());
        });
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
    }

    @Test
    void asksTheServerToRemoveThisDevice() {
        Node request = asked().asked("remove-companion-device");
        assertThat(request.attribute("type")).contains("set");
        assertThat(request.attribute("xmlns")).contains("md");
        assertThat(request.child("remove-companion-device").orElseThrow().attribute("jid"))
                .contains("4915550001234:7@s.whatsapp.net");
    }

    @Test
    void isDoneWhenTheServerHasConfirmed() {
        MachineWorld world = asked();
        assertThat(world.completed).isEmpty();
        world.receive(Stanzas.answer(world.asked("remove-companion-device")));
        assertLoggedOut(world);
    }

    /** The server's word that this device was removed may come before its answer. */
    @Test
    void isDoneAlsoWhenTheServerEndsTheStreamFirst() {
        MachineWorld world = asked();
        world.receive(Stanzas.conflict("device_removed"));
        assertLoggedOut(world);
    }

    @Test
    void isNoRejectedLinkEvenRightAfterPairing() {
        MachineWorld world = MachineWorld.of(Identities.linkedBefore(Duration.ofSeconds(30)));
        world.go(Phase.OPEN);
        world.input(new Input.Logout(7));
        world.receive(Stanzas.conflict("device_removed"));
        assertLoggedOut(world);
    }

    @Test
    void failsAndLeavesTheSessionOpenWhenTheServerRefuses() {
        MachineWorld world = asked();

        world.receive(Stanzas.error(world.asked("remove-companion-device"), "403"));

        assertThat(world.completed).hasSize(1);
        assertThat(world.completed.get(0).failure().orElseThrow()).contains("error 403");
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
        assertThat(world.stored().registered()).isTrue();
        // And may be asked for again.
        world.input(new Input.Logout(8));
        world.receive(Stanzas.answer(world.asked("remove-companion-device")));
        assertThat(world.completed).last().isEqualTo(new Effect.Complete(8, Optional.empty(), Optional.empty()));
    }

    @Test
    void failsWhenTheServerDoesNotAnswer() {
        MachineWorld world = asked();
        world.advanceUnanswered(Duration.ofSeconds(60));
        assertThat(world.completed.get(0).failure().orElseThrow()).contains("no answer");
        assertThat(world.stored().registered()).isTrue();
    }

    @Test
    void failsWhenTheConnectionEndsFirst() {
        MachineWorld world = asked();
        world.lost();
        assertThat(world.completed).hasSize(1);
        assertThat(world.completed.get(0).failure().orElseThrow()).contains("connection lost");
        assertThat(world.stored().registered()).isTrue();
        world.nextAttempt();
        world.open();
    }

    @Test
    void failsWhenTheSessionIsStoppedFirst() {
        MachineWorld world = asked();
        world.stop();
        assertThat(world.completed).hasSize(1);
        assertThat(world.completed.get(0).failure()).isPresent();
    }

    @Test
    void failsWhileAnotherIsUnderWay() {
        MachineWorld world = asked();
        world.input(new Input.Logout(8));
        assertThat(world.completed).hasSize(1);
        assertThat(world.completed.get(0).operation()).isEqualTo(8);
        assertThat(world.completed.get(0).failure().orElseThrow()).contains("under way");
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"DIALING", "PAIRING", "PAIRED", "LOGGING_IN"})
    void failsAtOnceBeforeTheLogin(Phase phase) {
        MachineWorld world = MachineWorld.in(phase);
        world.input(new Input.Logout(7));
        assertThat(world.completed.get(0).failure().orElseThrow()).contains(phase.toString());
    }

    @Test
    void failsAtOnceBetweenConnectionsAndBehindTheEnd() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.lost();
        world.input(new Input.Logout(7));
        assertThat(world.completed.get(0).failure().orElseThrow()).contains("waiting");
        world.stop();
        world.input(new Input.Logout(8));
        assertThat(world.completed.get(1).failure().orElseThrow()).contains("stopped");
    }
}
