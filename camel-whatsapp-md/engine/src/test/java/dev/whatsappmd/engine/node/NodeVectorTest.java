package dev.whatsappmd.engine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.whatsappmd.engine.Vectors;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class NodeVectorTest {
    private static final String FILE = "binary-node.json";

    @TestFactory
    Stream<DynamicTest> writesTheBytesOfTheReferenceAndReadsThemBack() {
        return Vectors.tests(FILE, "roundtrip", vector -> {
            Node node = node(vector.path("node"));
            byte[] encoded = NodeEncoder.encode(node);
            if (vector.has("encoded")) {
                assertThat(encoded).isEqualTo(Vectors.b64(vector.path("encoded")));
            } else {
                assertThat(encoded).hasSize(vector.path("encodedLength").asInt());
                assertThat(Arrays.copyOf(encoded, 48)).isEqualTo(Vectors.b64(vector.path("encodedHead")));
                assertThat(MessageDigest.getInstance("SHA-256").digest(encoded))
                        .isEqualTo(Vectors.b64(vector.path("encodedSha256")));
            }
            assertThat(NodeDecoder.decode(encoded)).isEqualTo(decoded(vector, node));
            assertThat(NodeDecoder.decode(NodeEncoder.encodeDeflated(node))).isEqualTo(decoded(vector, node));
        });
    }

    @TestFactory
    Stream<DynamicTest> readsWhatOnlyOthersWrite() {
        return Vectors.tests(
                FILE, "decodeOnly", vector -> assertThat(NodeDecoder.decode(Vectors.b64(vector.path("encoded"))))
                        .isEqualTo(node(vector.path("decoded"))));
    }

    @TestFactory
    Stream<DynamicTest> refusesMalformedInput() {
        return Vectors.tests(FILE, "malformed", vector -> {
            byte[] frame =
                    vector.has("encoded") ? Vectors.b64(vector.path("encoded")) : repeated(vector.path("encodedSpec"));
            assertThatExceptionOfType(NodeFormatException.class)
                    .isThrownBy(() -> NodeDecoder.decode(frame))
                    .withMessageStartingWith("not a node: at byte ");
        });
    }

    @TestFactory
    Stream<DynamicTest> tokensHaveTheCodesOfTheReference() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode table : Vectors.cases("tokens.json")) {
            JsonNode tokens = table.path("tokens");
            String name = table.path("name").asText();
            int prefix = table.path("prefixByte").asInt();
            for (int i = 0; i < tokens.size(); i++) {
                String token = tokens.path(i).asText();
                int code = prefix << 8 | i;
                if (code == 0) {
                    continue;
                }
                tests.add(DynamicTest.dynamicTest(name + " " + i + ": " + token, () -> {
                    assertThat(Tokens.codeOf(token)).isEqualTo(code);
                    byte[] frame = prefix == 0
                            ? new byte[] {0, (byte) WireTag.LIST_8, 1, (byte) code}
                            : new byte[] {0, (byte) WireTag.LIST_8, 1, (byte) prefix, (byte) code};
                    assertThat(NodeDecoder.decode(frame)).isEqualTo(Node.of(token));
                    assertThat(NodeEncoder.encode(Node.of(token))).isEqualTo(frame);
                }));
            }
        }
        assertThat(tests).hasSize(235 + 4 * 256);
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> tagBytesAreThoseOfTheReference() {
        JsonNode tags = Vectors.cases("tokens.json").get(0).path("tags");
        assertThat(tags.size()).isEqualTo(17);
        List<String> names = new ArrayList<>();
        tags.fieldNames().forEachRemaining(names::add);
        return names.stream()
                .filter(name -> !List.of("DICTIONARY_1", "DICTIONARY_2").contains(name))
                .map(name -> DynamicTest.dynamicTest(name, () -> assertThat(
                                WireTag.class.getDeclaredField(name).getInt(null))
                        .isEqualTo(tags.path(name).asInt())));
    }

    /** What decoding has to give: the node itself, the vector's other node, or the same text as bytes. */
    private static Node decoded(JsonNode vector, Node node) {
        JsonNode decoded = vector.path("decoded");
        if (decoded.has("note") || decoded.isMissingNode()) {
            return node;
        }
        if (decoded.path("content").has("note")) {
            return node.text()
                    .map(text ->
                            node.toBuilder().bytes(node.bytes().orElseThrow()).build())
                    .orElseThrow();
        }
        return node(decoded);
    }

    private static byte[] repeated(JsonNode spec) {
        byte[] unit = spec.has("repeat")
                ? new byte[] {(byte) spec.path("repeat").asInt()}
                : Vectors.b64(spec.path("repeatBytes"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Vectors.b64(spec.path("prefix")));
        for (int i = 0; i < spec.path("count").asInt(); i++) {
            out.writeBytes(unit);
        }
        return out.toByteArray();
    }

    /** The vector's node, with the large payloads made that it only describes. */
    private static Node node(JsonNode json) {
        ObjectNode whole = json.deepCopy();
        whole.path("attrs").properties().forEach(e -> e.setValue(payload(e.getValue())));
        if (whole.has("content")) {
            whole.set("content", payload(whole.path("content")));
        }
        return Vectors.node(whole);
    }

    private static JsonNode payload(JsonNode value) {
        if (value.has("patternText")) {
            int length = value.path("patternText").path("len").asInt();
            String letters = "abcdefghijklmnopqrstuvwxyz";
            return TextNode.valueOf(letters.repeat(length / 26 + 1).substring(0, length));
        }
        if (value.has("patternBytes")) {
            byte[] bytes = new byte[value.path("patternBytes").path("len").asInt()];
            int start = value.path("patternBytes").path("start").asInt();
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i * 31 + start);
            }
            ObjectNode b64 = ((ObjectNode) value).objectNode();
            return b64.put("b64", Base64.getEncoder().encodeToString(bytes));
        }
        return value;
    }
}
