package dev.whatsappmd.engine.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.request.RequestTable.Outcome;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestTableTest {
    private final RequestTable table = new RequestTable("12345.678");
    private final List<String> told = new ArrayList<>();

    private static final Node PING = Node.builder("iq")
            .attribute("type", "get")
            .attribute("xmlns", "w:p")
            .child("ping")
            .build();

    private String ask(String name, long deadline) {
        Node sent = table.ask(PING, deadline, outcome -> told.add(name + ": " + outcome.describe()));
        return sent.attribute("id").orElseThrow();
    }

    private static Node answer(String id, String type) {
        return Node.builder("iq").attribute("type", type).attribute("id", id).build();
    }

    @Test
    void givesTheQuestionAnIdAndLeavesTheRestOfIt() {
        Node sent = table.ask(PING, 10, outcome -> {});
        assertThat(sent)
                .isEqualTo(PING.toBuilder().attribute("id", "12345.678-1").build());
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void givesEveryQuestionAnIdOfItsOwn() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            ids.add(ask("q", 10));
            ids.add(table.nextId());
        }
        assertThat(ids).hasSize(2000).allMatch(id -> id.startsWith("12345.678-"));
    }

    @Test
    void tellsTheAnswerToItsOwnQuestion() {
        String first = ask("first", 10);
        String second = ask("second", 10);
        assertThat(table.answer(answer(second, "result"))).isTrue();
        assertThat(table.answer(answer(first, "result"))).isTrue();
        assertThat(told).containsExactly("second: result", "first: result");
        assertThat(table.size()).isZero();
    }

    @Test
    void dropsASecondAnswer() {
        String id = ask("q", 10);
        assertThat(table.answer(answer(id, "result"))).isTrue();
        assertThat(table.answer(answer(id, "error"))).isFalse();
        assertThat(told).containsExactly("q: result");
    }

    @Test
    void dropsAnAnswerThatNobodyAskedFor() {
        ask("q", 10);
        assertThat(table.answer(answer("12345.678-99", "result"))).isFalse();
        assertThat(table.answer(answer("", "result"))).isFalse();
        assertThat(table.answer(Node.builder("iq").attribute("type", "result").build()))
                .isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void dropsAnAnswerThatComesTooLate() {
        String id = ask("q", 10);
        table.expire(10);
        assertThat(table.answer(answer(id, "result"))).isFalse();
        assertThat(told).containsExactly("q: no answer");
    }

    @Test
    void givesUpAtTheDeadlineAndNotBefore() {
        ask("q", 10);
        table.expire(9);
        assertThat(told).isEmpty();
        table.expire(10);
        assertThat(told).containsExactly("q: no answer");
        table.expire(1000);
        assertThat(told).hasSize(1);
    }

    @Test
    void givesUpInTheOrderOfTheQuestions() {
        ask("a", 30);
        ask("b", 10);
        ask("c", 40);
        ask("d", 20);
        table.expire(30);
        assertThat(told).containsExactly("a: no answer", "b: no answer", "d: no answer");
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void saysWhenTheNextDeadlineIs() {
        assertThat(table.nextDeadline()).isEmpty();
        ask("a", 30);
        String b = ask("b", -10);
        ask("c", 20);
        assertThat(table.nextDeadline()).hasValue(-10);
        table.answer(answer(b, "result"));
        assertThat(table.nextDeadline()).hasValue(20);
        table.expire(20);
        assertThat(table.nextDeadline()).hasValue(30);
        table.expire(30);
        assertThat(table.nextDeadline()).isEmpty();
    }

    @Test
    void letsAHandlerAskAgain() {
        String id =
                table.ask(PING, 10, outcome -> ask("again", 20)).attribute("id").orElseThrow();
        table.answer(answer(id, "error"));
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.nextDeadline()).hasValue(20);
    }

    /** Also with no time at all: one look at the clock ends each question once, it does not go round for ever. */
    @Test
    void letsAHandlerAskAgainWhileDeadlinesPass() {
        table.ask(PING, 10, outcome -> ask("again", 10));
        ask("other", 10);
        table.expire(10);
        assertThat(told).containsExactly("other: no answer");
        assertThat(table.size()).isEqualTo(1);
        table.expire(10);
        assertThat(told).containsExactly("other: no answer", "again: no answer");
    }

    @Test
    void forgetsTheRestWhenAHandlerEndsTheConnection() {
        table.ask(PING, 10, outcome -> {
            told.add("the end");
            table.clear();
        });
        ask("behind it", 10);
        table.expire(10);
        assertThat(told).containsExactly("the end");
        assertThat(table.size()).isZero();
    }

    @Test
    void tellsAQuestionOnceThatAHandlerAnswersWhileDeadlinesPass() {
        List<String> ids = new ArrayList<>();
        table.ask(PING, 10, outcome -> table.answer(answer(ids.get(0), "result")));
        ids.add(ask("second", 10));
        table.expire(10);
        assertThat(told).containsExactly("second: result");
    }

    @Test
    void forgetsEverythingWithoutAWord() {
        String id = ask("q", 10);
        table.clear();
        assertThat(table.size()).isZero();
        assertThat(table.nextDeadline()).isEmpty();
        assertThat(table.answer(answer(id, "result"))).isFalse();
        table.expire(1000);
        assertThat(told).isEmpty();
        assertThat(ask("next", 10)).as("an id is never used again").isNotEqualTo(id);
    }

    @Test
    void tellsAGoodAnswerFromABadOne() {
        Node good = answer("1", "result").toBuilder().child("count").build();
        Node bad = answer("1", "error").toBuilder()
                .child(Node.builder("error").attribute("code", "406").build())
                .build();
        assertThat(new Outcome(Optional.of(good)).ok()).isTrue();
        assertThat(new Outcome(Optional.of(good)).child("count")).contains(Node.of("count"));
        assertThat(new Outcome(Optional.of(good)).child("other")).isEmpty();
        assertThat(new Outcome(Optional.of(bad)).ok()).isFalse();
        assertThat(new Outcome(Optional.of(bad)).child("error"))
                .as("children of a good answer only")
                .isEmpty();
        assertThat(new Outcome(Optional.empty()).ok()).isFalse();
    }

    @Test
    void saysWhatWentWrong() {
        Node coded = answer("1", "error").toBuilder()
                .child(Node.builder("error").attribute("code", "406").build())
                .build();
        Node bare = answer("1", "error").toBuilder().child("error").build();
        assertThat(new Outcome(Optional.of(coded)).describe()).isEqualTo("error 406");
        assertThat(new Outcome(Optional.of(bare)).describe()).isEqualTo("error without a code");
        Node odd = answer("1", "error").toBuilder()
                .child(Node.builder("error")
                        .attribute("code", "406\nall is well")
                        .build())
                .build();
        assertThat(new Outcome(Optional.of(odd)).describe()).isEqualTo("error without a code");
        assertThat(new Outcome(Optional.of(answer("1", "error"))).describe()).isEqualTo("error");
        assertThat(new Outcome(Optional.of(Node.of("iq"))).describe()).isEqualTo("no type");
        assertThat(new Outcome(Optional.empty()).describe()).isEqualTo("no answer");
    }
}
