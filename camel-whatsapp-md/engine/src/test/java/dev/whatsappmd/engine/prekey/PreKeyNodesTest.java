package dev.whatsappmd.engine.prekey;

import static dev.whatsappmd.engine.Vectors.node;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreKeyNodesTest {
    private static final String FILE = "stream-errors.json";

    @Test
    void asksForTheCountAndTheDigestAsTheReferenceDoes() {
        List<Node> asked = Vectors.cases(FILE, "success").stream()
                .flatMap(c -> elements(c.path("expected").path("sentInOrder")))
                .map(json -> withoutId(node(json)))
                .filter(sent -> sent.hasAttribute("xmlns", "encrypt"))
                .toList();
        assertThat(asked).isSubsetOf(PreKeyNodes.count(), PreKeyNodes.digest());
        if (Vectors.isOwnCopy()) {
            assertThat(asked).containsExactly(PreKeyNodes.count(), PreKeyNodes.digest());
        }
    }

    @Test
    void uploadsAsTheReferenceDoes() {
        JsonNode upload = Vectors.cases(FILE, "success").stream()
                .map(c -> c.path("expected").path("upload"))
                .filter(JsonNode::isObject)
                .findFirst()
                .orElseThrow();
        Node expected = withoutId(node(upload));
        List<PreKey> preKeys = expected.child("list").orElseThrow().children("key").stream()
                .map(key -> new PreKey(id(key), publicOnly(key), false))
                .toList();

        Node sent = PreKeyNodes.upload(credentials(expected), preKeys);
        assertThat(sent).isEqualTo(expected);
        assertThat(sent.children().stream().map(Node::tag))
                .containsExactlyElementsOf(
                        expected.children().stream().map(Node::tag).toList());
    }

    @Test
    void writesLargestNumbersInTheirThreeBytes() {
        Credentials own = NewCredentials.generate(new SplittableRandom(1));
        Node sent = PreKeyNodes.upload(own, List.of(new PreKey(PreKey.MAX_ID, own.noiseKey(), false)));
        assertThat(sent.child("list")
                        .flatMap(Node::firstChild)
                        .flatMap(key -> key.child("id"))
                        .flatMap(Node::bytes))
                .contains(new byte[] {-1, -1, -1});
    }

    @Test
    void readsTheCount() {
        assertThat(PreKeyNodes.readCount(counted("result", "300"))).hasValue(300);
        assertThat(PreKeyNodes.readCount(counted("result", "0"))).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "many", "-1", "3.5", "99999999999"})
    void readsNoCountFromWhatIsNoNumber(String value) {
        assertThat(PreKeyNodes.readCount(counted("result", value))).isEmpty();
    }

    @Test
    void readsNoCountFromAnError() {
        assertThat(PreKeyNodes.readCount(counted("error", "3"))).isEmpty();
        assertThat(PreKeyNodes.readCount(
                        Node.builder("iq").attribute("type", "result").build()))
                .isEmpty();
    }

    private static Node counted(String type, String value) {
        return Node.builder("iq")
                .attribute("type", type)
                .child(Node.builder("count").attribute("value", value).build())
                .build();
    }

    /** The credentials whose public parts the upload shows. */
    private static Credentials credentials(Node upload) {
        Node skey = upload.child("skey").orElseThrow();
        Credentials any = NewCredentials.generate(new SplittableRandom(2));
        KeyPair identity = new KeyPair(any.identityKey().privateKey(), content(upload, "identity"));
        return any.toBuilder()
                .registrationId(ByteBuffer.wrap(content(upload, "registration")).getInt())
                .identityKey(identity)
                .signedPreKey(new Credentials.SignedPreKey(id(skey), publicOnly(skey), content(skey, "signature")))
                .build();
    }

    private static KeyPair publicOnly(Node key) {
        return new KeyPair(new byte[32], content(key, "value"));
    }

    private static int id(Node key) {
        byte[] id = content(key, "id");
        return (id[0] & 0xff) << 16 | (id[1] & 0xff) << 8 | id[2] & 0xff;
    }

    private static byte[] content(Node parent, String tag) {
        return parent.child(tag).flatMap(Node::bytes).orElseThrow();
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static Node withoutId(Node iq) {
        Node.Builder without = Node.builder(iq.tag());
        iq.attributes().forEach((name, value) -> {
            if (!name.equals("id")) {
                without.attribute(name, value);
            }
        });
        return without.children(iq.children()).build();
    }
}
