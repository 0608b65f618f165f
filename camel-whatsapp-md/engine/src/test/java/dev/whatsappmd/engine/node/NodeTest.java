package dev.whatsappmd.engine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeTest {
    private final Node iq = Node.builder("iq")
            .attribute("id", "1")
            .attribute("type", "get")
            .child("ping")
            .build();

    @Test
    void attributesAreAReadOnlyMapInTheirOrder() {
        Map<String, String> expected = new LinkedHashMap<>(Map.of("id", "1"));
        expected.put("type", "get");
        assertThat(iq.attributes()).containsExactlyEntriesOf(expected).isEqualTo(expected);
        assertThat(expected).isEqualTo(iq.attributes()).hasSameHashCodeAs(iq.attributes());
        assertThat(iq.attributes().get("type")).isEqualTo("get");
        assertThat(iq.attributes()).doesNotContainKey("to");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> iq.attributes().put("to", "x"));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> iq.attributes().remove("id"));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> iq.children().add(iq));
    }

    @Test
    void theLastValueOfAnAttributeCountsAtItsFirstPlace() {
        Node node = Node.builder("iq")
                .attribute("id", "1")
                .attribute("type", "get")
                .attribute("id", "2")
                .build();
        assertThat(node.attributes().entrySet()).containsExactly(Map.entry("id", "2"), Map.entry("type", "get"));
    }

    @Test
    void equalInWhateverOrderTheAttributesAre() {
        Node other = Node.builder("iq")
                .attribute("type", "get")
                .attribute("id", "1")
                .child("ping")
                .build();
        assertThat(iq).isEqualTo(other).hasSameHashCodeAs(other);
        assertThat(iq).isNotEqualTo(other.toBuilder().attribute("id", "2").build());
        assertThat(iq).isNotEqualTo(other.toBuilder().attribute("to", "2").build());
    }

    @Test
    void aBuilderUsedTwiceLeavesTheFirstNodeAlone() {
        Node.Builder builder = Node.builder("iq");
        for (String name : List.of("a", "b", "c", "d")) {
            builder.attribute(name, "1");
        }
        Node first = builder.build();
        builder.attribute("a", "2").child("ping").build();
        assertThat(first.attribute("a")).contains("1");
        assertThat(first.hasContent()).isFalse();
    }

    @Test
    void anEmptyListIsAnotherContentThanNone() {
        Node empty = Node.builder("list").children(List.of()).build();
        assertThat(empty.hasContent()).isTrue();
        assertThat(empty.children()).isEmpty();
        assertThat(empty).isNotEqualTo(Node.of("list"));
        assertThat(empty.toBuilder().build()).isEqualTo(empty);
        assertThat(iq.toBuilder().build()).isEqualTo(iq);
    }

    @Test
    void shapeShowsNoValue() {
        Node message = Node.builder("message")
                .attribute("from", "44480015032@s.whatsapp.net")
                .child(Node.builder("enc").text("secret").build())
                .build();
        assertThat(message.toString()).isEqualTo("<message from><enc>[6 chars]");
    }

    @Test
    void showsAnyTagInOneShortLine() {
        assertThat(Node.of("xml-not-well-formed").shownTag()).isEqualTo("xml-not-well-formed");
        assertThat(Node.of("x".repeat(40)).shownTag()).isEqualTo("x".repeat(40));
        assertThat(Node.of("x".repeat(5_000)).shownTag()).isEqualTo("x".repeat(39) + "…");
        assertThat(Node.of("a\nb\u001b[2Jc\u2028d").shownTag()).isEqualTo("a?b?[2Jc?d");
    }
}
