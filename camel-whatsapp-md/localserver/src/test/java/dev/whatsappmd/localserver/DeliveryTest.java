package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.TestClient.Message;
import dev.whatsappmd.localserver.fault.Delivery;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Unusual ways to deliver the same stream. */
class DeliveryTest {
    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private LocalWhatsAppServer server;
    private Linked linked;

    @BeforeEach
    void link() {
        server = whatsApp.server();
        linked = Linked.by(server.phone("4915100000001"), server);
    }

    static Stream<Delivery> all() {
        return Stream.of(
                Delivery.byteByByte(),
                Delivery.inPieces(7),
                Delivery.fragmented(5),
                Delivery.batched(Duration.ofMillis(20)),
                Delivery.deflated());
    }

    @ParameterizedTest
    @MethodSource("all")
    void theStreamStaysTheSameFromTheFirstByteToTheLast(Delivery delivery) {
        server.script().onNext(Moment.ACCEPT, delivery);
        linked.device().deliver(notification("n1"));
        try (TestClient client = linked.goActive(server)) {
            client.take(StanzaMatch.tag("ib").child("offline_preview"));
            server.connections().get(1).closeWith(ServerClose.streamError(503));
            List<Node> last = client.takeUntilEnd();
            assertThat(last).extracting(Node::tag).containsExactly("stream:error", "xmlstreamend");
            assertThat(client.awaitEnd().code()).isEqualTo(1000);
        }
    }

    @Test
    void byteByByteIsAMessageForEachByte() {
        assertThat(loginMessages(Delivery.byteByByte()))
                .hasSizeGreaterThan(100)
                .allSatisfy(message -> assertThat(message).isEqualTo(new Message(false, 1, true)));
    }

    @Test
    void piecesAreNotLongerThanTold() {
        assertThat(loginMessages(Delivery.inPieces(7)))
                .allSatisfy(message -> assertThat(message.length()).isBetween(1, 7))
                .anySatisfy(message -> assertThat(message.length()).isEqualTo(7));
    }

    @Test
    void fragmentsAreFramesOfOneMessage() {
        assertThat(loginMessages(Delivery.fragmented(50)))
                .allSatisfy(message -> assertThat(message.length()).isLessThanOrEqualTo(50))
                .anySatisfy(message -> assertThat(message.last()).isFalse())
                .anySatisfy(message -> assertThat(message.last()).isTrue());
    }

    @Test
    void aBatchIsOneMessage() {
        server.script().onNext(Moment.LOGIN, Delivery.batched(Duration.ofMillis(20)));
        try (TestClient client = linked.login(server)) {
            int before = client.messages().size();
            for (int i = 0; i < 10; i++) {
                client.send(TestClient.iq("get", "w:p").attribute("id", "q" + i).build());
            }
            for (int i = 0; i < 10; i++) {
                client.take(StanzaMatch.tag("iq").with("id", "q" + i));
            }
            assertThat(client.messages().size() - before).isLessThan(10);
        }
    }

    @Test
    void deflatedStanzasSaySoInTheirFirstByte() {
        server.script().onNext(Moment.LOGIN, Delivery.deflated());
        try (TestClient client = TestClient.connect(server, linked.credentials())) {
            byte[] plaintext = client.decrypt(client.frame());
            assertThat(plaintext[0] & 2).isEqualTo(2);
        } catch (dev.whatsappmd.engine.noise.NoiseException e) {
            throw new AssertionError(e);
        }
    }

    private List<Message> loginMessages(Delivery delivery) {
        server.script().onNext(Moment.ACCEPT, delivery);
        try (TestClient client = linked.login(server)) {
            return client.messages();
        }
    }

    private static Node notification(String id) {
        return Node.builder("notification")
                .attribute("id", id)
                .attribute("from", "s.whatsapp.net")
                .build();
    }
}
