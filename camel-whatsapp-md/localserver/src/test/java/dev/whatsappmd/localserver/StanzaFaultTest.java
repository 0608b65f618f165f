package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.CertificateFault;
import dev.whatsappmd.localserver.fault.LoginFault;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.StanzaFault;
import dev.whatsappmd.localserver.fault.UpgradeFault;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Faults about a certain stanza, and about the answer to the login. */
class StanzaFaultTest {
    private static final StanzaMatch PING = StanzaMatch.iq("get", "w:p");

    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private LocalWhatsAppServer server;
    private Linked linked;

    @BeforeEach
    void link() {
        server = whatsApp.server();
        linked = Linked.by(server.phone("4915100000001"), server);
    }

    @Test
    void refusesOneRequest() {
        server.script().onStanza(PING, 2, StanzaFault.iqError(503, "service-unavailable"));
        try (TestClient client = linked.login(server)) {
            assertThat(types(client, 3)).containsExactly("result", "error", "result");
        }
        assertThat(server.recording().failures()).isEmpty();
    }

    @Test
    void refusesWithTheCodeAndItsText() {
        server.script().onNextStanza(PING, StanzaFault.iqError(429, "rate-overlimit"));
        try (TestClient client = linked.login(server)) {
            Node error =
                    client.query(TestClient.iq("get", "w:p")).child("error").orElseThrow();
            assertThat(error.attribute("code")).contains("429");
            assertThat(error.attribute("text")).contains("rate-overlimit");
        }
    }

    @Test
    void leavesARequestWithoutAnswer() {
        server.script().onNextStanza(PING, StanzaFault.noAnswer());
        try (TestClient client = linked.login(server)) {
            client.send(TestClient.iq("get", "w:p").attribute("id", "lost").build());
            assertThat(client.arrivedSoFar()).noneMatch(node -> node.hasAttribute("id", "lost"));
        }
        assertThat(server.connections().get(1).record().faults()).containsExactly(StanzaFault.noAnswer());
    }

    @Test
    void aStanzaThatIsDroppedClearsNothing() {
        server.offlineMode(dev.whatsappmd.localserver.account.OfflineMode.PUSH);
        server.script().onNextStanza(StanzaMatch.tag("ack"), StanzaFault.noAnswer());
        linked.device()
                .deliver(Node.builder("notification")
                        .attribute("id", "n1")
                        .attribute("from", "s.whatsapp.net")
                        .build());
        try (TestClient client = linked.goActive(server)) {
            client.take(StanzaMatch.tag("notification"));
            client.send(Node.builder("ack")
                    .attribute("id", "n1")
                    .attribute("to", "s.whatsapp.net")
                    .attribute("class", "notification")
                    .build());
            client.arrivedSoFar();
            assertThat(linked.device().owed()).hasSize(1);
        }
    }

    @Test
    void endsTheConnectionWhenAStanzaComes() {
        server.script().onNextStanza(StanzaMatch.iq("set", "passive"), ServerClose.streamError(503));
        try (TestClient client = linked.login(server)) {
            client.send(TestClient.iq("set", "passive", Node.of("active"))
                    .attribute("id", "a")
                    .build());
            assertThat(client.takeUntilEnd()).extracting(Node::tag).containsExactly("stream:error", "xmlstreamend");
        }
        assertThat(server.connections().get(1).record().reached(Moment.ACTIVE)).isFalse();
    }

    @Test
    void everyAndNextAndNumbersMayBeMixed() {
        server.script()
                .onEveryStanza(PING, StanzaFault.iqError(1, "every"))
                .onStanza(PING, 2, StanzaFault.iqError(2, "second"));
        try (TestClient client = linked.login(server)) {
            assertThat(types(client, 3)).containsExactly("error", "error", "error");
            server.script().clear();
            assertThat(types(client, 1)).containsExactly("result");
        }
    }

    @Test
    void neverSaysThatTheLoginIsGood() {
        server.script().onNext(Moment.LOGIN, LoginFault.NO_SUCCESS);
        try (TestClient client = TestClient.connect(server, linked.credentials())) {
            assertThat(client.arrivedSoFar()).isEmpty();
            ServerConnection connection = linked.device().connection().orElseThrow();
            assertThat(connection.record().reached(Moment.SUCCESS)).isFalse();
        }
    }

    @Test
    void saysTwiceThatTheLoginIsGood() {
        server.script().onNext(Moment.LOGIN, LoginFault.TWO_SUCCESSES);
        try (TestClient client = TestClient.connect(server, linked.credentials())) {
            assertThat(client.take(StanzaMatch.any()).tag()).isEqualTo("success");
            assertThat(client.take(StanzaMatch.any()).tag()).isEqualTo("success");
            assertThat(client.query(TestClient.iq("set", "passive", Node.of("active")))
                            .attribute("type"))
                    .contains("result");
        }
    }

    @Test
    void refusesWhatIsAboutAnotherMoment() {
        for (ServerFault fault :
                List.of(UpgradeFault.httpStatus(503), CertificateFault.EXPIRED, LoginFault.NO_SUCCESS)) {
            assertThatThrownBy(() -> server.script().onNextStanza(PING, fault))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(fault.toString());
            assertThatThrownBy(() -> server.script().onOpen(1, fault)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> server.inflict(fault)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> server.script().onOpen(1, StanzaFault.noAnswer()))
                .hasMessageContaining("no answer")
                .hasMessageContaining("OPEN");
        assertThatThrownBy(() -> server.inflict(StanzaFault.noAnswer())).hasMessageContaining("cannot be done now");
        assertThatThrownBy(() -> server.script().onStanza(PING, 0, ServerFault.silence()))
                .hasMessageContaining("counted from 1");
    }

    private static List<String> types(TestClient client, int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(i -> client.query(TestClient.iq("get", "w:p")).attribute("type", "?"))
                .toList();
    }
}
