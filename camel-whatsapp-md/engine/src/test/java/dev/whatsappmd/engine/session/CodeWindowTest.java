package dev.whatsappmd.engine.session;

import static dev.whatsappmd.engine.session.CodeTalk.allAsked;
import static dev.whatsappmd.engine.session.CodeTalk.comesBack;
import static dev.whatsappmd.engine.session.CodeTalk.outcome;
import static dev.whatsappmd.engine.session.CodeTalk.refused;
import static dev.whatsappmd.engine.session.CodeTalk.requests;
import static dev.whatsappmd.engine.session.CodeTalk.scanning;
import static dev.whatsappmd.engine.session.CodeTalk.shown;
import static dev.whatsappmd.engine.session.CodeTalk.taken;
import static dev.whatsappmd.engine.session.CodeTalk.typing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.pairing.PairingCode;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How long codes to type can be used, how many there are, and what a server's refusal leads to. */
class CodeWindowTest {
    private static void assertExpired(MachineWorld world, String why) {
        LastDisconnect last = world.lastClose().lastDisconnect();
        assertThat(last.kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
        assertThat(last.error().message()).contains(why, "`relink`");
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
    }

    // ---- time

    @Test
    void endsTheWindowWithTheCode() {
        MachineWorld world = typing();
        assertThat(world.until(SessionTimer.PAIRING_WINDOW)).isEqualTo(PairingCode.LIFETIME);
        world.advanceUnanswered(PairingCode.LIFETIME.minusSeconds(1));
        assertThat(world.closes()).isEmpty();

        world.advanceUnanswered(Duration.ofSeconds(1));

        assertExpired(world, "no phone used a code");
        assertThat(shown(world)).hasSize(1);
        assertThat(world.log).noneMatch(line -> line.startsWith("WARN"));
    }

    @Test
    void keepsTheWindowOfCodesToScanOpenAsLongAsOneCanBeTyped() {
        MachineWorld world = scanning(1);
        world.advanceUnanswered(Duration.ofSeconds(50));
        requests(world, CodeTalk.BY_CODE);
        taken(world, "ref");

        world.advanceUnanswered(PairingCode.LIFETIME.minusSeconds(1));
        assertThat(world.codes()).containsExactly("ref-0");
        assertThat(world.closes()).isEmpty();
        world.receive(Stanzas.primaryHello("typed-1"));
        assertThat(allAsked(world, "companion_finish")).hasSize(1);

        world.advanceUnanswered(Duration.ofSeconds(1));
        assertExpired(world, "no phone used a code");
    }

    @Test
    void doesNotEndWhenTheLastCodeToScanIsOverWhileOneToTypeIsAskedFor() {
        MachineWorld world = scanning(1);
        world.advanceUnanswered(Duration.ofSeconds(59));
        requests(world, CodeTalk.BY_CODE);
        world.advanceUnanswered(Duration.ofSeconds(5));
        assertThat(world.closes()).isEmpty();
        taken(world, "ref");
        assertThat(shown(world)).hasSize(1);
    }

    @Test
    void endsTheWindowWhenTheCodeThatKeptItOpenIsRefused() {
        MachineWorld world = scanning(1);
        world.advanceUnanswered(Duration.ofSeconds(59));
        long operation = requests(world, CodeTalk.BY_CODE);
        world.advanceUnanswered(Duration.ofSeconds(5));

        refused(world, "404");

        assertThat(outcome(world, operation).orElseThrow().failure().orElseThrow())
                .contains("error 404", "check phoneNumber");
        assertExpired(world, "error 404");
    }

    @Test
    void aCodeThatIsRefusedDoesNotKeepTheWindowOpen() {
        MachineWorld world = typing();
        world.advanceUnanswered(Duration.ofSeconds(170));
        requests(world, CodeTalk.OWN);
        assertThat(world.until(SessionTimer.PAIRING_WINDOW)).isEqualTo(PairingCode.LIFETIME);

        refused(world, "429");

        assertThat(world.until(SessionTimer.PAIRING_WINDOW)).isEqualTo(Duration.ofSeconds(10));
        assertThat(world.closes()).as("the first code can still be typed").isEmpty();
        world.advanceUnanswered(Duration.ofSeconds(10));
        assertExpired(world, "no phone used a code");
    }

    @Test
    void asksAgainAsTheOptionsSayWhenTheCodeIsOverAndARequestedOneRefused() {
        MachineWorld world = typing();
        world.advanceUnanswered(Duration.ofSeconds(170));
        long operation = requests(world, CodeTalk.OWN);
        world.advanceUnanswered(Duration.ofSeconds(15));

        refused(world, "404");

        assertThat(outcome(world, operation).orElseThrow().failure()).isPresent();
        assertThat(allAsked(world, "companion_hello")).hasSize(3);
        taken(world, "third");
        assertThat(shown(world)).hasSize(2).doesNotContain(CodeTalk.OWN_CODE);
        assertThat(world.until(SessionTimer.PAIRING_WINDOW)).isEqualTo(PairingCode.LIFETIME);
    }

    // ---- three codes

    @Test
    void showsThreeCodesInOneWindow() {
        MachineWorld world = typing();
        world.receive(Stanzas.codeTakenBack("ref"));
        taken(world, "second");
        world.receive(Stanzas.codeTakenBack("second"));
        taken(world, "third");
        assertThat(shown(world)).hasSize(3).doesNotHaveDuplicates();

        world.receive(Stanzas.codeTakenBack("third"));

        assertExpired(world, "3 pairing codes were asked for in this pairing window");
        assertThat(allAsked(world, "companion_hello")).hasSize(3);
    }

    @Test
    void goesOnWithCodesToScanAfterThree() {
        MachineWorld world = scanning(6);
        for (int i = 0; i < 3; i++) {
            requests(world, CodeTalk.BY_CODE);
            taken(world, "ref-" + i);
        }
        long fourth = requests(world, CodeTalk.BY_CODE);
        assertThat(outcome(world, fourth).orElseThrow().failure().orElseThrow())
                .contains("3 pairing codes", "`relink`");

        world.receive(Stanzas.codeTakenBack("ref-2"));

        assertThat(allAsked(world, "companion_hello")).hasSize(3);
        assertThat(world.closes()).isEmpty();
        world.advanceUnanswered(Duration.ofSeconds(159));
        assertThat(world.codes()).hasSize(6);
        world.advanceUnanswered(Duration.ofSeconds(1));
        assertExpired(world, "no phone used a code");
    }

    @Test
    void keepsTheThirdCodeWhenAFourthIsWanted() {
        MachineWorld world = typing();
        for (int i = 1; i < 3; i++) {
            requests(world, CodeTalk.BY_CODE);
            taken(world, "ref-" + i);
        }
        long fourth = requests(world, CodeTalk.BY_CODE);
        assertThat(outcome(world, fourth).orElseThrow().failure()).isPresent();
        world.receive(Stanzas.primaryHello("typed-1", "ref-2"));
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
    }

    @Test
    void hasThreeNewOnesInANewWindow() {
        MachineWorld world = typing();
        world.receive(Stanzas.codeTakenBack("ref"));
        taken(world, "second");
        world.advanceUnanswered(PairingCode.LIFETIME);
        assertExpired(world, "no phone used a code");

        world.reconnect();
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        for (int i = 0; i < 3; i++) {
            taken(world, "new-" + i);
            world.receive(Stanzas.codeTakenBack("new-" + i));
        }

        assertThat(shown(world)).hasSize(5);
        assertExpired(world, "3 pairing codes");
    }

    // ---- a server that gives none

    @Test
    void endsTheWindowWithWhatTheServerSaidAgainstTheCode() {
        MachineWorld world = CodeTalk.connected(CodeTalk.BY_CODE);
        world.receive(Stanzas.pairDevice(6));

        refused(world, "429");

        assertExpired(world, "the server gave no pairing code: error 429 (too many codes were asked for");
        assertThat(allAsked(world, "companion_hello")).hasSize(1);
        assertThat(shown(world)).isEmpty();
    }

    @Test
    void triesAgainInTheSameWindowWhenTheServerDoesNotAnswer() {
        MachineWorld world = CodeTalk.connected(CodeTalk.BY_CODE);
        world.receive(Stanzas.pairDevice(6));

        world.advanceUnanswered(Duration.ofSeconds(20));

        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.UNREACHABLE);
        assertThat(world.lastClose().lastDisconnect().error().message()).contains("request for a pairing code");
        assertThat(world.lastClose().reconnect().action()).isEqualTo("backoff");
        world.nextAttempt();
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        taken(world, "ref");
        assertThat(shown(world)).hasSize(1);
    }

    @Test
    void goesOnWithCodesToScanWhenTheServerDoesNotAnswer() {
        MachineWorld world = scanning(6);
        long operation = requests(world, CodeTalk.BY_CODE);
        world.advanceUnanswered(Duration.ofSeconds(20));
        assertThat(outcome(world, operation).orElseThrow().failure().orElseThrow())
                .contains("no answer");
        assertThat(world.closes()).isEmpty();
    }

    @Test
    void asksAsTheOptionsSayWhenARequestedCodeIsRefusedFirst() {
        MachineWorld world = CodeTalk.connected(CodeTalk.BY_CODE);
        long operation = requests(world, CodeTalk.OWN);
        world.receive(Stanzas.pairDevice(6));

        refused(world, "404");
        assertThat(outcome(world, operation).orElseThrow().failure()).isPresent();
        taken(world, "ref");

        assertThat(shown(world)).singleElement().isNotEqualTo(CodeTalk.OWN_CODE);
        comesBack(world);
        taken(world, "ref");
        assertThat(shown(world)).hasSize(2).doesNotContain(CodeTalk.OWN_CODE);
    }
}
