package dev.whatsappmd.engine.pairing;

import static dev.whatsappmd.engine.Vectors.b64;
import static dev.whatsappmd.engine.Vectors.node;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.store.Credentials;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PairDeviceTest {
    @TestFactory
    Stream<DynamicTest> showsTheCodesOfTheReferenceInItsOrder() {
        return Vectors.tests("pairing.json", "pairDevice", c -> {
            Credentials credentials = VectorCredentials.of(c.path("creds"));
            JsonNode browser = c.path("browser");
            String platformId =
                    new DeviceProfile(browser.get(0).asText(), browser.get(1).asText()).companionPlatformId();
            assertThat(platformId).isEqualTo(c.path("companionPlatformId").asText());

            for (Node stanza : List.of(node(c.path("stanza")), NodeDecoder.decode(b64(c.path("stanzaBytes"))))) {
                PairDevice offer = PairDevice.parse(stanza).orElseThrow();
                assertThat(offer.refs().stream().map(ref -> QrCode.text(ref, credentials, platformId)))
                        .containsExactlyElementsOf(texts(c.path("qr")));
                assertThat(offer.reply()).isEqualTo(node(c.path("reply")));
            }
        });
    }

    @Test
    void showsTheFirstCodeLongerThanTheLaterOnes() {
        assertThat(IntStream.range(0, 6).mapToObj(QrCode::lifetime).map(Duration::toSeconds))
                .containsExactly(60L, 20L, 20L, 20L, 20L, 20L);
    }

    @Test
    void leavesOutReferencesWithoutText() {
        Node stanza = offer().child(Node.builder("pair-device")
                        .child(Node.of("ref"))
                        .child(Node.builder("ref").text("2@one").build())
                        .child(Node.builder("other").text("2@two").build())
                        .build())
                .build();
        assertThat(PairDevice.parse(stanza).orElseThrow().refs()).containsExactly("2@one");
    }

    @Test
    void ignoresOtherStanzas() {
        Node body = Node.of("pair-device");
        assertThat(PairDevice.parse(offer().build())).isEmpty();
        assertThat(PairDevice.parse(
                        offer().attribute("type", "result").child(body).build()))
                .isEmpty();
        assertThat(PairDevice.parse(offer().attribute("from", "33140379053@s.whatsapp.net")
                        .child(body)
                        .build()))
                .isEmpty();
        assertThat(PairDevice.parse(Node.builder("notification").child(body).build()))
                .isEmpty();
    }

    @Test
    void knowsWhenTheSecretHasToChange() {
        for (String child : List.of("companion_reg_refresh", "pair-device-rotate-qr")) {
            Node.Builder notice = Node.builder("notification")
                    .attribute("type", "companion_reg_refresh")
                    .child(child);
            assertThat(PairDevice.wantsNewSecret(
                            notice.attribute("from", "s.whatsapp.net").build()))
                    .isTrue();
            assertThat(PairDevice.wantsNewSecret(
                            notice.attribute("from", "1@s.whatsapp.net").build()))
                    .isFalse();
        }
        assertThat(PairDevice.wantsNewSecret(offer().child("pair-device").build()))
                .isFalse();
    }

    @Test
    void tellsNoReferenceInItsText() {
        assertThat(new PairDevice("1", List.of("2@secret"))).hasToString("PairDevice[1 refs]");
    }

    private static Node.Builder offer() {
        return Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "set")
                .attribute("id", "17");
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
