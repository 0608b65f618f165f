package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.pairing.PairingRefusedException;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The engine's own pairing room against the server: QR code, signatures both ways, 515, login. */
class PairingTest {
    private LocalWhatsAppServer server;
    private final Credentials credentials = NewCredentials.generate(TestClient.RANDOM);

    @BeforeEach
    void start() {
        server = LocalWhatsAppServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(server.internalFailures()).isEmpty();
    }

    @Test
    void linksAClientAndLogsItIn() {
        SimulatedPhone phone = server.phone("4915100000001");

        Linked linked = Linked.by(phone, server);

        assertThat(linked.device().jid()).isEqualTo("4915100000001:1@s.whatsapp.net");
        assertThat(linked.device().lid()).isEqualTo(phone.lid().replace("@", ":1@"));
        assertThat(linked.credentials().account().orElseThrow().id().toString())
                .isEqualTo(linked.device().jid());
        assertThat(phone.devices()).containsExactly(linked.device());
        ServerConnection first = server.await(Moment.PAIRED, 1, TestClient.LIMIT);
        server.awaitClosed(first, TestClient.LIMIT);

        try (TestClient client = TestClient.connect(server, linked.credentials())) {
            Node success = client.take(StanzaMatch.tag("success"));
            assertThat(success.attribute("lid")).contains(linked.device().lid());
            assertThat(success.attribute("t").map(Long::parseLong).orElseThrow())
                    .isCloseTo(System.currentTimeMillis() / 1000, org.assertj.core.data.Offset.offset(60L));
        }
        ServerConnection second = server.await(Moment.SUCCESS, 1, TestClient.LIMIT);
        assertThat(second.index()).isEqualTo(2);
        assertThat(first.record().generation()).isEqualTo(1);
        assertThat(second.record().generation()).isEqualTo(2);
        assertThat(server.recording().failures()).isEmpty();
    }

    @Test
    void givesSixDifferentRefsAndNewOnesPerConnection() {
        List<String> first;
        try (TestClient client = TestClient.connect(server, credentials)) {
            first = Linked.codes(client, credentials);
        }
        try (TestClient client = TestClient.connect(server, credentials)) {
            assertThat(first).hasSize(6).doesNotHaveDuplicates();
            assertThat(Linked.codes(client, credentials)).hasSize(6).doesNotContainAnyElementsOf(first);
        }
    }

    @Test
    void takesTheLastOfTheSixCodes() throws Exception {
        try (TestClient client = TestClient.connect(server, credentials)) {
            CompletableFuture<LinkedDevice> scan = server.phone("4915100000001")
                    .startScan(Linked.codes(client, credentials).get(5));
            Node success = client.take(StanzaMatch.tag("iq").child("pair-success"));
            client.send(Linked.accepted(success, credentials).reply());
            assertThat(scan.get(10, TimeUnit.SECONDS).id()).isEqualTo(1);
        }
    }

    @Test
    void refusesTheCodeOfAConnectionThatHasEnded() {
        String code;
        try (TestClient client = TestClient.connect(server, credentials)) {
            code = Linked.codes(client, credentials).get(0);
        }
        server.awaitAllClosed(TestClient.LIMIT);

        assertThatThrownBy(() -> server.phone("4915100000001").scan(code))
                .isInstanceOf(PairingRefusedException.class)
                .hasMessageContaining("no such ref");
    }

    @Test
    void refusesACodeThatIsTooOld() {
        try (LocalWhatsAppServer quick = LocalWhatsAppServer.builder()
                        .refLifetime(Duration.ofNanos(1))
                        .start();
                TestClient client = TestClient.connect(quick, credentials)) {
            String code = Linked.codes(client, credentials).get(0);
            assertThatThrownBy(() -> quick.phone("4915100000001").scan(code))
                    .isInstanceOf(PairingRefusedException.class)
                    .hasMessageContaining("too old");
        }
    }

    @Test
    void refusesACodeWithOtherKeysThanTheClient() {
        try (TestClient client = TestClient.connect(server, credentials)) {
            String code = Linked.codes(client, NewCredentials.generate(TestClient.RANDOM))
                    .get(0);
            assertThatThrownBy(() -> server.phone("4915100000001").scan(code))
                    .isInstanceOf(PairingRefusedException.class)
                    .hasMessageContaining("not those of the client");
        }
    }

