package dev.whatsappmd.engine.session;

import static dev.whatsappmd.engine.session.CodeTalk.allAsked;
import static dev.whatsappmd.engine.session.CodeTalk.comesBack;
import static dev.whatsappmd.engine.session.CodeTalk.outcome;
import static dev.whatsappmd.engine.session.CodeTalk.requests;
import static dev.whatsappmd.engine.session.CodeTalk.scanning;
import static dev.whatsappmd.engine.session.CodeTalk.shown;
import static dev.whatsappmd.engine.session.CodeTalk.taken;
import static dev.whatsappmd.engine.session.CodeTalk.typing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.pairing.ClientPayloads;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Linking by a code when the connection is lost, the session is stopped or linked anew, at every stage of it. */
class CodeReconnectTest {
    // ---- at every stage

    @ParameterizedTest
    @EnumSource
    void asksForAnotherCodeAfterAReconnect(CodeStage stage) {
        MachineWorld world = stage.world();
        int before = shown(world).size();
        assertThat(before).isEqualTo(stage.isShown() ? 1 : 0);
        Credentials kept = world.stored();

        world.lost();
        world.nextAttempt();
        assertThat(world.dialed.get(1).clientPayload())
                .as("an aborted code never logs in")
                .isEqualTo(ClientPayloads.registration(
                        kept,
                        MachineWorld.settings(ReconnectSettings.defaults(), Map.of())
                                .device()));
        world.codeWork.later = false;
        // What was computed for the connection before comes only now.
        world.computed();
        world.handshake();
        world.sent.clear();
        world.receive(Stanzas.pairDevice("next", 6));

        assertThat(allAsked(world, "companion_hello")).hasSize(1);
        assertThat(allAsked(world, "companion_finish")).isEmpty();
        taken(world, "fresh");
        assertThat(shown(world)).hasSize(before + 1).doesNotHaveDuplicates();
        // The code before is void, and so is what was agreed on with it.
        world.receive(Stanzas.primaryHello("late", "ref"));
        assertThat(allAsked(world, "companion_finish")).isEmpty();
        world.receive(Stanzas.primaryHello("typed", "fresh"));
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
        assertThat(world.times(ConnectionState.CONNECTING)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void leavesNothingBehindAfterAStop(CodeStage stage) {
        MachineWorld world = stage.world();
        world.stop();
        world.computed();
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.CLOSED_BY_US);
        assertThat(world.stored().account()).isEmpty();
        world.assertEnded();
    }

    @ParameterizedTest
    @EnumSource
    void beginsAnewWithANewIdentityWhenAPersonWantsToRelink(CodeStage stage) {
        MachineWorld world = stage.world();
        Credentials before = world.stored();
        long relink = world.nextOperation();

        world.input(new Input.Relink(relink));

        assertThat(outcome(world, relink).orElseThrow().failure()).isEmpty();
        assertThat(world.machine.phase()).isEqualTo(Phase.DIALING);
        assertThat(world.stored().identityKey()).isNotEqualTo(before.identityKey());
        assertThat(world.course).containsSubsequence("Disconnect", "tell close", "tell connecting", "ReplaceIdentity");
        world.codeWork.later = false;
        world.computed();
        world.handshake();
        world.receive(Stanzas.pairDevice("next", 6));
        for (int i = 0; i < 3; i++) {
            taken(world, "new-" + i);
            world.receive(Stanzas.codeTakenBack("new-" + i));
        }
        assertThat(world.lastClose().lastDisconnect().kind())
                .as("three codes in the new window")
                .isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
        assertThat(shown(world)).hasSize(stage.isShown() ? 4 : 3);
    }

    @ParameterizedTest
    @EnumSource
    void aReconnectThatAPersonWantsIsWithoutEffectWhileConnected(CodeStage stage) {
        MachineWorld world = stage.world();
        int before = world.course.size();
        world.reconnect();
        assertThat(world.course).hasSize(before);
    }

    @ParameterizedTest
    @EnumSource
    void refusesALoginThatNobodyLinked(CodeStage stage) {
        MachineWorld world = stage.world();
        world.receive(Stanzas.success());
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRING);
        assertThat(world.stored().registered()).isFalse();
    }

    // ---- the limits over several connections

    @Test
    void countsTheCodesOfAllConnectionsOfAWindow() {
        MachineWorld world = typing();
        comesBack(world);
        taken(world, "second");
        comesBack(world);
        taken(world, "third");
        assertThat(shown(world)).hasSize(3);

        comesBack(world);

        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
        assertThat(world.lastClose().lastDisconnect().error().message()).contains("3 pairing codes");
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
    }

    @Test
    void endsTheWindowWhenARequestThatWaitedFindsTheCodesUsedUp() {
        MachineWorld world = typing();
        comesBack(world);
        taken(world, "second");
        long operation = requests(world, CodeTalk.OWN);
        assertThat(outcome(world, operation)).isEmpty();

        // The third code is asked for and not shown; the request waits for the next connection.
        comesBack(world);

        assertThat(outcome(world, operation).orElseThrow().failure().orElseThrow())
                .contains("3 pairing codes");
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
    }

