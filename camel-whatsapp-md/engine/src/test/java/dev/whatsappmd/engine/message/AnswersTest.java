package dev.whatsappmd.engine.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeEncoder;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswersTest {
    @TestFactory
    Stream<DynamicTest> acksAsBaileysToTheByte() {
        return Vectors.tests("message.json", "ack", vector -> {
            Node ack = Answers.ack(
                    Vectors.node(vector.path("stanza")),
                    text(vector.path("meId")),
                    vector.path("errorCode").isNull()
                            ? Optional.empty()
                            : Optional.of(vector.path("errorCode").asInt()));
            assertThat(ack).isEqualTo(Vectors.node(vector.path("ack")));
            assertThat(NodeEncoder.encode(ack)).isEqualTo(Vectors.b64(vector.path("ackBytes")));
        });
    }

    private static Optional<String> text(JsonNode value) {
        return value.isNull() ? Optional.empty() : Optional.of(value.asText());
    }

    /** A type that the receipt does not have ends the stream. */
    @Test
    void makesUpNoType() {
        Node receipt = stanza("receipt");
        assertThat(Answers.ack(receipt, Optional.of("1:2@s.whatsapp.net"), Optional.empty())
                        .attributes())
                .containsOnlyKeys("id", "to", "class");
    }

    @Test
    void acksATagThatItDoesNotKnow() {
        Node ack = Answers.ack(stanza("newtag"), Optional.of("1:2@s.whatsapp.net"), Optional.of(488));
        assertThat(ack)
                .isEqualTo(Node.builder("ack")
                        .attribute("id", "A1")
                        .attribute("to", "s.whatsapp.net")
                        .attribute("class", "newtag")
                        .attribute("error", "488")
                        .build());
    }

    private static Node stanza(String tag) {
        return Node.builder(tag)
                .attribute("id", "A1")
                .attribute("from", "s.whatsapp.net")
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"message", "receipt", "notification", "call", "error", "newtag", "stream:features"})
    void owesAnAnswerToAnyTagWithAnIdAndASender(String tag) {
        assertThat(Answers.isOwed(stanza(tag))).isTrue();
        assertThat(Answers.isOwed(Node.builder(tag).attribute("id", "A1").build()))
                .as("without a sender")
                .isFalse();
        assertThat(Answers.isOwed(
                        Node.builder(tag).attribute("from", "s.whatsapp.net").build()))
                .as("without an id")
                .isFalse();
        assertThat(Answers.isOwed(Node.of(tag))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ib", "ack", "presence", "chatstate", "success", "failure", "stream:error", "xmlstreamend", "iq"
            })
    void owesNothingToTheseEvenWithAnIdAndASender(String tag) {
        assertThat(Answers.isOwed(stanza(tag))).isFalse();
    }

    private static Node request() {
        return Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "get")
                .attribute("xmlns", "urn:xmpp:ping")
                .attribute("id", "77.1-2")
                .child("ping")
                .build();
    }

    @Test
    void answersARequestWithItsResult() {
        assertThat(Answers.result(request()))
                .isEqualTo(Node.builder("iq")
                        .attribute("to", "s.whatsapp.net")
                        .attribute("type", "result")
                        .attribute("id", "77.1-2")
                        .build());
    }

    @Test
    void answersAnUnknownRequestAsAnIqToo() {
        assertThat(Answers.unknownRequest(request()))
                .isEqualTo(Node.builder("iq")
                        .attribute("to", "s.whatsapp.net")
                        .attribute("type", "error")
                        .attribute("id", "77.1-2")
                        .child(Node.builder("error")
                                .attribute("code", "501")
                                .attribute("text", "feature-not-implemented")
                                .build())
                        .build());
    }

    @Test
    void answersTheServerWhenARequestNamesNoSender() {
        Node iq =
                Node.builder("iq").attribute("type", "get").attribute("id", "9").build();
        assertThat(Answers.result(iq).attribute("to")).contains("s.whatsapp.net");
        assertThat(Answers.result(Node.of("iq")).attribute("id")).isEmpty();
    }
}