    @Test
    void saysWhatIsWrongWithATextThatIsNoCode() {
        assertThatThrownBy(() -> server.phone("4915100000001").scan("2@abc"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ref,noise,identity,adv,platform");
    }

    @Test
    void scanFailsWhenTheClientRefusesPairSuccess() throws Exception {
        try (TestClient client = TestClient.connect(server, credentials)) {
            Credentials otherSecret = NewCredentials.withNewAdvSecret(credentials, TestClient.RANDOM);
            CompletableFuture<LinkedDevice> scan = server.phone("4915100000001")
                    .startScan(Linked.codes(client, otherSecret).get(0));
            Node success = client.take(StanzaMatch.tag("iq").child("pair-success"));
            var refused = (dev.whatsappmd.engine.pairing.PairSuccess.Refused)
                    dev.whatsappmd.engine.pairing.PairSuccess.verify(
                            success, credentials, java.time.Instant.now(), TestClient.RANDOM);
            client.send(refused.errorReply());
            assertThatThrownBy(() -> scan.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("the companion refused pair-success: 401");
        }
        assertThat(server.phone("4915100000001").devices()).isEmpty();
    }

    @Test
    void closesOnADeviceSignatureThatDoesNotHold() throws Exception {
        try (TestClient client = TestClient.connect(server, credentials)) {
            CompletableFuture<LinkedDevice> scan = server.phone("4915100000001")
                    .startScan(Linked.codes(client, credentials).get(0));
            Node success = client.take(StanzaMatch.tag("iq").child("pair-success"));
            Node reply = Linked.accepted(success, credentials).reply();
            client.send(withLastByteOfSignatureChanged(reply));

            assertThatThrownBy(() -> scan.get(10, TimeUnit.SECONDS)).hasMessageContaining("device signature");
            Node error = client.take(StanzaMatch.tag("stream:error"));
            assertThat(error.attribute("code")).contains("401");
        }
        assertThat(server.phone("4915100000001").devices()).isEmpty();
        assertThat(server.recording().failures()).hasSize(1);
    }

    @Test
    void linksBusinessAndHostedAccounts() {
        SimulatedPhone shop =
                server.newPhone("4915100000002").business("Corner Shop").create();
        SimulatedPhone hosted =
                server.newPhone("4915100000003").hosted().hostedDevice().create();

        Linked ofShop = Linked.by(shop, server);
        Linked ofHosted = Linked.by(hosted, server);

        assertThat(ofShop.credentials().account().orElseThrow().platform()).isEqualTo("smba");
        assertThat(ofHosted.device().id()).isEqualTo(1);
        Node pairSuccess = server.connections().get(0).record().sent().stream()
                .map(stanza -> stanza.node())
                .filter(node -> node.child("pair-success").isPresent())
                .findFirst()
                .orElseThrow();
        assertThat(pairSuccess
                        .child("pair-success")
                        .orElseThrow()
                        .child("biz")
                        .orElseThrow()
                        .attribute("name"))
                .contains("Corner Shop");
    }

    @Test
    void numbersDevicesOfOneAccountAndNeverReusesANumber() {
        SimulatedPhone phone = server.phone("4915100000001");
        assertThat(Linked.by(phone, server).device().id()).isEqualTo(1);
        Linked second = Linked.by(phone, server);
        assertThat(second.device().id()).isEqualTo(2);
        phone.removeDevice(second.device());
        assertThat(Linked.by(phone, server).device().id()).isEqualTo(3);
    }

    @Test
    void scannerTriesTheNextCodeAfterARefusal() {
        SimulatedPhone phone = server.phone("4915100000001");
        QrScanner scanner = phone.scanWhenShown();
        scanner.accept("no code");
        assertThat(scanner.lastRefusal()).contains("not the text of a linking QR code");
        try (TestClient client = TestClient.connect(server, credentials)) {
            String code = Linked.codes(client, credentials).get(0);
            scanner.accept(code);
            scanner.accept(code);
            Node success = client.take(StanzaMatch.tag("iq").child("pair-success"));
            client.send(Linked.accepted(success, credentials).reply());
            assertThat(scanner.linked().orTimeout(10, TimeUnit.SECONDS).join().id())
                    .isEqualTo(1);
        }
    }

    private static Node withLastByteOfSignatureChanged(Node reply) {
        Node identity = reply.child("pair-device-sign")
                .orElseThrow()
                .child("device-identity")
                .orElseThrow();
        byte[] changed = identity.bytes().orElseThrow().clone();
        changed[changed.length - 20] ^= 1;
        return Node.builder("iq")
                .attribute("to", "s.whatsapp.net")
                .attribute("type", "result")
                .attribute("id", reply.attribute("id"))
                .child(Node.builder("pair-device-sign")
                        .child(Node.builder("device-identity")
                                .attribute("key-index", identity.attribute("key-index"))
                                .bytes(changed)
                                .build())
                        .build())
                .build();
    }
}
