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

import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.NewCredentials;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A code that is void: taken back, replaced, used; and what a phone said about it meanwhile. */
class CodeTakenBackTest {
    // ---- a code that is void while the phone begins

    /** Two hellos came, the first is being worked on; none is answered yet. */
    private static MachineWorld typedTwice(MachineWorld world) {
        world.codeWork.later = true;
        world.receive(Stanzas.primaryHello("typed-1"));
        world.receive(Stanzas.primaryHello("typed-2"));
        world.sent.clear();
        return world;
    }

    @Test
    void acknowledgesAHelloThatWaitsWhenTheServerTakesTheCodeBack() {
        MachineWorld world = typedTwice(typing());

        world.receive(Stanzas.codeTakenBack("ref"));
        assertThat(acknowledged(world)).containsExactly("refresh-1", "typed-2");
        world.computed();

        assertThat(acknowledged(world)).containsExactly("refresh-1", "typed-2", "typed-1");
        assertThat(allAsked(world, "companion_finish")).isEmpty();
        assertThat(world.course).doesNotContain("Save");
    }

    @Test
    void acknowledgesAHelloThatWaitsWhenAnotherCodeTakesThePlace() {
        MachineWorld world = typing();
        long operation = requests(world, CodeTalk.OWN);
        Node hello = asked(world, "companion_hello");
        typedTwice(world);
        assertThat(acknowledged(world)).isEmpty();

        world.receive(Stanzas.codeTaken(hello, "second"));
        assertThat(acknowledged(world)).containsExactly("typed-2");
        world.computed();

        assertThat(acknowledged(world)).containsExactly("typed-2", "typed-1");
        assertThat(allAsked(world, "companion_finish")).isEmpty();
        assertThat(outcome(world, operation).orElseThrow().result()).contains(CodeTalk.OWN_CODE);
    }

    @Test
    void acknowledgesAHelloThatWaitsWhenTheLinkIsMade() {
        MachineWorld world = typedTwice(typing());

        world.receive(Stanzas.pairSuccess(Identities.NEW, new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
        assertThat(acknowledged(world)).containsExactly("typed-2");
        world.computed();

        assertThat(acknowledged(world)).containsExactly("typed-2", "typed-1");
        assertThat(allAsked(world, "companion_finish")).isEmpty();
        assertThat(world.stored().advSecret()).isEqualTo(Identities.NEW.advSecret());
    }

    @Test
    void acknowledgesAHelloThatWaitsWhenTheLinkIsRefused() {
        MachineWorld world = typedTwice(typing());
        world.receive(Stanzas.pairSuccess(NewCredentials.generate(new Random(99)), new Random(1)));
        assertThat(acknowledged(world)).containsExactly("typed-2");
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.LINK_REJECTED);
    }

    @Test
    void acknowledgesAHelloThatWaitsWhenTheAnswerIsNotPassedOn() {
        MachineWorld world = typing();
        world.receive(Stanzas.primaryHello("typed-0"));
        Node finish = asked(world, "companion_finish");
        typedTwice(world);

        world.receive(Stanzas.error(finish, "404"));
        assertThat(acknowledged(world)).containsExactly("typed-2");
        world.computed();

        assertThat(acknowledged(world)).containsExactly("typed-2", "typed-1");
        assertThat(world.log).anyMatch(line -> line.contains("did not pass on the answer"));
    }

    // ---- the server takes a code back

    @Test
    void asksForAnotherCodeWhenTheServerTakesOneBack() {
        MachineWorld world = typing();
        world.course.clear();

        world.receive(Stanzas.codeTakenBack("ref"));
        taken(world, "second");

        assertThat(world.course)
                .containsSubsequence("send ack", "MakeHello", "send set companion_hello", "tell pairingCode");
        assertThat(shown(world)).hasSize(2).doesNotHaveDuplicates();
        world.receive(Stanzas.primaryHello("typed-1", "second"));
        assertThat(allAsked(world, "companion_finish")).hasSize(1);
    }

    @Test
    void keepsTheCodeWhenTheServerTakesAnotherBack() {
        MachineWorld world = typing();
        world.receive(Stanzas.codeTakenBack("another"));
        assertThat(acknowledged(world)).containsExactly("refresh-1");
        assertThat(allAsked(world, "companion_hello")).hasSize(1);
    }

    @Test
    void asksForNoOtherWhenAPersonIsToAsk() {
        MachineWorld world = typing();
        world.receive(Stanzas.codeTakenBackByHand("ref"));

        assertThat(acknowledged(world)).containsExactly("refresh-2");
        assertThat(allAsked(world, "companion_hello")).hasSize(1);
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
        assertThat(world.lastClose().lastDisconnect().error().message()).contains("wants a person to ask", "`relink`");
    }

    @Test
    void goesOnWithCodesToScanWhenAPersonIsToAsk() {
        MachineWorld world = scanning(6);
        requests(world, CodeTalk.BY_CODE);
        taken(world, "ref");

        world.receive(Stanzas.codeTakenBackByHand("ref"));
        assertThat(world.closes()).isEmpty();
        assertThat(world.log).anyMatch(line -> line.contains("wants a person to ask"));

        long operation = requests(world, CodeTalk.BY_CODE);
        taken(world, "second");
        assertThat(outcome(world, operation).orElseThrow().failure()).isEmpty();
    }

    @Test
    void asksForAnotherCodeWhenTheAnswerToThePhoneIsNotPassedOn() {
        MachineWorld world = typing();
        world.receive(Stanzas.primaryHello("typed-1"));
        world.receive(Stanzas.error(asked(world, "companion_finish"), "404"));
        assertThat(allAsked(world, "companion_hello")).hasSize(2);
    }

    @Test
    void keepsTheCodeWhenNobodySaysWhetherTheAnswerWasPassedOn() {
        MachineWorld world = typing();
        world.receive(Stanzas.primaryHello("typed-1"));
        world.advanceUnanswered(Duration.ofSeconds(30));
        assertThat(allAsked(world, "companion_hello")).hasSize(1);
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
    }
}
