package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.proto.payload.ClientPayload;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is let in, who is not, and what happens to the connection that was there before. */
class LoginTest {
    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private LocalWhatsAppServer server;
    private SimulatedPhone phone;
    private Linked linked;

    @BeforeEach
    void link() {
        server = whatsApp.server();
        phone = server.phone("4915100000001");
        linked = Linked.by(phone, server);
    }

    @Test
    void refusesADeviceThatWasRemovedWhileItWasAway() {
        phone.removeDevice(linked.device());

        try (TestClient client = TestClient.connect(server, linked.credentials())) {
            Node failure = client.take(StanzaMatch.tag("failure"));
            assertThat(failure.attribute("reason")).contains("401");
            assertThat(failure.attribute("location")).isPresent();
            client.awaitEnd();
        }
        assertThat(linked.device().isRemoved()).isTrue();
        assertThat(phone.devices()).isEmpty();
    }

    @Test
    void refusesADeviceNumberThatWasNeverLinked() {
        ClientPayload other = login(linked.credentials()).setDevice(9).build();

        assertThat(failureReason(linked.credentials(), other)).contains("401");
    }

    @Test
    void refusesAnAccountThatDoesNotExist() {
        ClientPayload other =
                login(linked.credentials()).setUsername(4915199999999L).build();

        assertThat(failureReason(linked.credentials(), other)).contains("401");
    }

    @Test
    void refusesTheRightDeviceWithAnotherNoiseKey() {
        Credentials stranger = NewCredentials.generate(TestClient.RANDOM);

        assertThat(failureReason(stranger, login(linked.credentials()).build())).contains("401");
    }

    @Test
    void refusesALoginWithoutADeviceNumberAsAfterAnAbortedPairingCode() {
        ClientPayload noDevice = login(linked.credentials()).clearDevice().build();

        assertThat(failureReason(linked.credentials(), noDevice)).contains("401");
    }

    @Test
    void refusesAPayloadThatIsNoProtobuf() {
        try (TestClient client = TestClient.open(server)) {
            client.shakeHands(server, linked.credentials(), new byte[] {(byte) 0xff, 1, 2});
            assertThat(client.take(StanzaMatch.tag("failure")).attribute("reason"))
                    .contains("400");
        }
        assertThat(server.recording().failures()).hasSize(1);
    }

    @Test
    void refusesARegistrationWhoseSignedPreKeyDoesNotHold() throws Exception {
        Credentials credentials = NewCredentials.generate(TestClient.RANDOM);
        ClientPayload.Builder payload = ClientPayload.newBuilder().mergeFrom(TestClient.payload(credentials));
        payload.getDevicePairingDataBuilder().setESkeySig(com.google.protobuf.ByteString.copyFrom(new byte[64]));

        assertThat(failureReason(credentials, payload.build())).contains("400");
        assertThat(server.recording().failures().get(0).what()).contains("did not sign");
    }

    @Test
    void replacesTheOlderConnectionOfTheSameDevice() {
        try (TestClient older = linked.goActive(server);
                TestClient newer = linked.goActive(server)) {
            Node error = older.take(StanzaMatch.tag("stream:error"));
            assertThat(error.child("conflict").flatMap(node -> node.attribute("type")))
                    .contains("replaced");
            assertThat(older.take(StanzaMatch.tag("xmlstreamend")).children()).isEmpty();
            assertThat(older.awaitEnd().code()).isEqualTo(1000);
            assertThat(newer.query(TestClient.iq("get", "w:p")).attribute("type"))
                    .contains("result");
        }
    }

    @Test
    void devicesOfOneAccountDoNotReplaceEachOther() {
        Linked second = Linked.by(phone, server);
        try (TestClient one = linked.goActive(server);
                TestClient two = second.goActive(server)) {
            assertThat(one.query(TestClient.iq("get", "w:p")).attribute("type")).contains("result");
            assertThat(two.query(TestClient.iq("get", "w:p")).attribute("type")).contains("result");
        }
    }

