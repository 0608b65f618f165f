package dev.whatsappmd.localserver.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whatsappmd.engine.crypto.KeyPair;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The phone's half against the golden vectors, whose phone was written by others. */
class CodeHandshakeTest {
    /** The cases of {@code pairing.json} that hold a whole flow with a code. */
    static List<JsonNode> flows() throws IOException {
        String folder = System.getProperty("vectors.dir", "");
        byte[] bytes;
        if (folder.isBlank()) {
            try (InputStream in = CodeHandshakeTest.class.getResourceAsStream("/vectors/pairing.json")) {
                bytes = in.readAllBytes();
            }
        } else {
            bytes = Files.readAllBytes(Path.of(folder, "pairing.json"));
        }
        List<JsonNode> flows = new ArrayList<>();
        for (JsonNode flow : new ObjectMapper().readTree(bytes)) {
            if (flow.path("kind").asText().equals("pairingCode")) {
                flows.add(flow);
            }
        }
        assertThat(flows).isNotEmpty();
        return flows;
    }

    @ParameterizedTest
    @MethodSource("flows")
    void wrapsItsKeyAndOpensTheBundleAsTheVectorsPhoneDoes(JsonNode flow) {
        CodeHandshake handshake = begin(flow, flow.path("code").asText());

        assertThat(handshake.wrapped())
                .isEqualTo(content(flow.path("primaryHello"), "link_code_pairing_wrapped_primary_ephemeral_pub"));
        assertThat(handshake.advSecret(bundle(flow), companionIdentity(flow)))
                .isEqualTo(b64(flow.path("intermediate").path("advSecret")));
    }

    @Test
    void cannotOpenTheBundleOfAnotherCode() throws IOException {
        JsonNode flow = flows().get(0);
        CodeHandshake handshake = begin(flow, "ABCD1234");
        assertThatThrownBy(() -> handshake.advSecret(bundle(flow), companionIdentity(flow)))
                .isInstanceOf(PairingRefusedException.class)
                .hasMessageContaining("wrong code");
    }

    @Test
    void refusesABundleForAnotherIdentityOrOfAnotherLength() throws IOException {
        JsonNode flow = flows().get(0);
        CodeHandshake handshake = begin(flow, flow.path("code").asText());
        assertThatThrownBy(() -> handshake.advSecret(
                        bundle(flow), b64(flow.path("creds").path("noiseKey").path("public"))))
                .isInstanceOf(PairingRefusedException.class)
                .hasMessageContaining("other identities");
        assertThatThrownBy(() -> handshake.advSecret(new byte[50], companionIdentity(flow)))
                .isInstanceOf(PairingRefusedException.class)
                .hasMessageContaining("50 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ABCD1234", "abcd-1234", " ABCD-1234 "})
    void takesACodeAsPeopleTypeIt(String typed) {
        assertThat(CodeHandshake.normalized(typed)).isEqualTo("ABCD1234");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ABCD123", "ABCD12345", "ABCD 123", "ABCD123Ü"})
    void refusesATextThatIsNoCode(String typed) {
        assertThatThrownBy(() -> CodeHandshake.normalized(typed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8 letters or digits");
    }

    private static CodeHandshake begin(JsonNode flow, String code) {
        JsonNode phone = flow.path("primary");
        byte[] salt = b64(phone.path("salt"));
        byte[] iv = b64(phone.path("iv"));
        byte[] saltAndIv = new byte[salt.length + iv.length];
        System.arraycopy(salt, 0, saltAndIv, 0, salt.length);
        System.arraycopy(iv, 0, saltAndIv, salt.length, iv.length);
        return CodeHandshake.begin(
                code,
                b64(flow.path("wrappedCompanionEphemeral")),
                keyPair(phone.path("identity")),
                new CodeHandshake.Draws(keyPair(phone.path("ephemeral")), saltAndIv));
    }

    private static KeyPair keyPair(JsonNode pair) {
        return new KeyPair(b64(pair.path("private")), b64(pair.path("public")));
    }

    private static byte[] bundle(JsonNode flow) {
        return content(flow.path("companionFinish"), "link_code_pairing_wrapped_key_bundle");
    }

    private static byte[] companionIdentity(JsonNode flow) {
        return b64(flow.path("creds").path("signedIdentityKey").path("public"));
    }

    private static byte[] content(JsonNode stanza, String tag) {
        for (JsonNode child : stanza.path("content").get(0).path("content")) {
            if (child.path("tag").asText().equals(tag)) {
                return b64(child.path("content").path("b64"));
            }
        }
        throw new AssertionError("the vector has no " + tag);
    }

    private static byte[] b64(JsonNode value) {
        return Base64.getDecoder().decode(value.asText());
    }
}
