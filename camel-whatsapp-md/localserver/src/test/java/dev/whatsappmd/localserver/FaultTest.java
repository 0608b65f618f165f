package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.ServerScript;
import dev.whatsappmd.localserver.record.StanzaMatch;
import dev.whatsappmd.localserver.transport.LinkEnd;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to end or spoil a connection, now and at each moment. */
class FaultTest {
    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private LocalWhatsAppServer server;
    private SimulatedPhone phone;

    @BeforeEach
    void start() {
        server = whatsApp.server();
        phone = server.phone("4915100000001");
    }

    static Stream<ServerClose> stanzas() {
        return Stream.of(
                ServerClose.streamError(515),
                ServerClose.streamError(503),
                ServerClose.streamError(Node.of("bad-format")),
                ServerClose.conflict("replaced"),
                ServerClose.conflict("device_removed", 401),
                ServerClose.ack("3EB0ABCDEF"),
                ServerClose.xmlNotWellFormed(),
                ServerClose.failure(403, Map.of("logout_message_header", "locked")),
                ServerClose.stanza(Node.builder("ib").child("offline").build()),
                ServerClose.streamEnd());
    }

    @ParameterizedTest
    @MethodSource("stanzas")
    void sendsTheStanzaAndThenCloses(ServerClose close) {
        ServerClose.Stanza stanza = (ServerClose.Stanza) close;
        Linked linked = Linked.by(phone, server);
        try (TestClient client = linked.goActive(server)) {
            ServerConnection connection = server.awaitOpen(TestClient.LIMIT);
            client.take(StanzaMatch.tag("ib").child("offline"));

            server.closeWith(close);

            List<Node> last = client.takeUntilEnd();
            assertThat(last.get(0)).isEqualTo(stanza.stanza());
            assertThat(last).hasSize(stanza.streamEnd() ? 2 : 1);
            assertThat(client.awaitEnd().code()).isEqualTo(1000);
            assertThat(connection.isLive()).isFalse();
            assertThat(connection.record().faults()).containsExactly(close);
            assertThat(connection.record().end().orElseThrow().by()).isEqualTo(LinkEnd.By.SERVER);
        }
    }

    @Test
    void closesTheSocketWithTheCodeAndNothingElse() {
        try (TestClient client = Linked.by(phone, server).goActive(server)) {
            server.closeWith(ServerClose.socketClose(4001, "enough"));
            assertThat(client.awaitEnd().code()).isEqualTo(4001);
        }
    }

    @Test
    void announcesAnEndThatDoesNotCome() {
        Node error = Node.builder("stream:error").attribute("code", "0").build();
        Linked linked = Linked.by(phone, server);
        try (TestClient client = linked.goActive(server)) {
            client.take(StanzaMatch.tag("ib").child("offline"));
            ServerConnection connection = server.awaitOpen(TestClient.LIMIT);

            connection.inflict(ServerFault.says(error));

            assertThat(client.take(StanzaMatch.any())).isEqualTo(error);
            assertThat(client.query(TestClient.iq("get", "w:p")).attribute("type"))
                    .contains("result");
            assertThat(connection.isLive()).isTrue();
        }
    }