    @Test
    void goesOnWithCodesToScanWhenARequestThatWaitedFindsTheCodesUsedUp() {
        MachineWorld world = scanning(6);
        for (int i = 0; i < 2; i++) {
            requests(world, CodeTalk.BY_CODE);
            taken(world, "ref-" + i);
        }
        long operation = requests(world, CodeTalk.BY_CODE);

        comesBack(world);

        assertThat(outcome(world, operation).orElseThrow().failure()).isPresent();
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRING);
        assertThat(world.codes()).endsWith("next-0");
    }

    @Test
    void endsTheWindowAtOnceWhenTheNextAttemptWouldBeBehindIt() {
        MachineWorld world = typing();
        world.advanceUnanswered(PairingCode.LIFETIME.minusSeconds(1));
        world.now += 500;
        world.lost();
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
        assertThat(world.lastClose().lastDisconnect().error().message()).contains("last: connection lost");
    }

    // ---- which code is asked for again

    @Test
    void asksAgainForTheCodeThatWasShownBesideCodesToScan() {
        MachineWorld world = scanning(6);
        requests(world, CodeTalk.OWN);
        taken(world, "ref");

        comesBack(world);
        taken(world, "second");

        assertThat(shown(world)).containsExactly(CodeTalk.OWN_CODE, CodeTalk.OWN_CODE);
        assertThat(world.codes()).containsExactly("ref-0", "next-0");
        assertThat(world.completed).hasSize(1);
        comesBack(world);
        taken(world, "third");
        assertThat(shown(world)).hasSize(3);
        comesBack(world);
        assertThat(world.log).anyMatch(line -> line.contains("3 pairing codes"));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRING);
    }

    @Test
    void asksAgainForTheCodeThatWasToTakeAnothersPlace() {
        MachineWorld world = scanning(6);
        requests(world, CodeTalk.OWN);
        taken(world, "ref");
        world.receive(Stanzas.codeTakenBack("ref"));

        comesBack(world);

        assertThat(allAsked(world, "companion_hello")).hasSize(3);
        taken(world, "third");
        assertThat(shown(world)).containsExactly(CodeTalk.OWN_CODE, CodeTalk.OWN_CODE);
    }

    @Test
    void asksForTheCodeThatWasRequestedLastAndNotForThatOfTheOptions() {
        MachineWorld world = typing();
        requests(world, CodeTalk.OWN);
        taken(world, "second");
        comesBack(world);
        taken(world, "third");
        assertThat(shown(world)).endsWith(CodeTalk.OWN_CODE, CodeTalk.OWN_CODE);
    }

    @Test
    void asksForNoCodeAgainWhoseTimeWasOver() {
        MachineWorld world = scanning(20);
        requests(world, CodeTalk.OWN);
        taken(world, "ref");
        world.advanceUnanswered(PairingCode.LIFETIME.plusSeconds(1));

        comesBack(world);

        assertThat(allAsked(world, "companion_hello")).hasSize(1);
        assertThat(world.codes()).endsWith("next-0");
    }

    @Test
    void asksForNoCodeAgainThatTheServerRefusedToRenew() {
        MachineWorld world = scanning(6);
        requests(world, CodeTalk.OWN);
        taken(world, "ref");
        world.receive(Stanzas.codeTakenBack("ref"));
        CodeTalk.refused(world, "429");
        assertThat(world.closes()).isEmpty();

        comesBack(world);

        assertThat(allAsked(world, "companion_hello")).hasSize(2);
    }

    @Test
    void aNewWindowKnowsNothingOfTheCodesBefore() {
        MachineWorld world = scanning(6);
        requests(world, CodeTalk.OWN);
        taken(world, "ref");
        world.advanceUnanswered(Duration.ofSeconds(200));
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);

        world.reconnect();
        world.handshake();
        world.receive(Stanzas.pairDevice(6));

        assertThat(allAsked(world, "companion_hello")).hasSize(1);
        assertThat(shown(world)).hasSize(1);
    }

    // ---- what fails on the way

    @Test
    void answersNoPhoneWithASecretThatCouldNotBeSaved() {
        MachineWorld world = CodeStage.TYPED.world();
        world.failNextSave =
                Optional.of(new SessionStoreException(SessionStoreException.Reason.READ_ONLY, "the disk is full"));

        world.computed();

        assertThat(allAsked(world, "companion_finish")).isEmpty();
        assertThat(CodeTalk.acknowledged(world)).isEmpty();
        assertThat(world.stored().advSecret()).isEqualTo(Identities.NEW.advSecret());
        assertThat(world.machine.credentials().advSecret()).isEqualTo(Identities.NEW.advSecret());
        assertThat(world.lastClose().lastDisconnect().error().message()).contains("the disk is full");
    }
}
