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

import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.reconnect.ReconnectDirective;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A code that the application asks for, and {@code relink}: each is answered once, whatever comes between. */
class CodeOperationsTest {
    private static void assertFails(MachineWorld world, long operation, String... why) {
        assertThat(outcome(world, operation)).as("answer to the operation").isPresent();
        assertThat(outcome(world, operation).get().failure().orElse("it succeeded"))
                .contains(why);
    }

    // ---- a code comes

    @Test
    void givesTheCodeThatTheServerTook() {
        MachineWorld world = scanning(6);
        long operation = requests(world, CodeTalk.OWN);
        assertThat(outcome(world, operation)).isEmpty();

        taken(world, "ref");

        assertThat(outcome(world, operation).orElseThrow().result()).contains(CodeTalk.OWN_CODE);
        assertThat(shown(world)).containsExactly(CodeTalk.OWN_CODE);
        assertThat(world.codes()).as("codes to scan go on").containsExactly("ref-0");
    }

    @ParameterizedTest
    @EnumSource(
            value = CodeStage.class,
            names = {"NOT_OFFERED", "COMPUTING", "ASKED", "SHOWN", "ANSWERED", "AGREED"})
    void takesThePlaceOfTheCodeOfTheOptions(CodeStage stage) {
        MachineWorld world = stage.world();
        world.codeWork.later = false;
        long operation = requests(world, CodeTalk.OWN);
        world.computed();
        if (stage == CodeStage.NOT_OFFERED) {
            world.receive(Stanzas.pairDevice(6));
        } else {
            world.computed();
        }
        if (stage == CodeStage.ASKED) {
            // The answer to the request before is late and shows nothing.
            world.receive(Stanzas.codeTaken(allAsked(world, "companion_hello").get(0), "old"));
        }
        taken(world, "second");

        assertThat(outcome(world, operation).orElseThrow().result()).contains(CodeTalk.OWN_CODE);
        assertThat(shown(world)).hasSize(stage.isShown() ? 2 : 1).endsWith(CodeTalk.OWN_CODE);
        world.receive(Stanzas.primaryHello("typed-2", "second"));
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
    }

    @Test
    void waitsForTheServersOffer() {
        MachineWorld world = MachineWorld.of(Identities.NEW);
        world.start();
        long operation = requests(world, CodeTalk.OWN);
        world.handshake();
        assertThat(allAsked(world, "companion_hello")).isEmpty();

        world.receive(Stanzas.pairDevice(6));
        taken(world, "ref");

        assertThat(outcome(world, operation).orElseThrow().result()).contains(CodeTalk.OWN_CODE);
    }

    @Test
    void waitsOverAReconnect() {
        MachineWorld world = scanning(6);
        world.lost();
        assertThat(world.machine.phase()).isEqualTo(Phase.WAITING);
        long operation = requests(world, CodeTalk.OWN);
        world.nextAttempt();
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        taken(world, "ref");
        assertThat(outcome(world, operation).orElseThrow().result()).contains(CodeTalk.OWN_CODE);
    }

    @Test
    void isAskedAgainWhenTheConnectionIsLostBeforeTheServerHasAnswered() {
        MachineWorld world = scanning(6);
        long operation = requests(world, CodeTalk.OWN);

        comesBack(world);
        assertThat(outcome(world, operation)).isEmpty();
        taken(world, "ref");

        assertThat(outcome(world, operation).orElseThrow().result()).contains(CodeTalk.OWN_CODE);
        assertThat(world.completed).hasSize(1);
    }

    @Test
    void waitsForTheNewIdentityOfARelink() {
        MachineWorld world = scanning(6);
        long operation = requests(world, CodeTalk.OWN);
        world.input(new Input.Relink(world.nextOperation()));
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        taken(world, "ref");
        assertThat(outcome(world, operation).orElseThrow().result()).contains(CodeTalk.OWN_CODE);
    }

    // ---- no code comes

    @Test
    void refusesASecondOneWhileTheFirstIsAskedFor() {
        MachineWorld world = MachineWorld.of(Identities.NEW);
        world.start();
        long first = requests(world, CodeTalk.OWN);
        assertFails(world, requests(world, CodeTalk.BY_CODE), "one is being asked for already");
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        assertFails(world, requests(world, CodeTalk.BY_CODE), "one is being asked for already");

        taken(world, "ref");

        assertThat(outcome(world, first).orElseThrow().result()).contains(CodeTalk.OWN_CODE);
        assertThat(allAsked(world, "companion_hello")).hasSize(1);
    }

