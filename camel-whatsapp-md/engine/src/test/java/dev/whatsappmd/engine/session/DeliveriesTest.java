package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.SessionStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From a message's arrival to the application that is done with it: at most 10 at a time, 3 times each. */
class DeliveriesTest {
    private static MachineWorld open() {
        MachineWorld world = MachineWorld.of(Identities.LINKED);
        world.application.wants(EventKind.MESSAGE);
        world.start();
        world.open();
        world.sent.clear();
        world.course.clear();
        return world;
    }

    private static void message(MachineWorld world, String id) {
        world.receive(Stanzas.stanza("message", id, false));
    }

    private static List<String> receipts(MachineWorld world) {
        return world.sent.stream()
                .filter(node -> node.is("receipt"))
                .map(node -> node.attribute("id", ""))
                .toList();
    }

    private static List<String> numbered(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "M" + i).toList();
    }

    private static SessionStoreException full() {
        return new SessionStoreException(SessionStoreException.Reason.FULL, "no room is left");
    }

    @Test
    void isDurableBeforeItIsAnsweredAndAnsweredBeforeItIsDelivered() {
        MachineWorld world = open();

        message(world, "M1");

        assertThat(world.course).containsSubsequence("TakeIn", "SaveTaken", "send receipt", "Deliver");
        assertThat(world.application.messages()).containsExactly("M1");
        assertThat(world.application.last("M1").redelivered()).isFalse();
        assertThat(world.application.last("M1").attempt()).isEqualTo(1);
        assertThat(world.application.pending()).containsExactly("M1");
        assertThat(world.machine.status().pendingDeliveries()).isEqualTo(1);
    }

    @Test
    void stanzasThatArriveTogetherAreOneCommit() {
        MachineWorld world = open();
        world.flushesLater = true;
        numbered(1, 5).forEach(id -> message(world, id));
        assertThat(receipts(world)).isEmpty();
        assertThat(world.application.delivered).isEmpty();

        world.flush();

        assertThat(world.course).containsOnlyOnce("SaveTaken");
        assertThat(receipts(world)).isEqualTo(numbered(1, 5));
        assertThat(world.application.messages()).isEqualTo(numbered(1, 5));
    }

    @Test
    void aBatchHasABound() {
        MachineWorld world = open();
        world.flushesLater = true;
        IntStream.range(0, Inbound.MAX_STANZAS).forEach(i -> message(world, "M" + i));
        assertThat(receipts(world)).hasSize(Inbound.MAX_STANZAS);
    }

    @Test
    void whatIsCompletedLeavesTheStore() {
        MachineWorld world = open();
        message(world, "M1");
        message(world, "M2");

        world.application.completes("M1");

        assertThat(world.application.pending()).containsExactly("M2");
        assertThat(world.machine.status().pendingDeliveries()).isEqualTo(1);
        world.application.completes("M2");
        assertThat(world.machine.status().pendingDeliveries()).isZero();
        assertThat(world.application.messages()).containsExactly("M1", "M2");
    }

    @Test
    void whatFailedComesAgainLaterAndOthersPassIt() {
        MachineWorld world = open();
        message(world, "M1");

        world.application.fails("M1");
        message(world, "M2");
        world.application.completes("M2");

        assertThat(world.application.messages()).containsExactly("M1", "M2");
        assertThat(world.until(SessionTimer.REDELIVERY)).isEqualTo(Duration.ofSeconds(1));
        world.advanceTo(SessionTimer.REDELIVERY);
        assertThat(world.application.messages()).containsExactly("M1", "M2", "M1");
        assertThat(world.application.last("M1").redelivered()).isTrue();
        assertThat(world.application.last("M1").attempt()).isEqualTo(2);
        world.application.fails("M1");
        assertThat(world.until(SessionTimer.REDELIVERY)).isEqualTo(Duration.ofSeconds(2));
        world.advanceTo(SessionTimer.REDELIVERY);
        world.application.completes("M1");
        assertThat(world.application.pending()).isEmpty();
    }

    @Test
    void whatFailsTooOftenIsKeptAsFailedAndSaid() {
        MachineWorld world = open();
        message(world, "M1");
        world.application.fails("M1");
        world.advanceTo(SessionTimer.REDELIVERY);
        world.application.fails("M1");
        world.advanceTo(SessionTimer.REDELIVERY);
        assertThat(world.application.givenUp).isEmpty();

        world.application.fails("M1");

        assertThat(world.application.givenUp).hasSize(1);
        assertThat(world.application.givenUp.get(0).lastFailure()).isEqualTo("java.io.IOException");
        assertThat(world.application.pending()).isEmpty();
        assertThat(world.application.failed()).containsExactly("M1");
        assertThat(world.machine.status().failedDeliveries()).isEqualTo(1);
        assertThat(world.machine.status().pendingDeliveries()).isZero();
        assertThat(world.isArmed(SessionTimer.REDELIVERY)).isFalse();
    }

    @Test
    void whatIsKeptAsFailedIsDeliveredAgainWhenSomebodyAsks() {
        MachineWorld world = open();
        message(world, "M1");
        for (int i = 0; i < 3; i++) {
            if (i > 0) {
                world.advanceTo(SessionTimer.REDELIVERY);
            }
            world.application.fails("M1");
        }

        world.input(new Input.RedeliverFailed(world.nextOperation()));

        assertThat(world.completed).last().satisfies(done -> assertThat(done.result())
                .contains("1"));
        assertThat(world.application.messages()).hasSize(4);
        assertThat(world.application.last("M1").attempt()).isEqualTo(1);
        assertThat(world.machine.status().failedDeliveries()).isZero();
        world.application.completes("M1");
        assertThat(world.application.pending()).isEmpty();
    }

    @Test
    void theApplicationHasOnlySoManyAndTheRestWaitsInTheStore() {
        MachineWorld world = open();
        numbered(1, 25).forEach(id -> message(world, id));
        assertThat(receipts(world)).isEqualTo(numbered(1, 25));
        assertThat(world.application.messages()).isEqualTo(numbered(1, 10));

        for (String id : numbered(1, 25)) {
            world.application.completes(id);
        }

        assertThat(world.application.messages()).isEqualTo(numbered(1, 25));
        assertThat(world.application.pending()).isEmpty();
        assertThat(world.machine.status().pendingDeliveries()).isZero();
    }

    @Test
    void theServerIsNotAskedForMoreThanTheApplicationHasRoomFor() {
        MachineWorld world = open();
        world.receive(Stanzas.ib("offline_preview"));
        for (int i = 1; i <= 100; i++) {
            world.receive(Stanzas.stanza("message", "M" + i, true));
        }
        assertThat(pulls(world)).isEqualTo(1);
        assertThat(world.isArmed(SessionTimer.OFFLINE))
                .as("it is not the server that is late")
                .isFalse();

        numbered(1, 90).forEach(world.application::completes);
        assertThat(pulls(world)).isEqualTo(1);
        world.application.completes("M91");
        assertThat(pulls(world)).isEqualTo(2);
        assertThat(world.isArmed(SessionTimer.OFFLINE)).isTrue();
    }

    private static long pulls(MachineWorld world) {
        return world.course.stream()
                .filter(step -> step.equals("send ib offline_batch"))
                .count();
    }

    @Test
    void whatAnEarlierRunLeftComesFirstAndIsMarked() {
        MachineWorld world = open();
        numbered(1, 15).forEach(id -> message(world, id));
        world.application.completes("M1");
        world.application.fails("M2");

        MachineWorld next = MachineWorld.after(world);
        next.application.wants(EventKind.MESSAGE);
        next.start();

        assertThat(next.application.messages()).as("before it is connected").isEqualTo(numbered(2, 11));
        next.open();
        message(next, "NEW");
        numbered(2, 15).forEach(next.application::completes);
        next.application.completes("NEW");

        List<String> all = new ArrayList<>(numbered(2, 15));
        all.add("NEW");
        assertThat(next.application.messages()).isEqualTo(all);
        assertThat(next.application.last("M3").redelivered()).isTrue();
        assertThat(next.application.last("M2").attempt()).isEqualTo(2);
        assertThat(next.application.last("NEW").redelivered()).isFalse();
        assertThat(next.application.last("M3").delivery().deliveryId())
                .isEqualTo(world.application.last("M3").delivery().deliveryId());
    }

    @Test
    void whatNobodyWantsIsAnsweredDroppedAndSaidOnce() {
        MachineWorld world = open();
        world.application.wants();
        world.log.clear();

        message(world, "M1");
        message(world, "M2");

        assertThat(receipts(world)).containsExactly("M1", "M2");
        assertThat(world.application.pending()).isEmpty();
        assertThat(world.application.delivered).isEmpty();
        assertThat(world.log).hasSize(1).allMatch(line -> line.contains("message"));
    }

    @Test
    void whatNobodyWantsAnyMoreStaysInTheStore() {
        MachineWorld world = open();
        message(world, "M1");
        world.application.wants();
        world.application.returns("M1");
        assertThat(world.application.pending()).containsExactly("M1");

        world.application.wants(EventKind.MESSAGE);

        assertThat(world.application.messages()).containsExactly("M1", "M1");
        assertThat(world.application.last("M1").attempt()).isEqualTo(1);
        world.application.completes("M1");
        assertThat(world.application.pending()).isEmpty();
    }

    @Test
    void aStoreThatCannotBeWrittenGivesNoAnswerAndForgetsWhatItRead() {
        MachineWorld world = open();
        world.failSaves(0, full());

        message(world, "M1");

        assertThat(receipts(world)).isEmpty();
        assertThat(world.application.delivered).isEmpty();
        assertThat(world.intake.read).isEmpty();
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.UNKNOWN);
        assertThat(world.lastClose().lastDisconnect().error().message()).contains("no room is left");

        world.nextAttempt();
        world.open();
        message(world, "M1");
        assertThat(receipts(world)).containsExactly("M1");
        assertThat(world.application.messages()).containsExactly("M1");
    }

    @Test
    void aCompletionThatCannotBeWrittenIsWrittenLater() {
        MachineWorld world = open();
        message(world, "M1");
        world.lost();
        world.failSaves(0, full());

        world.application.completes("M1");
        assertThat(world.application.pending()).containsExactly("M1");
        world.advanceTo(SessionTimer.REDELIVERY);

        assertThat(world.application.pending()).isEmpty();
        assertThat(world.application.messages()).containsExactly("M1");
    }

    @Test
    void whatWasTakenInBeforeTheConnectionEndsIsKept() {
        MachineWorld world = open();
        world.flushesLater = true;
        message(world, "M1");
        world.lost();
        assertThat(world.application.pending()).containsExactly("M1");
        assertThat(world.application.messages()).containsExactly("M1");
    }

    @Test
    void aStopAnswersWhatIsDurable() {
        MachineWorld world = open();
        world.flushesLater = true;
        message(world, "M1");
        world.stop();
        assertThat(receipts(world)).containsExactly("M1");
        assertThat(world.application.pending()).containsExactly("M1");
    }

    @Test
    void completionsCountWithoutAConnection() {
        MachineWorld world = open();
        message(world, "M1");
        world.lost();
        world.application.completes("M1");
        assertThat(world.application.pending()).isEmpty();
    }

    @Test
    void credentialsThatAStanzaChangedBecomeDurableWithIt() {
        MachineWorld world = open();
        int before = world.stored().nextPreKeyId();
        world.intake.nextMakesPreKey();
        message(world, "M1");
        assertThat(world.stored().nextPreKeyId()).isEqualTo(before + 1);
        assertThat(world.machine.credentials().nextPreKeyId()).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"LOGGING_IN", "BRINGING_UP", "OPEN"})
    void takesMessagesInWheneverItIsLoggedIn(Phase phase) {
        MachineWorld world = MachineWorld.in(phase);
        world.application.wants(EventKind.MESSAGE);
        message(world, "M1");
        assertThat(receipts(world)).containsExactly("M1");
        assertThat(world.application.messages()).containsExactly("M1");
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"PAIRING", "PAIRED"})
    void leavesMessagesWithTheServerBefore(Phase phase) {
        MachineWorld world = MachineWorld.in(phase);
        world.application.wants(EventKind.MESSAGE);
        world.sent.clear();
        world.receive(Stanzas.stanza("message", "M1", false));
        assertThat(world.sent).extracting(Node::tag).doesNotContain("receipt", "ack");
        assertThat(world.application.pending()).isEmpty();
    }
}
