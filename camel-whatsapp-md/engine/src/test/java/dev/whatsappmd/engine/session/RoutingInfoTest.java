package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.transport.TransportEnd;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where the server wants this account to be routed. */
class RoutingInfoTest {
    private static final byte[] ROUTE = {8, 13, 8, 2};

    private static MachineWorld routed() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.routing(ROUTE));
        return world;
    }

    private static void fails(MachineWorld world) {
        world.ended(DisconnectCause.of(TransportEnd.of(TransportEnd.Kind.CONNECT, "refused by the test")));
    }

    private static List<Boolean> routes(MachineWorld world) {
        return world.dialed.stream()
                .map(Effect.Connect::routingInfo)
                .map(Optional::isPresent)
                .toList();
    }

    @Test
    void isStoredAndUsedAtTheNextDial() {
        MachineWorld world = routed();
        assertThat(world.stored().routingInfo()).hasValue(ROUTE);
        assertThat(world.dialed.get(0).routingInfo()).isEmpty();

        world.lost();
        world.nextAttempt();

        assertThat(world.dialed.get(1).routingInfo()).hasValue(ROUTE);
    }

    @Test
    void isSavedOnceHoweverOftenItIsSaid() {
        MachineWorld world = routed();
        world.course.clear();
        world.receive(Stanzas.routing(ROUTE));
        assertThat(world.course).doesNotContain("Save");
    }

    @Test
    void isNotTakenWhenNoAddressCouldCarryIt() {
        MachineWorld world = routed();
        world.receive(Stanzas.routing(new byte[1025]));
        assertThat(world.stored().routingInfo()).hasValue(ROUTE);
        world.receive(Stanzas.routing(new byte[1024]));
        assertThat(world.stored().routingInfo()).hasValue(new byte[1024]);
    }

    @Test
    void isLeftOutOnceAfterAFailedHandshake() {
        MachineWorld world = routed();
        world.lost();
        world.nextAttempt();
        fails(world);
        world.nextAttempt();
        fails(world);
        world.nextAttempt();

        assertThat(routes(world)).containsExactly(false, true, false, true);
        assertThat(world.stored().routingInfo()).hasValue(ROUTE);
    }

    @Test
    void isUsedAgainAfterAConnectionWithoutIt() {
        MachineWorld world = routed();
        world.lost();
        world.nextAttempt();
        fails(world);
        world.nextAttempt();
        world.open();
        world.lost();
        world.nextAttempt();

        assertThat(routes(world)).containsExactly(false, true, false, true);
    }

    @Test
    void isUsedAgainAfterAnEndBehindTheHandshake() {
        MachineWorld world = routed();
        world.lost();
        world.nextAttempt();
        world.handshake();
        world.receive(Stanzas.failure("503"));
        world.nextAttempt();
        assertThat(routes(world)).containsExactly(false, true, true);
    }

    @Test
    void isForgottenWhenTheServerSaysSo() {
        MachineWorld world = routed();
        world.receive(Stanzas.routing(new byte[0]));
        assertThat(world.stored().routingInfo()).isEmpty();
    }
}