    @Test
    void takesANewOneOnceNobodyWaitsForTheFirst() {
        MachineWorld world = scanning(6);
        long first = requests(world, CodeTalk.BY_CODE);
        world.input(new Input.GaveUp(first, Duration.ofSeconds(5)));
        assertFails(world, first, "no answer within 5000 ms", "pairing");

        long second = requests(world, CodeTalk.OWN);
        world.receive(Stanzas.codeTaken(allAsked(world, "companion_hello").get(0), "old"));
        assertThat(shown(world)).isEmpty();
        taken(world, "ref");

        assertThat(outcome(world, second).orElseThrow().result()).contains(CodeTalk.OWN_CODE);
        assertThat(world.completed).hasSize(2);
    }

    @Test
    void showsACodeThatNobodyWaitsForAnyLonger() {
        MachineWorld world = scanning(6);
        long operation = requests(world, CodeTalk.OWN);
        world.input(new Input.GaveUp(operation, Duration.ofMinutes(1)));
        taken(world, "ref");
        // It is the one that the server takes.
        assertThat(shown(world)).containsExactly(CodeTalk.OWN_CODE);
        assertThat(world.completed).hasSize(1);
    }

    @Test
    void asksForNothingThatNobodyWaitsForAnyLonger() {
        MachineWorld world = MachineWorld.of(Identities.NEW);
        world.start();
        long operation = requests(world, CodeTalk.OWN);
        world.input(new Input.GaveUp(operation, Duration.ofMinutes(1)));
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        assertThat(allAsked(world, "companion_hello")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "400, check phoneNumber",
        "404, check phoneNumber",
        "429, wait some hours",
        "500, error 500",
    })
    void saysWhatTheServerSaidAndWhatToDo(String code, String advice) {
        MachineWorld world = scanning(6);
        long operation = requests(world, CodeTalk.OWN);
        CodeTalk.refused(world, code);
        assertFails(world, operation, "no pairing code: error " + code, advice);
        assertThat(world.closes()).isEmpty();
        assertThat(world.codes()).hasSize(1);
    }

    @Test
    void isRefusedWhenThisDeviceIsLinkedMeanwhile() {
        MachineWorld asked = scanning(6);
        long operation = requests(asked, CodeTalk.OWN);
        asked.receive(Stanzas.pairSuccess(asked.stored(), new Random(1)));
        assertFails(asked, operation, "this device was linked meanwhile");
        // What the server says about it now is for nobody.
        taken(asked, "ref");
        assertThat(shown(asked)).isEmpty();

        MachineWorld computing = scanning(6);
        computing.codeWork.later = true;
        long other = requests(computing, CodeTalk.OWN);
        computing.receive(Stanzas.pairSuccess(computing.stored(), new Random(1)));
        computing.computed();
        assertFails(computing, other, "this device was linked meanwhile");
        assertThat(allAsked(computing, "companion_hello")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"PAIRED", "LOGGING_IN", "BRINGING_UP", "OPEN"})
    void isRefusedOfALinkedDevice(Phase phase) {
        MachineWorld world = MachineWorld.in(phase);
        assertFails(world, requests(world, CodeTalk.OWN), "this device is linked already", "`logout`");
    }

    @Test
    void isRefusedAfterTheRestartThatFollowsALink() {
        MachineWorld world = MachineWorld.in(Phase.PAIRED);
        world.receive(Stanzas.streamError("515"));
        assertFails(world, requests(world, CodeTalk.OWN), "linked already");
        world.advance(Duration.ZERO);
        assertFails(world, requests(world, CodeTalk.OWN), "linked already");
    }

    @Test
    void isRefusedWhereNoConnectionIsToCome() {
        MachineWorld idle = MachineWorld.of(Identities.NEW);
        assertFails(idle, requests(idle, CodeTalk.OWN), "the session is idle");

        MachineWorld over = typing();
        over.advanceUnanswered(Duration.ofSeconds(180));
        assertFails(over, requests(over, CodeTalk.OWN), "the session is halted", "`relink`");

        MachineWorld parked = scanning(6);
        parked.receive(Stanzas.failure("402"));
        assertFails(parked, requests(parked, CodeTalk.OWN), "the session is parked", "`relink`");

        MachineWorld revoked = MachineWorld.of(Identities.REVOKED);
        revoked.start();
        assertFails(revoked, requests(revoked, CodeTalk.OWN), "revoked", "`relink`");

        MachineWorld stopped = scanning(6);
        stopped.stop();
        assertFails(stopped, requests(stopped, CodeTalk.OWN), "the session was stopped");
    }