    @Test
    void saysSomethingAtAMomentAndGoesOn() {
        Node word = Node.of("never-seen-before");
        Linked linked = Linked.by(phone, server);
        server.script().onNext(Moment.LOGIN, ServerFault.says(word));
        try (TestClient client = TestClient.connect(server, linked.credentials())) {
            assertThat(client.take(StanzaMatch.any())).isEqualTo(word);
            assertThat(client.take(StanzaMatch.any()).tag()).isEqualTo("success");
        }
        assertThatThrownBy(() -> server.script().onHello(1, ServerFault.says(word)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("says never-seen-before");
    }

    @Test
    void anEndWaitsForTheEndOfAStall() {
        Linked linked = Linked.by(phone, server);
        try (TestClient client = linked.goActive(server)) {
            client.take(StanzaMatch.tag("ib").child("offline"));
            ServerConnection connection = server.awaitOpen(TestClient.LIMIT);
            connection.inflict(ServerFault.stallFor(java.time.Duration.ofMillis(200)));
            connection.closeWith(ServerClose.streamError(503));
            connection.closeWith(ServerClose.streamError(515));
            assertThat(connection.isLive()).isTrue();

            assertThat(client.takeUntilEnd()).extracting(Node::tag).containsExactly("stream:error", "xmlstreamend");
            assertThat(client.awaitEnd().code()).isEqualTo(1000);
            server.awaitClosed(connection, TestClient.LIMIT);
        }
    }

    @Test
    void aStalledConnectionCanBeReset() {
        try (TestClient client = Linked.by(phone, server).goActive(server)) {
            ServerConnection connection = server.awaitOpen(TestClient.LIMIT);
            connection.inflict(ServerFault.stall());
            connection.closeWith(ServerClose.streamError(503));
            connection.closeWith(ServerClose.tcpReset());
            assertThat(client.awaitEnd().code()).isEqualTo(1006);
        }
    }

    @Test
    void resetsTheTcpConnection() {
        try (TestClient client = Linked.by(phone, server).goActive(server)) {
            server.closeWith(ServerClose.tcpReset());
            assertThat(client.awaitEnd().code()).isEqualTo(1006);
        }
    }

    @Test
    void silenceAnswersNothingAndKeepsTheSocket() {
        Linked linked = Linked.by(phone, server);
        try (TestClient client = linked.goActive(server)) {
            client.take(StanzaMatch.tag("ib").child("offline"));
            ServerConnection silenced = server.awaitOpen(TestClient.LIMIT);
            silenced.inflict(ServerFault.silence());
            int before = silenced.record().stanzas().size();
            client.send(TestClient.iq("get", "w:p").attribute("id", "lost").build());
            linked.device()
                    .deliver(Node.builder("notification")
                            .attribute("id", "n1")
                            .attribute("from", "s.whatsapp.net")
                            .build());
            // A second connection proves that the server has worked on meanwhile.
            Linked.by(phone, server);
            assertThat(silenced.isLive()).isTrue();
            assertThat(silenced.record().stanzas()).hasSize(before);

            client.abort();
            server.awaitClosed(silenced, TestClient.LIMIT);
            assertThat(silenced.record().end().orElseThrow().by()).isNotEqualTo(LinkEnd.By.SERVER);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"LOGIN", "SUCCESS", "ACTIVE", "OPEN"})
    void closesALinkedDeviceAtTheMomentOfTheScriptAndGoesNoFurther(Moment moment) {
        Linked linked = Linked.by(phone, server);
        server.script().on(moment, 1, ServerClose.streamError(503));
        linked.device()
                .deliver(Node.builder("notification")
                        .attribute("id", "n1")
                        .attribute("from", "s.whatsapp.net")
                        .build());
        server.offlineMode(dev.whatsappmd.localserver.account.OfflineMode.PUSH);

        try (TestClient client = TestClient.connect(server, linked.credentials())) {
            if (moment.compareTo(Moment.SUCCESS) > 0) {
                client.take(StanzaMatch.tag("success"));
                client.send(TestClient.iq("set", "passive", Node.of("active"))
                        .attribute("id", "a")
                        .build());
            }
            List<Node> all = client.takeUntilEnd();
            assertThat(all.get(all.size() - 2).attribute("code")).contains("503");
            assertThat(all.stream().anyMatch(node -> node.is("success"))).isEqualTo(moment == Moment.SUCCESS);
            assertThat(all.stream().anyMatch(node -> node.is("notification"))).isEqualTo(moment == Moment.OPEN);
        }
        ServerConnection second = server.connections().get(1);
        for (Moment other : Moment.values()) {
            boolean comes = other.compareTo(Moment.HELLO) <= 0
                    || other.compareTo(Moment.LOGIN) >= 0 && other.compareTo(moment) <= 0;
            assertThat(second.record().reached(other)).as(other.name()).isEqualTo(comes);
        }
    }

    @Test
    void closesAtRegistrationBeforeAnyRefIsGiven() {
        server.script().onRegistration(1, ServerClose.streamError(503));
        Credentials credentials = NewCredentials.generate(TestClient.RANDOM);
        try (TestClient client = TestClient.connect(server, credentials)) {
            assertThat(client.takeUntilEnd()).extracting(Node::tag).containsExactly("stream:error", "xmlstreamend");
        }
        assertThat(Linked.by(phone, server).device().id()).isEqualTo(1);
    }

    @Test
    void closesAtHelloBeforeItsOwn() {
        server.script().onHello(1, ServerClose.socketClose(1011));
        Credentials credentials = NewCredentials.generate(TestClient.RANDOM);
        try (TestClient client = TestClient.open(server)) {
            assertThatThrownBy(() -> client.shakeHands(server, credentials)).hasMessageContaining("a frame");
        }
    }

    @Test
    void aBareCloseMayStandWhereThe515Is() throws Exception {
        server.script().onPaired(1, ServerClose.socketClose(1000));
        Credentials credentials = NewCredentials.generate(TestClient.RANDOM);
        try (TestClient client = TestClient.connect(server, credentials)) {
            CompletableFuture<LinkedDevice> scan =
                    phone.startScan(Linked.codes(client, credentials).get(0));
            Node success = client.take(StanzaMatch.tag("iq").child("pair-success"));
            client.send(Linked.accepted(success, credentials).reply());
            assertThat(client.takeUntilEnd()).isEmpty();
            assertThat(scan.get(10, java.util.concurrent.TimeUnit.SECONDS).id()).isEqualTo(1);
        }
    }

    @Test
    void theScriptCountsOverAllConnections() {
        server.script().onLogin(2, ServerClose.failure(503));
        Linked linked = Linked.by(phone, server);
        for (String expected : List.of("success", "failure", "success")) {
            try (TestClient client = TestClient.connect(server, linked.credentials())) {
                assertThat(client.take(StanzaMatch.any()).tag()).isEqualTo(expected);
            }
        }
        assertThat(server.script().count(Moment.LOGIN)).isEqualTo(3);
    }

    @Test
    void everyAndNextAndNumbersMayBeMixed() {
        ServerScript script = new ServerScript();
        ServerFault first = ServerClose.streamError(1);
        ServerFault every = ServerClose.streamError(2);
        ServerFault third = ServerClose.streamError(3);
        script.onNext(Moment.LOGIN, first).onEvery(Moment.LOGIN, every).onLogin(3, third);
        assertThat(script.next(Moment.LOGIN)).contains(first);
        assertThat(script.next(Moment.LOGIN)).contains(every);
        assertThat(script.next(Moment.LOGIN)).contains(third);
        assertThat(script.next(Moment.SUCCESS)).isEmpty();
        script.clear();
        assertThat(script.next(Moment.LOGIN)).isEmpty();
        assertThat(script.count(Moment.LOGIN)).isEqualTo(4);
    }

    @Test
    void refusesAFaultThatCannotBeDoneAtItsMoment() {
        assertThatThrownBy(() -> server.script().onHello(1, ServerClose.streamError(503)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("stream:error 503")
                .hasMessageContaining("HELLO");
        assertThatThrownBy(() -> server.script().onLogin(0, ServerClose.failure(503)))
                .hasMessageContaining("counted from 1");
        assertThatThrownBy(() -> ServerClose.socketClose(1006)).hasMessageContaining("1006 cannot be sent");
    }
}
