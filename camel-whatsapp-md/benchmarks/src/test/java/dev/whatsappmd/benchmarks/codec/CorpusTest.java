package dev.whatsappmd.benchmarks.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The corpus measures nothing unless the codec gives exactly what its maker gave. */
class CorpusTest {
    private final List<byte[]> frames = Corpus.frames();
    private final List<Node> nodes = nodes();

    @Test
    void everyFrameDecodesToItsNode() throws Exception {
        assertThat(frames).hasSize(202);
        for (int i = 0; i < frames.size(); i++) {
            Node decoded = NodeDecoder.decode(frames.get(i));
            assertThat(textAsBytes(decoded)).as("stanza %d", i).isEqualTo(textAsBytes(nodes.get(i)));
        }
    }

    @Test
    void everyNodeEncodesToItsFrame() {
        assertThat(nodes).hasSize(202);
        for (int i = 0; i < nodes.size(); i++) {
            assertThat(NodeEncoder.encode(nodes.get(i))).as("stanza %d", i).isEqualTo(frames.get(i));
        }
    }

    /** Text that is no token, packed or address goes over the wire as bytes; one group has two such texts. */
    private static Node textAsBytes(Node node) {
        if (node.bytes().isPresent()) {
            return node.toBuilder().bytes(node.bytes().get()).build();
        }
        Node.Builder same = Node.builder(node.tag());
        node.attributes().forEach(same::attribute);
        if (node.hasContent()) {
            same.children(node.children().stream().map(CorpusTest::textAsBytes).toList());
        }
        return same.build();
    }

    private static List<Node> nodes() {
        List<Node> nodes = new ArrayList<>();
        try (InputStream in = json()) {
            new ObjectMapper().readTree(in).forEach(stanza -> nodes.add(node(stanza.path("node"))));
        } catch (IOException e) {
            throw new AssertionError("corpus.json cannot be read", e);
        }
        return nodes;
    }

    private static InputStream json() throws IOException {
        String folder = System.getProperty("corpus.dir", "");
        return folder.isBlank()
                ? CorpusTest.class.getResourceAsStream("corpus.json")
                : Files.newInputStream(Path.of(folder, "corpus.json"));
    }

    private static Node node(JsonNode json) {
        Node.Builder node = Node.builder(json.path("tag").asText());
        json.path("attrs")
                .properties()
                .forEach(e -> node.attribute(e.getKey(), e.getValue().asText()));
        JsonNode content = json.path("content");
        if (content.isTextual()) {
            node.text(content.asText());
        } else if (content.isArray()) {
            List<Node> children = new ArrayList<>();
            content.forEach(child -> children.add(node(child)));
            node.children(children);
        } else if (content.has("b64")) {
            node.bytes(Base64.getDecoder().decode(content.path("b64").asText()));
        }
        return node.build();
    }
}