    @Test
    void tellsADeviceThatItWasRemoved() {
        try (TestClient client = linked.goActive(server)) {
            phone.removeAllDevices();
            Node error = client.take(StanzaMatch.tag("stream:error"));
            assertThat(error.attribute("code")).contains("401");
            assertThat(error.child("conflict").flatMap(node -> node.attribute("type")))
                    .contains("device_removed");
        }
    }

    @Test
    void logoutOfTheDeviceItselfRemovesIt() {
        try (TestClient client = linked.goActive(server)) {
            Node answer = client.query(TestClient.iq(
                    "set",
                    "md",
                    Node.builder("remove-companion-device")
                            .attribute("jid", linked.device().jid())
                            .attribute("reason", "user_initiated")
                            .build()));
            assertThat(answer.attribute("type")).contains("result");
            assertThat(client.take(StanzaMatch.tag("stream:error")).attribute("code"))
                    .contains("401");
        }
        assertThat(phone.devices()).isEmpty();
    }

    @Test
    void aDeviceCannotRemoveAnother() {
        Linked second = Linked.by(phone, server);
        try (TestClient client = linked.goActive(server)) {
            Node answer = client.query(TestClient.iq(
                    "set",
                    "md",
                    Node.builder("remove-companion-device")
                            .attribute("jid", second.device().jid())
                            .build()));
            assertThat(answer.child("error").flatMap(error -> error.attribute("code")))
                    .contains("403");
        }
        assertThat(phone.devices()).hasSize(2);
    }

    @Test
    void aClientThatIsNotPassiveIsActiveAtOnce() throws Exception {
        ClientPayload awake = login(linked.credentials()).setPassive(false).build();
        try (TestClient client = TestClient.open(server)) {
            client.shakeHands(server, linked.credentials(), awake.toByteArray());
            client.take(StanzaMatch.tag("ib").child("offline"));
        }
    }

    @Test
    void recordsRoutingInfoAndPayload() throws Exception {
        byte[] routing = "fra5".getBytes(StandardCharsets.US_ASCII);
        Credentials routed = linked.credentials().toBuilder()
                .routingInfo(Optional.of(routing))
                .build();
        try (TestClient client = TestClient.connect(server, routed)) {
            client.take(StanzaMatch.tag("success"));
        }
        ServerConnection connection = server.await(Moment.SUCCESS, 1, TestClient.LIMIT);
        assertThat(connection.record().routingInfo().orElseThrow()).isEqualTo(routing);
        ClientPayload payload =
                ClientPayload.parseFrom(connection.record().clientPayload().orElseThrow());
        assertThat(payload.getUsername()).isEqualTo(4915100000001L);
        assertThat(connection.record().request().orElseThrow().path()).isEqualTo("/ws/chat");
    }

    @Test
    void answersPingsOfAClientThatIsNotLinkedButNothingElse() {
        Credentials credentials = NewCredentials.generate(TestClient.RANDOM);
        try (TestClient client = TestClient.connect(server, credentials)) {
            client.take(StanzaMatch.tag("iq").child("pair-device"));
            assertThat(client.query(TestClient.iq("get", "w:p", Node.of("ping")))
                            .attribute("type"))
                    .contains("result");
            Node count = client.query(TestClient.iq("get", "encrypt", Node.of("count")));
            assertThat(count.child("error").flatMap(error -> error.attribute("code")))
                    .contains("401");
        }
    }

    private Optional<String> failureReason(Credentials credentials, ClientPayload payload) {
        try (TestClient client = TestClient.open(server)) {
            client.shakeHands(server, credentials, payload.toByteArray());
            return client.take(StanzaMatch.tag("failure")).attribute("reason");
        }
    }

    private static ClientPayload.Builder login(Credentials credentials) {
        try {
            return ClientPayload.newBuilder().mergeFrom(TestClient.payload(credentials));
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
