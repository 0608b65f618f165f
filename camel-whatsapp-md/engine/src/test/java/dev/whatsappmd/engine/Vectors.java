package dev.whatsappmd.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whatsappmd.engine.node.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.ThrowingConsumer;

/**
 * The golden vectors, made by another implementation. They are read from the folder that the system property
 * {@code vectors.dir} names, else from this module's copy.
 */
public final class Vectors {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Vectors() {}

    /**
     * Whether this module's copy is read. What a test says about a case by its name, or about how many there are, holds
     * for the copy only; another set in the same format has its own.
     */
    public static boolean isOwnCopy() {
        return System.getProperty("vectors.dir", "").isBlank();
    }

    /** All cases of a file, e.g. {@code noise.json}; fails when there is none. */
    public static List<JsonNode> cases(String file) {
        try {
            List<JsonNode> cases = new ArrayList<>();
            JSON.readTree(bytes(file)).forEach(cases::add);
            if (cases.isEmpty()) {
                throw new AssertionError(file + " has no case");
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    /** All cases of one kind; fails when there is none. */
    public static List<JsonNode> cases(String file, String kind) {
        List<JsonNode> cases = cases(file).stream()
                .filter(c -> kind.equals(c.path("kind").asText()))
                .toList();
        if (cases.isEmpty()) {
            throw new AssertionError(file + " has no case of kind " + kind);
        }
        return cases;
    }

    /** One test for each case of a kind, named as the case. */
    public static Stream<DynamicTest> tests(String file, String kind, ThrowingConsumer<JsonNode> test) {
        return cases(file, kind).stream()
                .map(c -> DynamicTest.dynamicTest(kind + ": " + c.path("name").asText(), () -> test.accept(c)));
    }

    /** A whole file of the set, as bytes. */
    public static byte[] bytes(String file) {
        String folder = System.getProperty("vectors.dir", "");
        try {
            if (!folder.isBlank()) {
                return Files.readAllBytes(Path.of(folder, file));
            }
            try (InputStream in = Vectors.class.getResourceAsStream("/vectors/" + file)) {
                if (in == null) {
                    throw new AssertionError("src/test/resources/vectors/" + file + " is missing");
                }
                return in.readAllBytes();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    /** A base64 value. */
    public static byte[] b64(JsonNode value) {
        return Base64.getDecoder().decode(value.asText());
    }

    /** A base64 value that may be null or absent. */
    public static Optional<byte[]> optionalB64(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? Optional.empty() : Optional.of(b64(value));
    }

    /** A stanza in the vectors' node JSON. */
    public static Node node(JsonNode json) {
        Node.Builder node = Node.builder(json.path("tag").asText());
        json.path("attrs")
                .fields()
                .forEachRemaining(e -> node.attribute(e.getKey(), e.getValue().asText()));
        JsonNode content = json.path("content");
        if (content.isTextual()) {
            node.text(content.asText());
        } else if (content.isArray()) {
            List<Node> children = new ArrayList<>();
            content.forEach(child -> children.add(node(child)));
            node.children(children);
        } else if (content.has("b64")) {
            node.bytes(b64(content.path("b64")));
        }
        return node.build();
    }
}