    @Test
    void isRefusedWhenWhatItWaitsForIsCalledOff() {
        MachineWorld halted = scanning(6);
        long first = requests(halted, CodeTalk.OWN);
        halted.lost();
        assertThat(outcome(halted, first)).isEmpty();
        halted.routesSay(ReconnectDirective.stop());
        assertFails(halted, first, "no pairing code: connection lost");

        MachineWorld banned = scanning(6);
        long second = requests(banned, CodeTalk.OWN);
        banned.receive(Stanzas.failure("402"));
        assertFails(banned, second, "no pairing code");

        MachineWorld rejected = scanning(6);
        long third = requests(rejected, CodeTalk.OWN);
        rejected.receive(Stanzas.pairSuccess(NewCredentials.generate(new Random(99)), new Random(1)));
        assertFails(rejected, third, "pairing was refused by this side");
    }

    @ParameterizedTest
    @EnumSource(
            value = CodeStage.class,
            names = {"NOT_OFFERED", "COMPUTING", "ASKED"})
    void isRefusedByAStop(CodeStage stage) {
        MachineWorld world = stage.world();
        long operation = requests(world, CodeTalk.OWN);
        world.stop();
        world.computed();
        world.computed();
        assertFails(world, operation, "the session was stopped");
        assertThat(world.completed).hasSize(1);
    }

    @Test
    void isRefusedWhenTheStoreFailsBeforeItIsKnown() {
        MachineWorld world = scanning(6);
        world.receive(Stanzas.codeTakenBack("nothing"));
        long operation = requests(world, CodeTalk.OWN);
        world.failNextSave =
                Optional.of(new SessionStoreException(SessionStoreException.Reason.FENCED, "taken over by a test"));
        world.receive(Stanzas.newSecretWanted());
        assertFails(world, operation, "no pairing code", "taken over");
    }

    // ---- a new identity

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"LOGGING_IN", "BRINGING_UP", "OPEN", "PAIRED"})
    void relinksNoLinkedDevice(Phase phase) {
        MachineWorld world = MachineWorld.in(phase);
        long relink = world.nextOperation();
        world.input(new Input.Relink(relink));
        assertFails(world, relink, "cannot relink: this device is linked; log it out first");
        assertThat(world.machine.phase()).isEqualTo(phase);
    }

    @Test
    void relinksARevokedDeviceByACode() {
        MachineWorld world = new MachineWorld(
                Identities.REVOKED,
                MachineWorld.settings(ReconnectSettings.defaults(), Map.of(), CodeTalk.BY_CODE),
                new Random(42));
        world.start();
        world.handshake();
        world.receive(Stanzas.failure("401"));
        world.routesDone();
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        long relink = world.nextOperation();

        world.input(new Input.Relink(relink));

        assertThat(outcome(world, relink).orElseThrow().failure()).isEmpty();
        assertThat(world.stored().account()).isEmpty();
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        taken(world, "ref");
        world.receive(Stanzas.primaryHello("typed-1"));
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        world.receive(Stanzas.streamError("515"));
        world.advance(Duration.ZERO);
        world.open();
        assertThat(world.stored().registered()).isTrue();
    }

    @Test
    void doesNotRelinkWhenTheNewIdentityCannotBeSaved() {
        MachineWorld world = scanning(6);
        long relink = world.nextOperation();
        world.failNextSave =
                Optional.of(new SessionStoreException(SessionStoreException.Reason.READ_ONLY, "the disk is full"));

        world.input(new Input.Relink(relink));

        assertFails(world, relink, "the disk is full");
        assertThat(world.completed).hasSize(1);
        assertThat(world.stored().identityKey()).isEqualTo(Identities.NEW.identityKey());
    }

    @Test
    void relinksNothingThatHasNotBegunOrIsAnothersByNow() {
        MachineWorld idle = MachineWorld.of(Identities.NEW);
        long first = idle.nextOperation();
        idle.input(new Input.Relink(first));
        assertFails(idle, first, "the session has not begun");

        MachineWorld taken = scanning(6);
        taken.failNextSave =
                Optional.of(new SessionStoreException(SessionStoreException.Reason.FENCED, "taken over by a test"));
        taken.receive(Stanzas.newSecretWanted());
        long second = taken.nextOperation();
        taken.input(new Input.Relink(second));
        assertFails(taken, second, "another process owns the stored session");
    }

    @Test
    void aLinkThatIsTakenBackAtOnceIsRelinkedByAPerson() {
        MachineWorld world = typing();
        world.receive(Stanzas.primaryHello("typed-1"));
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        world.receive(Stanzas.conflict("device_removed"));
        assertThat(world.lastClose().lastDisconnect().kind().name()).isEqualTo("LINK_REJECTED");
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        assertThat(world.stored().revocation()).isPresent();
        assertFails(world, requests(world, Pairing.code("4915550001234", Optional.empty())), "halted", "`relink`");

        world.input(new Input.Relink(world.nextOperation()));
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        taken(world, "new");
        assertThat(shown(world)).hasSize(2);
    }
}
