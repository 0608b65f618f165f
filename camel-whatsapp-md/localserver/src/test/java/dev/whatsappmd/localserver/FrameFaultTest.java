package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.noise.NoiseException;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.FrameFault;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames with something wrong, on an open connection and in the handshake. */
class FrameFaultTest {
    private static final StanzaMatch OFFLINE = StanzaMatch.tag("ib").child("offline");

    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private LocalWhatsAppServer server;
    private Linked linked;

    @BeforeEach
    void link() {
        server = whatsApp.server();
        linked = Linked.by(server.phone("4915100000001"), server);
    }

    static Stream<FrameFault> unreadable() {
        return Stream.of(
                FrameFault.corrupt(),
                FrameFault.truncated(1),
                FrameFault.truncated(20),
                FrameFault.empty(),
                FrameFault.garbage());
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void aFrameThatDoesNotDecryptComesAtOnce(FrameFault fault) {
        try (TestClient client = linked.goActive(server)) {
            client.take(OFFLINE);
            ServerConnection connection = server.awaitOpen(TestClient.LIMIT);
            connection.inflict(fault);
            assertThatThrownBy(() -> client.take(StanzaMatch.tag("nothing")))
                    .cause()
                    .isInstanceOf(NoiseException.class)
                    .hasMessageContaining("does not decrypt");
            assertThat(connection.isLive()).isTrue();
            assertThat(connection.record().faults()).containsExactly(fault);
        }
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void aFrameThatDoesNotDecryptComesRightAfterTheOfflineQueue(FrameFault fault) {
        server.script().onNext(Moment.OPEN, fault);
        try (TestClient client = linked.goActive(server)) {
            client.take(OFFLINE);
            assertThatThrownBy(() -> client.take(StanzaMatch.tag("nothing")))
                    .cause()
                    .isInstanceOf(NoiseException.class);
        }
    }

    static Stream<ServerFault> unreadableHellos() {
        return Stream.of(FrameFault.corrupt(), FrameFault.empty(), FrameFault.garbage());
    }

    @ParameterizedTest
    @MethodSource("unreadableHellos")
    void theServersHelloDoesNotHold(FrameFault fault) {
        server.script().onNext(Moment.HELLO, fault);
        try (TestClient client = TestClient.open(server)) {
            assertThatThrownBy(() -> client.shakeHands(server, NewCredentials.generate(TestClient.RANDOM)))
                    .cause()
                    .isInstanceOf(NoiseException.class);
        }
    }

    @Test
    void onlyTheNextFrameIsCorrupt() {
        server.script().onNext(Moment.LOGIN, FrameFault.corrupt());
        try (TestClient client = TestClient.connect(server, linked.credentials())) {
            // The frame that is lost is <success>; the next one is read by whoever counts on.
            byte[] lost = client.frame();
            assertThatThrownBy(() -> client.decrypt(lost)).isInstanceOf(NoiseException.class);
        }
        try (TestClient client = TestClient.connect(server, linked.credentials())) {
            client.take(StanzaMatch.tag("success"));
        }
    }

    @Test
    void anOversizeFrameIsAnnouncedAndSwallowsWhatFollows() {
        try (TestClient client = linked.goActive(server)) {
            client.take(OFFLINE);
            ServerConnection connection = server.awaitOpen(TestClient.LIMIT);
            connection.inflict(FrameFault.oversize());
            connection.send(Node.of("ib"));
            await().atMost(TestClient.LIMIT).until(() -> client.pendingBytes() > 3);
            assertThat(client.hasFrame()).isFalse();
            assertThat(connection.isLive()).isTrue();
        }
    }

    @Test
    void aTextMessageComesBetweenTheFrames() {
        try (TestClient client = linked.goActive(server)) {
            client.take(OFFLINE);
            server.inflict(FrameFault.text());
            await().atMost(TestClient.LIMIT)
                    .until(() -> client.messages().stream().anyMatch(TestClient.Message::text));
            assertThat(client.query(TestClient.iq("get", "w:p")).attribute("type"))
                    .contains("result");
        }
    }

    @Test
    void garbageOnTheSocketIsNoWebsocketFrame() {
        try (TestClient client = linked.goActive(server)) {
            client.take(OFFLINE);
            server.inflict(ServerFault.garbage());
            assertThat(client.awaitEnd().code()).isEqualTo(1006);
        }
    }

    @Test
    void aStalledServerNeitherReadsNorSends() {
        try (TestClient client = linked.goActive(server)) {
            client.take(OFFLINE);
            ServerConnection connection = server.awaitOpen(TestClient.LIMIT);
            connection.inflict(ServerFault.stallFor(java.time.Duration.ofMillis(300)));
            int received = connection.record().received().size();
            long asked = System.nanoTime();
            assertThat(client.query(TestClient.iq("get", "w:p")).attribute("type"))
                    .contains("result");
            assertThat(System.nanoTime() - asked).isGreaterThan(200_000_000L);
            assertThat(connection.record().received()).hasSize(received + 1);
        }
    }
}
