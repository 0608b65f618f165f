package dev.whatsappmd.engine.pairing;

import static dev.whatsappmd.engine.Vectors.b64;
import static dev.whatsappmd.engine.Vectors.node;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.pairing.PairSuccess.Accepted;
import dev.whatsappmd.engine.pairing.PairSuccess.Refused;
import dev.whatsappmd.engine.proto.adv.ADVSignedDeviceIdentity;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.Credentials.Account;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PairSuccessTest {
    private static final String FILE = "pairing.json";
    private static final Instant NOW = Instant.ofEpochSecond(1_768_478_400);

    @TestFactory
    Stream<DynamicTest> repliesAsTheReferenceDoesWithItsOwnSignature() {
        return Vectors.tests(FILE, "pairSuccess", c -> {
            for (Node stanza : stanzas(c)) {
                Node reply = accepted(c, stanza).reply();
                Node expected = node(c.path("reply"));
                assertThat(withoutIdentity(reply)).isEqualTo(withoutIdentity(expected));

                ADVSignedDeviceIdentity sent = ADVSignedDeviceIdentity.parseFrom(identity(reply));
                assertThat(sent.toBuilder().clearDeviceSignature().build().toByteArray())
                        .isEqualTo(b64(c.path("deviceIdentityWithoutDeviceSignature")));
                assertThat(XEdDsa.verify(
                                VectorCredentials.of(c.path("creds"))
                                        .identityKey()
                                        .publicKey(),
                                b64(c.path("deviceSignatureMessage")),
                                sent.getDeviceSignature().toByteArray()))
                        .isTrue();
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> learnsTheAccount() {
        return Vectors.tests(FILE, "pairSuccess", c -> {
            Accepted accepted = accepted(c, node(c.path("stanza")));
            JsonNode update = c.path("credsUpdate");
            Account account = accepted.updated().account().orElseThrow();
            assertThat(account.id())
                    .isEqualTo(Jid.parse(update.path("me").path("id").asText()));
            assertThat(account.lid())
                    .contains(Jid.parse(update.path("me").path("lid").asText()));
            assertThat(account.businessName().orElse(null))
                    .isEqualTo(update.path("me").path("name").textValue());
            assertThat(account.platform())
                    .isEqualTo(
                            Objects.requireNonNullElse(update.path("platform").textValue(), ""));
            assertThat(account.pushName()).isEmpty();
            assertThat(account.pairedAt()).isEqualTo(NOW);
            assertThat(account.primaryIdentityKey())
                    .isEqualTo(b64(c.path("accountKey").path("public")));
            assertThat(accepted.updated().registered()).isTrue();

            ADVSignedDeviceIdentity kept = ADVSignedDeviceIdentity.parseFrom(account.signedDeviceIdentity());
            ADVSignedDeviceIdentity expected = ADVSignedDeviceIdentity.parseFrom(b64(c.path("accountBytesWithKey")));
            assertThat(kept.toBuilder().clearDeviceSignature().build())
                    .isEqualTo(expected.toBuilder().clearDeviceSignature().build());
            assertThat(kept.getDeviceSignature())
                    .isEqualTo(ADVSignedDeviceIdentity.parseFrom(identity(accepted.reply()))
                            .getDeviceSignature());
        });
    }

    @TestFactory
    Stream<DynamicTest> keepsTheKeysAsTheyWere() {
        return Vectors.tests(FILE, "pairSuccess", c -> {
            Credentials before = VectorCredentials.of(c.path("creds"));
            Credentials after = accepted(c, node(c.path("stanza"))).updated();
            assertThat(after.identityKey()).isEqualTo(before.identityKey());
            assertThat(after.noiseKey()).isEqualTo(before.noiseKey());
            assertThat(after.advSecret()).isEqualTo(before.advSecret());
            assertThat(after.registrationId()).isEqualTo(before.registrationId());
            assertThat(after.nextPreKeyId()).isEqualTo(before.nextPreKeyId());
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesWithAnErrorAndNothingElse() {
        return Vectors.tests(FILE, "pairSuccessInvalid", c -> {
            for (Node stanza : stanzas(c)) {
                Refused refused = (Refused) verify(c, stanza);
                int code = c.path("why").asText().matches("structure|protobuf") ? 500 : 401;
                assertThat(refused.code()).isEqualTo(code);
                assertThat(refused.why()).isNotBlank().doesNotContainPattern("\\d{5,}");

                Node reply = refused.errorReply();
                assertThat(reply.tag()).isEqualTo("iq");
                assertThat(reply.attributes())
                        .containsEntry("to", "@s.whatsapp.net")
                        .containsEntry("type", "error")
                        .containsEntry("id", stanza.attribute("id").orElseThrow())
                        .hasSize(3);
                assertThat(reply.children()).singleElement().satisfies(error -> {
                    assertThat(error.tag()).isEqualTo("error");
                    assertThat(error.hasAttribute("code", Integer.toString(code)))
                            .isTrue();
                });
            }
        });
    }

    @Test
    void namesTheFailedCheckToTheServer() {
        assertThat(Vectors.cases(FILE, "pairSuccessInvalid").stream()
                        .map(c -> (Refused) verify(c, node(c.path("stanza"))))
                        .map(refused -> refused.errorReply().children().get(0).attribute("text", "")))
                .containsOnly("hmac-mismatch", "signature-mismatch", "internal-error");
    }

    @Test
    void acceptsAnAccountWithoutAHiddenAddress() {
        JsonNode c = Vectors.cases(FILE, "pairSuccess").get(0);
        Node stanza = withDevice(
                node(c.path("stanza")),
                Node.builder("device")
                        .attribute("jid", "4912345678:3@s.whatsapp.net")
                        .build());
        Account account = accepted(c, stanza).updated().account().orElseThrow();
        assertThat(account.lid()).isEmpty();
        assertThat(account.id().device()).hasValue(3);
    }

    @Test
    void refusesAnAddressThatCannotLogIn() {
        JsonNode c = Vectors.cases(FILE, "pairSuccess").get(0);
        for (String jid : List.of("", "no address", "4912345678@s.whatsapp.net", "x:3@s.whatsapp.net", "49:3@lid")) {
            Node device = Node.builder("device").attribute("jid", jid).build();
            Refused refused = (Refused) verify(c, withDevice(node(c.path("stanza")), device));
            assertThat(refused.code()).as(jid).isEqualTo(500);
        }
    }

    @Test
    void refusesTheCodeOfAnotherDevice() {
        JsonNode c = Vectors.cases(FILE, "pairSuccess").get(0);
        Credentials other = NewCredentials.generate(new SplittableRandom(8));
        Refused refused = (Refused) PairSuccess.verify(node(c.path("stanza")), other, NOW, new SplittableRandom(9));
        assertThat(refused.code()).isEqualTo(401);
    }

    @Test
    void refusesASecretThatWasRotatedSinceTheCodeWasShown() {
        JsonNode c = Vectors.cases(FILE, "pairSuccess").get(0);
        Credentials rotated =
                NewCredentials.withNewAdvSecret(VectorCredentials.of(c.path("creds")), new SplittableRandom(10));
        assertThat(PairSuccess.verify(node(c.path("stanza")), rotated, NOW, new SplittableRandom(11)))
                .isInstanceOf(Refused.class);
    }

    @Test
    void knowsItsStanza() {
        JsonNode c = Vectors.cases(FILE, "pairSuccess").get(0);
        assertThat(PairSuccess.matches(node(c.path("stanza")))).isTrue();
        assertThat(PairSuccess.matches(node(c.path("reply")))).isFalse();
        assertThat(PairSuccess.matches(
                        node(Vectors.cases(FILE, "pairDevice").get(0).path("stanza"))))
                .isFalse();
    }

    private static List<Node> stanzas(JsonNode c) throws Exception {
        return List.of(node(c.path("stanza")), NodeDecoder.decode(b64(c.path("stanzaBytes"))));
    }

    private static PairSuccess.Result verify(JsonNode c, Node stanza) {
        return PairSuccess.verify(stanza, VectorCredentials.of(c.path("creds")), NOW, new SplittableRandom(12));
    }

    private static Accepted accepted(JsonNode c, Node stanza) {
        PairSuccess.Result result = verify(c, stanza);
        assertThat(result).isInstanceOf(Accepted.class);
        return (Accepted) result;
    }

    private static byte[] identity(Node reply) {
        return reply.child("pair-device-sign")
                .flatMap(sign -> sign.child("device-identity"))
                .flatMap(Node::bytes)
                .orElseThrow();
    }

    /** The reply with its signed content blanked: signatures differ each time. */
    private static Node withoutIdentity(Node reply) {
        Node sign = reply.child("pair-device-sign").orElseThrow();
        Node identity = sign.child("device-identity").orElseThrow();
        assertThat(sign.children()).hasSize(1);
        Node.Builder blank = Node.builder("device-identity");
        identity.attributes().forEach(blank::attribute);
        Node.Builder top = Node.builder(reply.tag());
        reply.attributes().forEach(top::attribute);
        return top.child(Node.builder(sign.tag()).child(blank.build()).build()).build();
    }

    private static Node withDevice(Node stanza, Node device) {
        Node body = stanza.children().get(0);
        Node.Builder changed = Node.builder(body.tag()).child(device);
        body.children().stream().filter(child -> !child.is("device")).forEach(changed::child);
        Node.Builder top = Node.builder(stanza.tag());
        stanza.attributes().forEach(top::attribute);
        return top.child(changed.build()).build();
    }
}
