package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.reconnect.ReconnectDirective;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the routes say about a close, and until when. */
class LastWordTest {
    /** Closed by a 503 a moment ago: backoff of about a second. */
    private static MachineWorld closed() {
        return closed("503", Map.of());
    }

    private static MachineWorld closed(String code, Map<String, ?> overrides) {
        MachineWorld world = MachineWorld.of(Identities.LINKED, ReconnectSettings.defaults(), overrides);
        world.go(Phase.OPEN);
        world.receive(Stanzas.streamError(code));
        return world;
    }

    private static ConnectionUpdate.Reconnect next(MachineWorld world) {
        return world.machine.status().reconnect();
    }

    @Test
    void letsTheNextAttemptWaitUntilTheRoutesAreDone() {
        MachineWorld world = closed();
        world.advance(Duration.ofSeconds(3));
        assertThat(world.dialed).hasSize(1);

        world.routesDone();

        assertThat(world.dialed).hasSize(2);
    }

    @Test
    void countsTheDelayFromTheClose() {
        MachineWorld world = closed();
        long delay = world.lastClose().reconnect().delay();
        world.advance(Duration.ofMillis(delay - 1));
        world.routesDone();
        assertThat(world.dialed).hasSize(1);
        world.advance(Duration.ofMillis(1));
        assertThat(world.dialed).hasSize(2);
    }

    @Test
    void doesAsTheRouteSaysInTime() {
        MachineWorld world = closed();
        world.routesSay(ReconnectDirective.stop());

        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        assertThat(next(world).action()).isEqualTo("stop");
        world.advance(Duration.ofHours(24));
        assertThat(world.dialed).hasSize(1);
    }

    @Test
    void ignoresAWordThatComesTooLate() {
        MachineWorld world = closed();
        world.advance(Duration.ofSeconds(5));
        assertThat(world.dialed).hasSize(2);

        world.input(new Input.LastWords(1, Optional.of(ReconnectDirective.stop()), true));

        assertThat(world.machine.phase()).isEqualTo(Phase.DIALING);
        assertThat(world.log).last().asString().startsWith("INFO").contains("stop came too late");
    }

    @Test
    void ignoresAWordThatComesTooLateWhileTheSessionStillWaits() {
        MachineWorld world = closed("429", Map.of());
        world.advance(Duration.ofSeconds(5));
        assertThat(world.machine.awaitsLastWord()).isZero();

        world.routesSay(ReconnectDirective.stop());

        assertThat(world.machine.phase()).isEqualTo(Phase.WAITING);
        assertThat(world.log).last().asString().contains("too late");
    }

    @Test
    void waitsNoLongerThanRouteDecisionTimeout() {
        MachineWorld world = closed();
        assertThat(world.until(SessionTimer.LAST_WORD)).isEqualTo(Duration.ofSeconds(5));
        world.advance(Duration.ofMillis(4_999));
        assertThat(world.dialed).hasSize(1);
        world.advance(Duration.ofMillis(1));
        assertThat(world.dialed).hasSize(2);
    }

    /** One of several routes has spoken, another never does. */
    @Test
    void countsTheWordsThatCameInTimeWhenAnotherRouteIsLate() {
        MachineWorld world = closed();
        world.input(new Input.LastWords(1, Optional.of(ReconnectDirective.park()), false));
        assertThat(world.machine.awaitsLastWord()).isEqualTo(1);

        world.advance(Duration.ofSeconds(5));

        assertThat(world.machine.phase()).isEqualTo(Phase.PARKED);
        assertThat(next(world).action()).isEqualTo("park");
        world.advance(Duration.ofHours(24));
        assertThat(world.dialed).hasSize(1);
    }

    @Test
    void takesTheLastOfSeveralSummaries() {
        MachineWorld world = closed();
        world.input(new Input.LastWords(1, Optional.of(ReconnectDirective.now()), false));
        world.input(new Input.LastWords(1, Optional.of(ReconnectDirective.backoff()), false));
        world.input(new Input.LastWords(1, Optional.of(ReconnectDirective.stop()), true));
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
    }

    @Test
    void forgetsTheWordsOfTheCloseBefore() {
        MachineWorld world = closed();
        world.input(new Input.LastWords(1, Optional.of(ReconnectDirective.now()), false));
        world.advance(Duration.ofSeconds(5));
        world.open();
        world.receive(Stanzas.streamError("429"));

        world.advance(Duration.ofSeconds(5));

        assertThat(next(world).action()).isEqualTo("backoff");
        assertThat(world.machine.phase()).isEqualTo(Phase.WAITING);
    }

    @Test
    void turnsAStopIntoAnAttempt() {
        MachineWorld world = closed("401", Map.of());
        assertThat(world.lastClose().reconnect().action()).isEqualTo("stop");

        world.routesSay(ReconnectDirective.now());

        world.advance(Duration.ZERO);
        assertThat(world.dialed).hasSize(2);
    }

    @Test
    void shortensAPark() {
        MachineWorld world = closed("409", Map.of());
        assertThat(world.machine.phase()).isEqualTo(Phase.PARKED);
        world.advance(Duration.ofSeconds(2));

        world.routesSay(ReconnectDirective.park(Duration.ofSeconds(10)));

        assertThat(world.until(SessionTimer.NEXT_ATTEMPT)).isEqualTo(Duration.ofSeconds(8));
        world.advance(Duration.ofSeconds(8));
        assertThat(world.dialed).hasSize(2);
    }

    @Test
    void lengthensABackoff() {
        MachineWorld world = closed();
        world.advance(Duration.ofSeconds(2));

        world.routesSay(ReconnectDirective.backoff(Duration.ofSeconds(30)));

        assertThat(world.until(SessionTimer.NEXT_ATTEMPT)).isBetween(Duration.ofSeconds(28), Duration.ofSeconds(34));
    }

    @Test
    void winsOverAnOption() {
        MachineWorld world = closed("503", Map.of("503", "stop"));
        world.routesSay(ReconnectDirective.backoff());
        assertThat(world.machine.phase()).isEqualTo(Phase.WAITING);
    }

    @Test
    void doesNotWinOverReconnectMaxAttempts() {
        MachineWorld world =
                MachineWorld.of(Identities.LINKED, ReconnectSettings.defaults().withMaxAttempts(1), Map.of());
        world.go(Phase.OPEN);
        world.lost();
        world.nextAttempt();
        world.lost();
        assertThat(world.lastClose().reconnect().action()).isEqualTo("stop");
        world.routesSay(ReconnectDirective.now());
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
    }

    @Test
    void doesNotLetARestartWait() {
        MachineWorld world = closed("515", Map.of());
        assertThat(world.machine.awaitsLastWord()).isZero();
        world.advance(Duration.ZERO);
        assertThat(world.dialed).hasSize(2);

        world.input(new Input.LastWords(1, Optional.of(ReconnectDirective.stop()), true));
        assertThat(world.machine.phase()).isEqualTo(Phase.DIALING);
    }

    @Test
    void changesNothingAboutALogoutThatWasAskedFor() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.input(new Input.Logout(1));
        world.receive(Stanzas.answer(world.asked("remove-companion-device")));

        world.routesSay(ReconnectDirective.now());

        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        assertThat(next(world).action()).isEqualTo("none");
    }

    @Test
    void isOverWithAStop() {
        MachineWorld world = closed();
        assertThat(world.machine.awaitsLastWord()).isEqualTo(1);
        world.stop();
        assertThat(world.machine.awaitsLastWord()).isZero();
    }
}
