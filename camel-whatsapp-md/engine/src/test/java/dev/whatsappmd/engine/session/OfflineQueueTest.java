package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.node.Node;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server kept while this device was away. */
class OfflineQueueTest {
    private static long pulls(MachineWorld world) {
        return world.course.stream()
                .filter(step -> step.equals("send ib offline_batch"))
                .count();
    }

    private static void deliver(MachineWorld world, String tag, int count) {
        for (int i = 0; i < count; i++) {
            world.receive(Stanzas.stanza(tag, tag + "-" + i, true));
        }
    }

    private static List<ConnectionUpdate> received(MachineWorld world) {
        return world.updates.stream()
                .filter(update -> Boolean.TRUE.equals(update.receivedPendingNotifications()))
                .toList();
    }

    @Test
    void asksForABatchWhenTheServerHasSomething() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        assertThat(pulls(world)).isZero();

        world.receive(Stanzas.ib("offline_preview"));

        assertThat(pulls(world)).isEqualTo(1);
        assertThat(world.sent).last().satisfies(ib -> assertThat(
                        ib.child("offline_batch").orElseThrow().attribute("count"))
                .contains("100"));
        assertThat(received(world)).isEmpty();
    }

    @Test
    void asksForTheNextOnceTheLastIsReceivedAndCleared() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.ib("offline_preview"));
        deliver(world, "receipt", 99);
        assertThat(pulls(world)).isEqualTo(1);

        deliver(world, "notification", 1);
        assertThat(pulls(world)).isEqualTo(2);
        deliver(world, "something-new", 100);
        assertThat(pulls(world)).isEqualTo(3);
    }

    @Test
    void countsOnlyWhatWaitedInTheQueue() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.ib("offline_preview"));
        deliver(world, "receipt", 99);
        for (int i = 0; i < 10; i++) {
            world.receive(Stanzas.stanza("receipt", "live-" + i, false));
        }
        assertThat(pulls(world)).isEqualTo(1);
    }

    @Test
    void asksForNoMoreWhileAStanzaIsLeftUnanswered() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.ib("offline_preview"));
        // Without an id there is nothing to answer.
        world.receive(Node.builder("something-new").attribute("offline", "1").build());
        deliver(world, "receipt", 150);
        assertThat(pulls(world)).isEqualTo(1);
    }

    @Test
    void asksForNothingWhenTheServerPushesByItself() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        deliver(world, "receipt", 250);
        assertThat(pulls(world)).isZero();
        world.receive(Stanzas.offline(250));
        assertThat(received(world)).hasSize(1);
    }

    @Test
    void tellsTheEndOfTheQueueOnce() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.ib("offline_preview"));
        deliver(world, "receipt", 3);

        world.receive(Stanzas.offline(3));
        world.receive(Stanzas.offline(0));

        assertThat(received(world)).hasSize(1);
        assertThat(received(world).get(0).event()).isNull();
        assertThat(world.isArmed(SessionTimer.OFFLINE)).isFalse();
        assertThat(world.machine.status().receivedPendingNotifications()).isTrue();
        assertThat(pulls(world)).isEqualTo(1);
    }

    @Test
    void asksForNoBatchBehindTheEnd() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.ib("offline_preview"));
        deliver(world, "receipt", 99);
        world.receive(Stanzas.offline(99));
        deliver(world, "receipt", 5);
        assertThat(pulls(world)).isEqualTo(1);
    }

    @Test
    void tellsOpenBeforeTheEndOfAQueueThatWasEmptyAtOnce() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        world.receive(Stanzas.answer(world.asked("count")));
        world.receive(Stanzas.answer(world.asked("active")));
        world.receive(Stanzas.offline(0));
        assertThat(received(world)).isEmpty();

        world.receive(Stanzas.answer(world.asked("digest")));

        assertThat(world.course).containsSubsequence("tell open", "tell received");
        assertThat(received(world)).hasSize(1);
    }

    @Test
    void givesUpAfterAMinuteWithoutAStanza() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        Duration left = world.until(SessionTimer.OFFLINE);
        assertThat(left).isEqualTo(Duration.ofSeconds(60));

        world.advanceAnswered(left.minusMillis(1));
        assertThat(received(world)).isEmpty();
        world.advanceAnswered(Duration.ofMillis(1));

        assertThat(received(world)).hasSize(1);
        assertThat(received(world).get(0).event()).isEqualTo("offlineQueueTimedOut");
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
        // What ends it in earnest later is no news.
        world.receive(Stanzas.offline(0));
        assertThat(received(world)).hasSize(1);
    }

    @Test
    void waitsOnWithEachStanzaOfTheQueue() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.ib("offline_preview"));
        for (int i = 0; i < 10; i++) {
            world.advanceAnswered(Duration.ofSeconds(50));
            deliver(world, "receipt", 1);
        }
        assertThat(received(world)).isEmpty();
        world.advanceAnswered(Duration.ofSeconds(59));
        assertThat(received(world)).isEmpty();
        world.advanceAnswered(Duration.ofSeconds(1));
        assertThat(received(world)).hasSize(1);
    }

    /** Only then the server begins to deliver. */
    @Test
    void waitsFromTheMomentTheServerIsToldToDeliver() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        world.advanceUnanswered(Duration.ofSeconds(19));
        assertThat(world.isArmed(SessionTimer.OFFLINE)).isFalse();

        world.receive(Stanzas.answer(world.asked("count")));

        assertThat(world.until(SessionTimer.OFFLINE)).isEqualTo(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", ""})
    void takesAnyValueForTheMarkOfAStanzaThatWaited(String value) {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.ib("offline_preview"));
        for (int i = 0; i < 100; i++) {
            world.receive(Node.builder("receipt")
                    .attribute("id", "r" + i)
                    .attribute("from", "4915550009999@s.whatsapp.net")
                    .attribute("offline", value)
                    .build());
        }
        assertThat(pulls(world)).isEqualTo(2);
    }

    @Test
    void beginsAnewWithEachConnection() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.offline(0));
        world.lost();
        world.nextAttempt();
        assertThat(world.machine.status().receivedPendingNotifications()).isFalse();
        world.open();
        world.receive(Stanzas.offline(0));

        assertThat(received(world)).extracting(ConnectionUpdate::generation).containsExactly(1L, 2L);
        assertThat(world.times(ConnectionState.OPEN)).isEqualTo(2);
    }
}
