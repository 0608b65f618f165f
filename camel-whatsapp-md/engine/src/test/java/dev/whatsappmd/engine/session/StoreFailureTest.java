package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.ClientPayloads;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.reconnect.ReconnectDirective;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A save that fails: nothing behind it has happened, the connection is closed, and all is as before. */
class StoreFailureTest {
    private static SessionStoreException failure(SessionStoreException.Reason reason) {
        return new SessionStoreException(reason, "the disk is full of tests");
    }

    private static void failNextSave(MachineWorld world) {
        world.failNextSave = Optional.of(failure(SessionStoreException.Reason.FULL));
    }

    private static void assertClosedByTheStore(MachineWorld world) {
        ConnectionUpdate close = world.lastClose();
        assertThat(world.closes()).hasSize(1);
        assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.UNKNOWN);
        assertThat(close.lastDisconnect().error().message()).contains("the disk is full of tests");
        assertThat(close.reconnect().action()).isEqualTo("backoff");
        assertThat(world.machine.phase()).isEqualTo(Phase.WAITING);
    }

    @Test
    void doesNotConfirmALinkThatCouldNotBeSaved() {
        MachineWorld world = MachineWorld.in(Phase.PAIRING);
        int sent = world.sent.size();
        failNextSave(world);

        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));

        assertClosedByTheStore(world);
        assertThat(world.sent).hasSize(sent);
        assertThat(world.stored().account()).isEmpty();
        assertThat(world.updates).noneMatch(update -> update.isNewLogin() != null);
        world.nextAttempt();
        assertThat(world.dialed.get(1).clientPayload())
                .isEqualTo(ClientPayloads.registration(
                        Identities.NEW,
                        MachineWorld.settings(ReconnectSettings.defaults(), Map.of())
                                .device()));
    }

    @Test
    void doesNotDrawACodeWithASecretThatCouldNotBeSaved() {
        MachineWorld world = MachineWorld.in(Phase.PAIRING);
        failNextSave(world);

        world.receive(Stanzas.newSecretWanted());

        assertClosedByTheStore(world);
        assertThat(world.codes()).containsExactly("ref-0");
        assertThat(world.stored().advSecret()).isEqualTo(Identities.NEW.advSecret());
    }

    @Test
    void doesNotGoOnWithALoginThatCouldNotBeSaved() {
        MachineWorld world = MachineWorld.of(Identities.REVOKED);
        world.go(Phase.LOGGING_IN);
        failNextSave(world);

        world.receive(Stanzas.success());

        assertClosedByTheStore(world);
        assertThat(world.sent).isEmpty();
        assertThat(world.stored().revocation()).isPresent();
    }

    @Test
    void doesNotUploadPreKeysThatCouldNotBeSaved() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        failNextSave(world);

        world.receive(Stanzas.count(world.asked("count"), 0));

        assertClosedByTheStore(world);
        assertThat(world.sent).noneMatch(node -> node.child("list").isPresent());
        assertThat(world.stored().nextPreKeyId()).isEqualTo(Identities.LINKED.nextPreKeyId());
        assertThat(SessionRows.preKeys(world.rows())).hasSize(812);
    }

    @Test
    void uploadsTheSamePreKeysAgainWhenTheirMarkCouldNotBeSaved() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        world.receive(Stanzas.count(world.asked("count"), 0));
        Node first = world.asked("list");
        failNextSave(world);
        world.receive(Stanzas.answer(first));
        assertClosedByTheStore(world);

        world.nextAttempt();
        world.handshake();
        world.receive(Stanzas.success());
        world.receive(Stanzas.count(world.asked("count"), 0));

        assertThat(world.asked("list").child("list")).isEqualTo(first.child("list"));
    }

    @Test
    void endsAnOpenConnectionThatCouldNotSaveItsRoute() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        failNextSave(world);

        world.receive(Stanzas.routing(new byte[] {1}));

        assertClosedByTheStore(world);
        assertThat(world.stored().routingInfo()).isEmpty();
        world.nextAttempt();
        assertThat(world.dialed.get(1).routingInfo()).isEmpty();
    }

    @Test
    void keepsWhatWasSavedBeforeInTheSameStep() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        Node twice = Node.builder("ib")
                .child(Stanzas.routing(new byte[] {1}).children().get(0))
                .child(Stanzas.routing(new byte[] {2}).children().get(0))
                .build();
        world.failSaves(1, failure(SessionStoreException.Reason.IO));

        world.receive(twice);

        assertClosedByTheStore(world);
        assertThat(world.stored().routingInfo()).hasValue(new byte[] {1});
        world.nextAttempt();
        assertThat(world.dialed.get(1).routingInfo()).hasValue(new byte[] {1});
    }

    @Test
    void tellsALogoutAlsoWhenItsMarkCouldNotBeSaved() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        failNextSave(world);

        world.receive(Stanzas.conflict("device_removed"));

        assertThat(world.closes()).hasSize(1);
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.LOGGED_OUT);
        assertThat(world.stored().revocation()).isEmpty();
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        assertThat(world.log).anyMatch(line -> line.startsWith("WARN") && line.contains("the disk is full of tests"));
        world.advance(Duration.ofHours(1));
        assertThat(world.dialed).hasSize(1);
    }

    @Test
    void relinksNothingWhoseMarkCouldNotBeSaved() {
        MachineWorld world =
                MachineWorld.of(Identities.LINKED, ReconnectSettings.defaults(), Map.of("loggedOut", "relink"));
        world.go(Phase.OPEN);
        failNextSave(world);
        world.receive(Stanzas.conflict("device_removed"));

        world.routesDone();
        world.advance(Duration.ofMinutes(1));

        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        assertThat(world.stored().account()).isPresent();
        assertThat(world.machine.status().reconnect().action()).isEqualTo("stop");
    }

    @Test
    void closesTheAttemptWhoseNewIdentityCouldNotBeSaved() {
        MachineWorld world =
                MachineWorld.of(Identities.LINKED, ReconnectSettings.defaults(), Map.of("loggedOut", "relink"));
        world.go(Phase.OPEN);
        world.receive(Stanzas.conflict("device_removed"));
        failNextSave(world);

        world.routesDone();
        world.advance(Duration.ofMillis(1));

        assertThat(world.dialed).hasSize(1);
        assertThat(world.times(ConnectionState.CONNECTING)).isEqualTo(2);
        assertThat(world.closes()).hasSize(2);
        assertThat(world.stored().account()).isPresent();
        assertThat(world.stored().revocation()).isPresent();
    }

    // ---- not by a save of the machine's

    @Test
    void goesOnWithWhatIsStoredWhenTheLeaseCannotBeRenewed() {
        MachineWorld world = MachineWorld.in(Phase.PAIRED);
        Credentials linked = world.stored();

        world.input(new Input.StoreFailed(failure(SessionStoreException.Reason.IO)));

        assertClosedByTheStore(world);
        assertThat(linked.registered()).isTrue();
        assertThat(world.machine.credentials().registered()).isTrue();
        world.nextAttempt();
        world.open();
    }

    @Test
    void waitsOnWhenTheLeaseCannotBeRenewedBetweenConnections() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.lost();
        world.input(new Input.StoreFailed(failure(SessionStoreException.Reason.IO)));
        world.nextAttempt();
        assertThat(world.dialed).hasSize(2);
    }

    // ---- taken over

    private static void takeOver(MachineWorld world) {
        world.input(new Input.StoreFailed(failure(SessionStoreException.Reason.FENCED)));
    }

    @Test
    void stopsWhenAnotherProcessTookTheStore() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);

        takeOver(world);

        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.EVICTED);
        assertThat(world.lastClose().lastDisconnect().error().output().statusCode())
                .isEqualTo(440);
        assertThat(world.lastClose().reconnect().action()).isEqualTo("stop");
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        world.advance(Duration.ofDays(1));
        assertThat(world.dialed).hasSize(1);
    }

    @Test
    void dialsNoMoreWhoeverAsksOnceAnotherProcessTookTheStore() {
        MachineWorld world =
                MachineWorld.of(Identities.LINKED, ReconnectSettings.defaults(), Map.of("connectionReplaced", "now"));
        world.go(Phase.OPEN);
        takeOver(world);

        world.routesSay(ReconnectDirective.now());
        world.reconnect();
        world.advance(Duration.ofDays(1));

        assertThat(world.dialed).hasSize(1);
        assertThat(world.closes()).hasSize(1);
        assertThat(world.log).anyMatch(line -> line.startsWith("WARN") && line.contains("another process"));
        world.stop();
    }

    @Test
    void givesAWaitUpWhenAnotherProcessTookTheStore() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.lost();

        takeOver(world);

        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        world.advance(Duration.ofDays(1));
        assertThat(world.dialed).hasSize(1);
        assertThat(world.closes()).hasSize(1);
    }
}
