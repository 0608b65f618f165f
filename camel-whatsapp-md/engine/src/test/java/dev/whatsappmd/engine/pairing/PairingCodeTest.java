package dev.whatsappmd.engine.pairing;

import static dev.whatsappmd.engine.Vectors.b64;
import static dev.whatsappmd.engine.Vectors.node;
import static dev.whatsappmd.engine.Vectors.optionalB64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.pairing.PairingCode.Finished;
import dev.whatsappmd.engine.pairing.PairingCode.Refused;
import dev.whatsappmd.engine.store.Credentials;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairingCodeTest {
    private static final String FILE = "pairing.json";

    @TestFactory
    Stream<DynamicTest> asksThePhoneAsTheReferenceDoes() {
        return Vectors.tests(FILE, "pairingCode", c -> {
            PairingCode code = code(c);
            assertThat(code.code()).isEqualTo(c.path("code").asText());
            RandomGenerator random = draws(
                    b64(c.path("pbkdf2").path("salt")), b64(c.path("pbkdf2").path("iv")));
            Node hello = code.hello(VectorCredentials.of(c.path("creds")), device(c), random);
            assertThat(overTheWire(hello)).isEqualTo(withoutId(node(c.path("companionHello"))));
        });
    }

    @TestFactory
    Stream<DynamicTest> answersThePhoneAsTheReferenceDoes() {
        return Vectors.tests(FILE, "pairingCode", c -> {
            Credentials own = VectorCredentials.of(c.path("creds"));
            for (Node hello :
                    List.of(node(c.path("primaryHello")), NodeDecoder.decode(b64(c.path("primaryHelloBytes"))))) {
                assertThat(PairingCode.isPrimaryHello(hello)).isTrue();
                Finished finished = (Finished) code(c).finish(hello, own, finishDraws(c));
                assertThat(overTheWire(finished.request())).isEqualTo(withoutId(node(c.path("companionFinish"))));
                assertThat(finished.updated().advSecret())
                        .isEqualTo(b64(c.path("intermediate").path("advSecret")));
                assertThat(finished.updated().account()).isEmpty();
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> leadsToTheProofThatPairSuccessNeeds() {
        return Vectors.tests(FILE, "pairingCode", c -> {
            Credentials own = VectorCredentials.of(c.path("creds"));
            Finished finished = (Finished) code(c).finish(node(c.path("primaryHello")), own, finishDraws(c));
            Node pairSuccess = node(c.path("pairSuccess"));
            assertThat(verify(pairSuccess, finished.updated())).isInstanceOf(PairSuccess.Accepted.class);
            assertThat(verify(pairSuccess, own)).isInstanceOf(PairSuccess.Refused.class);
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesOwnCodesThatAreNone() {
        return Vectors.tests(FILE, "pairingCodeInvalid", c -> assertThatThrownBy(() -> PairingCode.create(
                        "491234567890", Optional.of(c.path("code").asText()), new SplittableRandom(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exactly 8"));
    }

    @Test
    void takesAnOwnCodeAsPeopleWriteIt() {
        PairingCode code = PairingCode.create("491234567890", Optional.of("abcd-1234"), new SplittableRandom(1));
        assertThat(code.code()).isEqualTo("ABCD1234");
        assertThat(code.toString()).doesNotContain("ABCD");
    }

    @Test
    void takesANumberAsPeopleWriteIt() {
        Credentials own = NewCredentials.generate(new SplittableRandom(1));
        PairingCode code = PairingCode.create("+49 (123) 456-78.90", Optional.empty(), new SplittableRandom(2));
        assertThat(code.code()).matches("[1-9A-HJ-NP-TV-Z]{8}");
        Node hello = code.hello(own, DeviceProfile.DEFAULT, new SplittableRandom(3));
        assertThat(hello.children().get(0).hasAttribute("jid", "491234567890@s.whatsapp.net"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0123456789", "123456", "1234567890123456", "phone", "+49x1234567"})
    void refusesWhatIsNoInternationalNumber(String number) {
        assertThatThrownBy(() -> PairingCode.create(number, Optional.empty(), new SplittableRandom(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("country code");
    }

    @Test
    void answersOnlyForTheReferenceTheServerGave() {
        JsonNode c = Vectors.cases(FILE, "pairingCode").get(0);
        Credentials own = VectorCredentials.of(c.path("creds"));
        Node primaryHello = node(c.path("primaryHello"));
        byte[] ref = primaryHello
                .children()
                .get(0)
                .child("link_code_pairing_ref")
                .flatMap(Node::bytes)
                .orElseThrow();
        assertThat(code(c).answered(helloAnswer(ref)).finish(primaryHello, own, finishDraws(c)))
                .isInstanceOf(Finished.class);
        assertThat(code(c).answered(helloAnswer(new byte[] {1})).finish(primaryHello, own, finishDraws(c)))
                .isInstanceOf(Refused.class);
    }

    @Test
    void knowsWhenItsCodeIsTakenNoMore() {
        PairingCode code = PairingCode.create("491234567890", Optional.empty(), new SplittableRandom(1))
                .answered(helloAnswer(new byte[] {1, 2}));
        assertThat(code.isRefresh(refresh(new byte[] {1, 2}))).isTrue();
        assertThat(code.isRefresh(refresh(new byte[] {1, 3}))).isFalse();
        assertThat(PairingCode.isPrimaryHello(refresh(new byte[] {1, 2}))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "link_code_pairing_wrapped_primary_ephemeral_pub",
                "primary_identity_pub",
                "link_code_pairing_ref"
            })
    void refusesAnAnswerWithAHole(String missing) {
        JsonNode c = Vectors.cases(FILE, "pairingCode").get(0);
        assertThat(finishWith(c, missing, null)).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"link_code_pairing_wrapped_primary_ephemeral_pub", "primary_identity_pub"})
    void refusesKeysOfAnotherLength(String tag) {
        JsonNode c = Vectors.cases(FILE, "pairingCode").get(0);
        assertThat(finishWith(c, tag, new byte[31])).isInstanceOf(Refused.class);
        assertThat(finishWith(c, tag, new byte[81])).isInstanceOf(Refused.class);
    }

    @Test
    void refusesAnIdentityOfLowOrder() {
        JsonNode c = Vectors.cases(FILE, "pairingCode").get(0);
        assertThat(finishWith(c, "primary_identity_pub", new byte[32])).isInstanceOf(Refused.class);
    }

    /** The vector's phone, with one field left out (null) or replaced. */
    private static PairingCode.Result finishWith(JsonNode c, String tag, byte[] content) {
        Node hello = node(c.path("primaryHello"));
        Node body = hello.children().get(0);
        Node.Builder changed = Node.builder(body.tag());
        body.attributes().forEach(changed::attribute);
        body.children().stream().filter(child -> !child.is(tag)).forEach(changed::child);
        if (content != null) {
            changed.child(Node.builder(tag).bytes(content).build());
        }
        Node.Builder top = Node.builder(hello.tag());
        hello.attributes().forEach(top::attribute);
        return code(c).finish(
                        top.child(changed.build()).build(), VectorCredentials.of(c.path("creds")), finishDraws(c));
    }

    private static PairingCode code(JsonNode c) {
        byte[] ephemeral = b64(c.path("creds").path("pairingEphemeralKeyPair").path("private"));
        Optional<byte[]> codeBytes = optionalB64(c.path("codeRandomBytes"));
        Optional<String> own = codeBytes.isPresent()
                ? Optional.empty()
                : Optional.of(c.path("code").asText());
        RandomGenerator random = codeBytes.map(bytes -> draws(ephemeral, bytes)).orElseGet(() -> draws(ephemeral));
        return PairingCode.create(c.path("phone").asText(), own, random);
    }

    private static DeviceProfile device(JsonNode c) {
        return new DeviceProfile(
                c.path("browser").get(0).asText(), c.path("browser").get(1).asText());
    }

    private static RandomGenerator finishDraws(JsonNode c) {
        JsonNode drawn = c.path("intermediate");
        return draws(b64(drawn.path("random")), b64(drawn.path("linkCodeSalt")), b64(drawn.path("bundleIv")));
    }

    /** Gives these, one for each call. */
    private static RandomGenerator draws(byte[]... values) {
        Deque<byte[]> left = new ArrayDeque<>(Arrays.asList(values));
        return new RandomGenerator() {
            @Override
            public void nextBytes(byte[] bytes) {
                byte[] next = left.remove();
                assertThat(bytes).hasSameSizeAs(next);
                System.arraycopy(next, 0, bytes, 0, bytes.length);
            }

            @Override
            public long nextLong() {
                throw new AssertionError("only bytes are drawn");
            }
        };
    }

    private static PairSuccess.Result verify(Node pairSuccess, Credentials credentials) {
        return PairSuccess.verify(pairSuccess, credentials, Instant.EPOCH, new SplittableRandom(4));
    }

    private static Node helloAnswer(byte[] ref) {
        return Node.builder("iq")
                .attribute("type", "result")
                .child(Node.builder("link_code_companion_reg").child(ref(ref)).build())
                .build();
    }

    private static Node refresh(byte[] ref) {
        return Node.builder("notification")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "link_code_companion_reg")
                .child(Node.builder("link_code_companion_reg")
                        .attribute("stage", "refresh_code")
                        .child(ref(ref))
                        .build())
                .build();
    }

    private static Node ref(byte[] ref) {
        return Node.builder("link_code_pairing_ref").bytes(ref).build();
    }

    /** As the server sees it: text that is no token arrives as bytes. */
    private static Node overTheWire(Node sent) throws Exception {
        return NodeDecoder.decode(NodeEncoder.encode(sent));
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
