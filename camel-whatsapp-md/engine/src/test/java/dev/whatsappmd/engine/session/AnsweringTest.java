package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.node.Node;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server gets for what it sends. That nothing is answered twice is one of the {@link Invariants}. */
class AnsweringTest {
    private static MachineWorld silent(Phase phase) {
        MachineWorld world = MachineWorld.in(phase);
        world.sent.clear();
        return world;
    }

    private static Node only(MachineWorld world) {
        assertThat(world.sent).hasSize(1);
        return world.sent.get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"receipt", "notification", "call", "status", "something-new"})
    void acksWhatTheServerKeepsUntilItIsAcked(String tag) {
        MachineWorld world = silent(Phase.OPEN);

        world.receive(Stanzas.stanza(tag, "A1", false));

        Node ack = only(world);
        assertThat(ack.tag()).isEqualTo("ack");
        assertThat(ack.attribute("class")).contains(tag);
        assertThat(ack.attribute("id")).contains("A1");
        assertThat(ack.attribute("to")).contains("4915550009999@s.whatsapp.net");
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"PAIRING", "PAIRED", "LOGGING_IN", "BRINGING_UP", "OPEN"})
    void acksInEveryPhaseBehindTheHandshake(Phase phase) {
        MachineWorld world = silent(phase);
        world.receive(Stanzas.stanza("notification", "A1", false));
        assertThat(only(world).tag()).isEqualTo("ack");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ib", "ack", "presence", "chatstate", "success"})
    void owesNothingForWhatIsAWordOnly(String tag) {
        MachineWorld world = silent(Phase.OPEN);
        world.receive(Stanzas.stanza(tag, "A1", false));
        assertThat(world.sent).isEmpty();
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
    }

    @Test
    void saysOnceThatATagIsUnknown() {
        MachineWorld world = silent(Phase.OPEN);
        world.log.clear();
        for (int i = 0; i < 3; i++) {
            world.receive(Stanzas.stanza("something-new", "A" + i, false));
            world.receive(Stanzas.stanza("receipt", "B" + i, false));
        }
        assertThat(world.sent).hasSize(6);
        assertThat(world.log).hasSize(1).allMatch(line -> line.contains("<something-new>"));
    }

    @Test
    void letsNoTagWriteItsLog() {
        MachineWorld world = silent(Phase.OPEN);
        world.log.clear();
        world.receive(Stanzas.stanza("x\n2026-01-15 ERROR all is lost" + "!".repeat(5_000), "A1", false));
        assertThat(world.log).hasSize(1).allMatch(line -> line.length() < 120 && !line.contains("\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "set"})
    void answersAnUnknownRequestAsARequest(String type) {
        MachineWorld world = silent(Phase.OPEN);

        world.receive(Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", type)
                .attribute("id", "Q1")
                .attribute("xmlns", "something:new")
                .build());

        Node answer = only(world);
        assertThat(answer.tag()).isEqualTo("iq");
        assertThat(answer.attribute("type")).contains("error");
        assertThat(answer.attribute("id")).contains("Q1");
        assertThat(answer.child("error").orElseThrow().attribute("code")).contains("501");
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"PAIRING", "PAIRED", "LOGGING_IN", "BRINGING_UP", "OPEN"})
    void servesThePingOfTheServerInEveryPhase(Phase phase) {
        MachineWorld world = silent(phase);

        world.receive(Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "get")
                .attribute("id", "P1")
                .attribute("xmlns", "urn:xmpp:ping")
                .build());

        Node answer = only(world);
        assertThat(answer.tag()).isEqualTo("iq");
        assertThat(answer.attribute("type")).contains("result");
        assertThat(answer.attribute("to")).contains("s.whatsapp.net");
    }

    @Test
    void answersNoAnswer() {
        MachineWorld world = silent(Phase.OPEN);
        for (String type : List.of("result", "error")) {
            world.receive(Node.builder("iq")
                    .attribute("from", "s.whatsapp.net")
                    .attribute("type", type)
                    .attribute("id", "nobody-asked")
                    .build());
        }
        assertThat(world.sent).isEmpty();
    }

    @Test
    void givesQuestionsOfDifferentConnectionsDifferentIds() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        Node first = world.asked("count");
        world.lost();
        world.nextAttempt();
        world.handshake();
        world.receive(Stanzas.success());
        Node second = world.asked("count");

        assertThat(second.attribute("id")).isNotEqualTo(first.attribute("id"));
        world.receive(Stanzas.answer(first));
        assertThat(world.sent).noneMatch(node -> node.child("active").isPresent());
    }
}
