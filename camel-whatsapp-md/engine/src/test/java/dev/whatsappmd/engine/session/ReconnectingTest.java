package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.pairing.ClientPayloads;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.Table;
import dev.whatsappmd.reconnect.ReconnectDirective;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a person may do about a session that waits, and a new identity in the place of an old one. */
class ReconnectingTest {
    // ---- reconnect

    @Test
    void endsAWaitAndForgetsTheFailures() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        for (int i = 0; i < 5; i++) {
            world.lost();
            world.nextAttempt();
        }
        world.lost();
        assertThat(world.lastClose().reconnect().attempt()).isEqualTo(6);
        int dialed = world.dialed.size();

        world.reconnect();
        assertThat(world.dialed).hasSize(dialed + 1);

        world.lost();
        assertThat(world.lastClose().reconnect().attempt()).isEqualTo(1);
        assertThat(world.lastClose().reconnect().delay()).isBetween(800L, 1_200L);
    }

    @Test
    void doesNotWaitForTheRoutes() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.lost();
        assertThat(world.machine.awaitsLastWord()).isEqualTo(1);
        world.reconnect();
        assertThat(world.machine.phase()).isEqualTo(Phase.DIALING);
        assertThat(world.machine.awaitsLastWord()).isZero();
    }

    @Test
    void endsAParkWithAndWithoutATime() {
        MachineWorld evicted = MachineWorld.in(Phase.OPEN);
        evicted.receive(Stanzas.conflict("replaced"));
        evicted.reconnect();
        assertThat(evicted.machine.phase()).isEqualTo(Phase.DIALING);

        MachineWorld parked = MachineWorld.of(Identities.LINKED, ReconnectSettings.defaults(), Map.of("440", "park"));
        parked.go(Phase.OPEN);
        parked.receive(Stanzas.conflict("replaced"));
        parked.routesDone();
        parked.advance(Duration.ofDays(30));
        assertThat(parked.dialed).hasSize(1);
        parked.reconnect();
        parked.open();
    }

    @Test
    void endsAStop() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.conflict("device_removed"));
        world.routesDone();
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);

        world.reconnect();
        world.open();

        assertThat(world.stored().registered()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"DIALING", "PAIRING", "PAIRED", "LOGGING_IN", "BRINGING_UP", "OPEN"})
    void isWithoutEffectWhileConnected(Phase phase) {
        MachineWorld world = MachineWorld.in(phase);
        int before = world.course.size();
        world.reconnect();
        assertThat(world.course).hasSize(before);
        assertThat(world.machine.phase()).isEqualTo(phase);
    }

    @Test
    void isWithoutEffectBeforeTheStart() {
        MachineWorld world = MachineWorld.of(Identities.NEW);
        world.reconnect();
        assertThat(world.course).isEmpty();
    }

    // ---- relink

    private static MachineWorld relinking(Map<String, ?> overrides) {
        MachineWorld world = MachineWorld.of(Identities.LINKED, ReconnectSettings.defaults(), overrides);
        world.go(Phase.OPEN);
        return world;
    }

    private static void assertNewIdentity(MachineWorld world) {
        assertThat(world.machine.phase()).isEqualTo(Phase.DIALING);
        Credentials fresh = world.stored();
        assertThat(fresh.account()).isEmpty();
        assertThat(fresh.identityKey()).isNotEqualTo(Identities.LINKED.identityKey());
        assertThat(world.dialed).hasSize(2);
        assertThat(world.dialed.get(1).noiseKey()).isEqualTo(fresh.noiseKey());
        assertThat(world.dialed.get(1).clientPayload())
                .isEqualTo(ClientPayloads.registration(
                        fresh,
                        MachineWorld.settings(ReconnectSettings.defaults(), Map.of())
                                .device()));
        assertThat(SessionRows.preKeys(world.rows())).isEmpty();
        // The old one is kept as evidence.
        assertThat(world.rows().count(Table.CREDENTIALS)).isEqualTo(2);
        assertThat(world.course).containsSubsequence("tell close", "tell connecting", "ReplaceIdentity", "Connect");
    }

    @Test
    void relinksARemovedDeviceWhenTheOptionSaysSo() {
        MachineWorld world = relinking(Map.of("loggedOut", "relink"));

        world.receive(Stanzas.conflict("device_removed"));

        assertThat(world.lastClose().reconnect().action()).isEqualTo("relink");
        assertThat(world.lastClose().reconnect().delay()).isZero();
        assertThat(world.stored().revocation()).isPresent();
        world.nextAttempt();
        assertNewIdentity(world);
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        assertThat(world.codes()).containsExactly("ref-0");
    }

    @Test
    void relinksARemovedDeviceWhenTheRouteSaysSo() {
        MachineWorld world = relinking(Map.of());
        world.receive(Stanzas.conflict("device_removed"));

        world.routesSay(ReconnectDirective.relink());
        world.advance(Duration.ZERO);

        assertNewIdentity(world);
    }

    @Test
    void replacesNoDeviceThatIsStillLinked() {
        MachineWorld byOption = relinking(Map.of("503", "relink"));
        byOption.receive(Stanzas.streamError("503"));
        assertThat(byOption.lastClose().reconnect().action()).isEqualTo("stop");
        assertThat(byOption.lastClose().reconnect().why()).contains("still linked");
        assertStoppedWithItsIdentity(byOption);

        MachineWorld byRoute = relinking(Map.of());
        byRoute.receive(Stanzas.streamError("503"));
        byRoute.routesSay(ReconnectDirective.relink());
        assertThat(byRoute.machine.status().reconnect().why()).contains("still linked");
        assertStoppedWithItsIdentity(byRoute);
    }

    private static void assertStoppedWithItsIdentity(MachineWorld world) {
        world.advance(Duration.ofDays(1));
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        assertThat(world.dialed).hasSize(1);
        assertThat(world.stored().registered()).isTrue();
        world.reconnect();
        world.open();
        assertThat(world.stored().identityKey()).isEqualTo(Identities.LINKED.identityKey());
    }

    @Test
    void opensANewWindowWithANewIdentityAfterAnExpiredOne() {
        MachineWorld world =
                MachineWorld.of(Identities.NEW, ReconnectSettings.defaults(), Map.of("PAIRING_EXPIRED", "relink"));
        world.go(Phase.PAIRING);
        world.advanceUnanswered(Duration.ofSeconds(160));

        world.nextAttempt();

        assertThat(world.stored().identityKey()).isNotEqualTo(Identities.NEW.identityKey());
        // Never linked, so there is nothing to keep.
        assertThat(world.rows().count(Table.CREDENTIALS)).isEqualTo(1);
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        assertThat(world.until(SessionTimer.PAIRING_WINDOW)).isEqualTo(Duration.ofSeconds(160));
        assertThat(world.times(ConnectionState.CONNECTING)).isEqualTo(2);
    }
}
