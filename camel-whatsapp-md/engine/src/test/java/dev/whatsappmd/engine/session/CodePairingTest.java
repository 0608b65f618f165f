package dev.whatsappmd.engine.session;

import static dev.whatsappmd.engine.session.CodeTalk.acknowledged;
import static dev.whatsappmd.engine.session.CodeTalk.allAsked;
import static dev.whatsappmd.engine.session.CodeTalk.asked;
import static dev.whatsappmd.engine.session.CodeTalk.outcome;
import static dev.whatsappmd.engine.session.CodeTalk.requests;
import static dev.whatsappmd.engine.session.CodeTalk.scanning;
import static dev.whatsappmd.engine.session.CodeTalk.shown;
import static dev.whatsappmd.engine.session.CodeTalk.taken;
import static dev.whatsappmd.engine.session.CodeTalk.typing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.ClientPayloads;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.pairing.TypingPhone;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Linking by a code that is typed into a phone, from the server's offer to the login. */
class CodePairingTest {
    // ---- a code is shown

    @Test
    void asksForACodeWhenTheServerHasOfferedToLinkAndShowsItWhenItIsTaken() {
        MachineWorld world = CodeTalk.connected(CodeTalk.BY_CODE);
        assertThat(allAsked(world, "companion_hello")).isEmpty();
        world.course.clear();

        world.receive(Stanzas.pairDevice(6));
        assertThat(shown(world)).isEmpty();
        taken(world, "ref");

        assertThat(world.course)
                .containsSubsequence("send result", "MakeHello", "send set companion_hello", "tell pairingCode");
        assertThat(shown(world)).singleElement().asString().matches("[0-9A-Z]{8}");
        assertThat(world.codes()).as("codes to scan").isEmpty();
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRING);
        assertThat(world.course).doesNotContain("Save");
    }

    @Test
    void asksWithoutReferencesToScanToo() {
        MachineWorld world = CodeTalk.connected(CodeTalk.BY_CODE);
        world.receive(Stanzas.pairDevice(0));
        taken(world, "ref");
        assertThat(shown(world)).hasSize(1);
    }

    @Test
    void showsTheOwnCodeThatTheOptionsName() {
        MachineWorld world = CodeTalk.connected(CodeTalk.OWN);
        world.receive(Stanzas.pairDevice(6));
        taken(world, "ref");
        assertThat(shown(world)).containsExactly(CodeTalk.OWN_CODE);
    }

    @Test
    void goesOnShowingTheCodeWhenTheServerOffersAgain() {
        MachineWorld world = typing();
        world.receive(Stanzas.pairDevice("again", 6));
        assertThat(allAsked(world, "companion_hello")).hasSize(1);
    }

    // ---- the phone begins

    @Test
    void keepsTheSecretBeforeItAnswersThePhone() {
        MachineWorld world = typing();
        world.course.clear();

        world.receive(Stanzas.primaryHello("typed-1"));

        assertThat(world.course)
                .containsSubsequence("MakeFinish", "Save", "send ack", "send set companion_finish")
                .doesNotContain("tell qr");
        assertThat(acknowledged(world)).containsExactly("typed-1");
        assertThat(world.stored().advSecret()).isNotEqualTo(Identities.NEW.advSecret());
        assertThat(world.stored().account())
                .as("a code that was typed is no link")
                .isEmpty();
    }

    @Test
    void linksThePhoneIntoWhichTheCodeWasTyped() throws CryptoException {
        MachineWorld world = CodeTalk.connected(CodeTalk.BY_CODE);
        world.codeWork.real = true;
        world.receive(Stanzas.pairDevice(6));
        taken(world, "ref");
        TypingPhone phone = new TypingPhone();

        world.receive(phone.types(shown(world).get(0), asked(world, "companion_hello"), "ref"));
        Credentials agreed = phone.agreed(asked(world, "companion_finish"), Identities.NEW);
        assertThat(world.stored().advSecret()).isEqualTo(agreed.advSecret());
        world.receive(Stanzas.pairSuccess(agreed, new Random(1)));

        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
        assertThat(world.course)
                .containsSubsequence("send set companion_finish", "Save", "send result pair-device-sign");
        assertThat(world.armed()).doesNotContain(SessionTimer.PAIRING_WINDOW, SessionTimer.QR);
        world.receive(Stanzas.streamError("515"));
        world.advance(Duration.ZERO);
        assertThat(world.dialed.get(1).clientPayload())
                .isEqualTo(ClientPayloads.login(
                        world.stored().account().orElseThrow().id(),
                        MachineWorld.settings(ReconnectSettings.defaults(), Map.of())
                                .device()));
        world.open();
    }

    @Test
    void takesTheRightCodeAfterAWrongOne() throws CryptoException {
        MachineWorld world = CodeTalk.connected(CodeTalk.OWN);
        world.codeWork.real = true;
        world.receive(Stanzas.pairDevice(6));
        taken(world, "ref");
        Node hello = asked(world, "companion_hello");
        TypingPhone phone = new TypingPhone();

        world.receive(phone.types("CAMELCAT", hello, "ref"));
        Node useless = asked(world, "companion_finish");
        assertThatThrownBy(() -> phone.agreed(useless, Identities.NEW)).isInstanceOf(CryptoException.class);
        world.receive(Stanzas.answer(useless));
        assertThat(shown(world)).as("the code is still good").hasSize(1);

        world.receive(phone.types(CodeTalk.OWN_CODE, hello, "ref"));
        Credentials agreed = phone.agreed(asked(world, "companion_finish"), Identities.NEW);
        world.receive(Stanzas.pairSuccess(agreed, new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
    }

    @Test
    void acknowledgesWhatMakesNoSense() {
        MachineWorld world = typing();
        world.receive(Stanzas.primaryHello("typed-1").toBuilder()
                .attribute("refuse", "yes")
                .build());
        assertThat(acknowledged(world)).containsExactly("typed-1");
        assertThat(allAsked(world, "companion_finish")).isEmpty();
        assertThat(world.course).doesNotContain("Save");
        assertThat(world.log).anyMatch(line -> line.contains("WARN") && line.contains("gets no answer"));
    }

    @Test
    void answersThreeHellosWithOneCode() {
        MachineWorld world = typing();
        for (int i = 1; i <= PairingCode.MAX_PRIMARY_HELLOS + 1; i++) {
            world.receive(Stanzas.primaryHello("typed-" + i));
        }
        assertThat(acknowledged(world)).containsExactly("typed-1", "typed-2", "typed-3", "typed-4");
        assertThat(allAsked(world, "companion_finish")).hasSize(3);
        assertThat(world.log).anyMatch(line -> line.contains("it began 3 times before"));
    }

    @Test
    void answersHellosOneAfterTheOther() {
        MachineWorld world = typing();
        world.codeWork.later = true;

        world.receive(Stanzas.primaryHello("typed-1"));
        world.receive(Stanzas.primaryHello("typed-2"));
        assertThat(world.codeWork.waiting()).isEqualTo(1);
        assertThat(acknowledged(world)).isEmpty();

        world.computed();
        assertThat(acknowledged(world)).containsExactly("typed-1");
        byte[] first = world.stored().advSecret();
        world.computed();
        assertThat(acknowledged(world)).containsExactly("typed-1", "typed-2");
        assertThat(world.stored().advSecret()).isNotEqualTo(first);
        assertThat(world.codeWork.waiting()).isZero();

        // The phone goes on with the last answer.
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
    }

    @Test
    void aHelloForAnEarlierCodeUsesUpNoTryOfThePresentOne() {
        MachineWorld world = typing();
        world.receive(Stanzas.codeTakenBack("ref"));
        taken(world, "second");

        for (int i = 0; i < 5; i++) {
            world.receive(Stanzas.primaryHello("late-" + i, "ref"));
        }
        assertThat(allAsked(world, "companion_finish")).isEmpty();
        world.receive(Stanzas.primaryHello("right", "second"));

        assertThat(acknowledged(world))
                .containsExactly("refresh-1", "late-0", "late-1", "late-2", "late-3", "late-4", "right");
        assertThat(allAsked(world, "companion_finish")).hasSize(1);
        assertThat(world.log).anyMatch(line -> line.contains("for another code than the present one"));
    }

    @Test
    void acknowledgesAHelloThatNoCodeIsShownFor() {
        MachineWorld world = scanning(6);
        world.receive(Stanzas.primaryHello("typed-1"));
        assertThat(acknowledged(world)).containsExactly("typed-1");
        assertThat(world.course).doesNotContain("Save");
        assertThat(world.log).anyMatch(line -> line.contains("no code is shown"));
    }

    @Test
    void answersNoHelloOnceTheCodeIsTooOld() {
        MachineWorld world = scanning(20);
        long operation = requests(world, CodeTalk.BY_CODE);
        taken(world, "ref");
        assertThat(outcome(world, operation)).isPresent();

        world.advanceUnanswered(PairingCode.LIFETIME);
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRING);
        world.receive(Stanzas.primaryHello("late"));

        assertThat(acknowledged(world)).containsExactly("late");
        assertThat(allAsked(world, "companion_finish")).isEmpty();
        assertThat(world.log).anyMatch(line -> line.contains("older than 180 s"));
    }

    @Test
    void acknowledgesHellosOfALinkedDevice() {
        MachineWorld world = MachineWorld.in(Phase.PAIRED);
        world.receive(Stanzas.primaryHello("typed-1"));
        assertThat(acknowledged(world)).containsExactly("typed-1");
    }

    // ---- codes to type and to scan, and another secret

    @Test
    void drawsTheCodeToScanAgainWithTheSecretThatWasAgreedOn() {
        MachineWorld world = scanning(6);
        requests(world, CodeTalk.BY_CODE);
        taken(world, "ref");

        world.receive(Stanzas.primaryHello("typed-1"));

        assertThat(world.codes()).containsExactly("ref-0", "ref-0");
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
    }

    @Test
    void takesALinkWithTheSecretThatWasAgreedOnAlsoAfterARotation() {
        MachineWorld world = typing();
        world.receive(Stanzas.primaryHello("typed-1"));
        Credentials agreed = world.stored();

        world.receive(Stanzas.newSecretWanted());
        assertThat(world.stored().advSecret()).isNotEqualTo(agreed.advSecret());
        world.receive(Stanzas.pairSuccess(agreed, new Random(1)));

        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
        assertThat(world.stored().advSecret()).isEqualTo(agreed.advSecret());
    }

    @Test
    void takesALinkByTheNewSecretToo() {
        MachineWorld world = typing();
        world.receive(Stanzas.primaryHello("typed-1"));
        world.receive(Stanzas.newSecretWanted());
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
    }

    @Test
    void keepsTheSecretThatWasAgreedOnWhenItWasRotatedMeanwhile() {
        MachineWorld world = typing();
        world.codeWork.later = true;
        world.receive(Stanzas.primaryHello("typed-1"));
        world.receive(Stanzas.newSecretWanted());
        byte[] rotated = world.stored().advSecret();

        world.computed();

        assertThat(world.stored().advSecret()).isNotEqualTo(rotated);
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
    }

    @Test
    void refusesALinkThatWasMadeWithNeitherSecret() {
        MachineWorld world = typing();
        world.receive(Stanzas.primaryHello("typed-1"));
        world.receive(Stanzas.pairSuccess(NewCredentials.generate(new Random(99)), new Random(1)));
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.LINK_REJECTED);
        assertThat(world.stored().account()).isEmpty();
    }

    @Test
    void neverTellsACodeInALogLine() {
        MachineWorld world = CodeTalk.connected(CodeTalk.OWN);
        world.receive(Stanzas.pairDevice(6));
        long operation = requests(world, CodeTalk.OWN);
        taken(world, "ref");
        world.receive(Stanzas.primaryHello("typed-1"));
        world.receive(Stanzas.codeTakenBackByHand("ref"));
        assertThat(outcome(world, operation).orElseThrow().toString()).doesNotContain(CodeTalk.OWN_CODE);
        assertThat(world.log).noneMatch(line -> line.contains(CodeTalk.OWN_CODE) || line.contains("4915550009999"));
    }
}
