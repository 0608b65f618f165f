package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.OfflineMode;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is kept for a device, how it is handed out, and which answer clears it. */
class OfflineQueueTest {
    private static final StanzaMatch OFFLINE = StanzaMatch.tag("ib").child("offline");
    private static final StanzaMatch PREVIEW = StanzaMatch.tag("ib").child("offline_preview");
    private static final String FRIEND = "4915100000009@s.whatsapp.net";

    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private LocalWhatsAppServer server;
    private SimulatedPhone phone;
    private Linked linked;
    private LinkedDevice device;

    @BeforeEach
    void link() {
        server = whatsApp.server();
        phone = server.phone("4915100000001");
        linked = Linked.by(phone, server);
        device = linked.device();
    }

    @Test
    void previewCountsWhatIsOwedByKind() {
        device.deliver(message("m1"));
        device.deliver(notification("n1"));
        device.deliver(receipt("r1"));
        device.deliver(receipt("r2"));
        try (TestClient client = linked.goActive(server)) {
            Node preview = client.take(PREVIEW).child("offline_preview").orElseThrow();
            assertThat(preview.attribute("count")).contains("4");
            assertThat(preview.attribute("message")).contains("1");
            assertThat(preview.attribute("notification")).contains("1");
            assertThat(preview.attribute("receipt")).contains("2");
        }
    }

    @Test
    void nothingIsSentBeforeTheClientIsActive() {
        server.offlineMode(OfflineMode.PUSH);
        device.deliver(message("m1"));
        try (TestClient client = linked.login(server)) {
            assertThat(client.arrivedSoFar()).isEmpty();
        }
    }

    @Test
    void pushSendsAllInOrderAndSaysSo() {
        server.offlineMode(OfflineMode.PUSH);
        device.deliver(message("m1"));
        device.deliver(notification("n1"));
        try (TestClient client = linked.goActive(server)) {
            assertThat(client.take(StanzaMatch.any()).child("offline_preview")).isPresent();
            Node first = client.take(StanzaMatch.any());
            assertThat(first.attribute("id")).contains("m1");
            assertThat(first.attribute("offline")).contains("0");
            assertThat(client.take(StanzaMatch.any()).attribute("id")).contains("n1");
            assertThat(client.take(OFFLINE).child("offline").orElseThrow().attribute("count"))
                    .contains("2");
            server.awaitOpen(TestClient.LIMIT);
        }
    }

    @Test
    void oneShotPullSendsAllAfterTheFirstBatchRequestWhateverItsCount() {
        server.offlineMode(OfflineMode.ONE_SHOT_PULL);
        device.deliver(message("m1"));
        device.deliver(message("m2"));
        try (TestClient client = linked.goActive(server)) {
            client.take(PREVIEW);
            assertThat(client.arrivedSoFar()).isEmpty();
            pull(client, 1);
            client.take(StanzaMatch.tag("message").with("id", "m1"));
            client.take(StanzaMatch.tag("message").with("id", "m2"));
            client.take(OFFLINE);
        }
    }

    @Test
    void strictPullSendsABatchAndTheNextOnlyWhenItIsAnsweredAndAskedFor() {
        for (int i = 1; i <= 5; i++) {
            device.deliver(message("m" + i));
        }
        try (TestClient client = linked.goActive(server)) {
            client.take(PREVIEW);
            pull(client, 2);
            Node first = client.take(StanzaMatch.tag("message"));
            Node second = client.take(StanzaMatch.tag("message"));
            assertThat(client.arrivedSoFar()).isEmpty();

            pull(client, 2);
            answer(client, first, null);
            assertThat(client.arrivedSoFar()).as("the second is not answered").isEmpty();
            answer(client, second, null);
            Node third = client.take(StanzaMatch.tag("message"));
            Node fourth = client.take(StanzaMatch.tag("message"));
            answer(client, third, null);
            answer(client, fourth, null);
            assertThat(client.arrivedSoFar()).as("nobody asked").isEmpty();

            pull(client, 100);
            Node fifth = client.take(StanzaMatch.tag("message").with("id", "m5"));
            assertThat(client.arrivedSoFar()).as("the last is not answered").isEmpty();
            answer(client, fifth, "inactive");
            assertThat(client.take(OFFLINE).child("offline").orElseThrow().attribute("count"))
                    .contains("5");
        }
        assertThat(device.owed()).isEmpty();
        assertThat(server.recording().failures()).isEmpty();
    }

    @Test
    void whatIsNotAnsweredComesFirstAgainAndCountsItsDeliveries() {
        server.offlineMode(OfflineMode.PUSH);
        device.deliver(message("m1"));
        device.deliver(message("m2"));
        try (TestClient client = linked.goActive(server)) {
            answer(client, client.take(StanzaMatch.tag("message").with("id", "m2")), null);
            client.arrivedSoFar();
        }
        server.awaitAllClosed(TestClient.LIMIT);
        device.deliver(message("m3"));
        try (TestClient client = linked.goActive(server)) {
            Node again = client.take(StanzaMatch.tag("message"));
            assertThat(again.attribute("id")).contains("m1");
            assertThat(again.attribute("offline")).contains("1");
            Node next = client.take(StanzaMatch.tag("message"));
            assertThat(next.attribute("id")).contains("m3");
            assertThat(next.attribute("offline")).contains("0");
        }
    }

    @Test
    void whatComesWhileTheDeviceIsOpenGoesOutAtOnceAndIsOwedTheSame() {
        try (TestClient client = linked.goActive(server)) {
            client.take(OFFLINE);
            device.deliver(message("m1"));
            Node live = client.take(StanzaMatch.tag("message"));
            assertThat(live.attribute("offline")).isEmpty();
            assertThat(device.owed()).hasSize(1);
            answer(client, live, null);
            client.arrivedSoFar();
            assertThat(device.owed()).isEmpty();
        }
    }

    @Test
    void deliversToEveryDeviceOfThePhone() {
        Linked second = Linked.by(phone, server);
        phone.deliver(notification("n1"));
        assertThat(device.owed()).hasSize(1);
        assertThat(second.device().owed()).hasSize(1);
    }

    @Test
    void aRetryReceiptClearsOnlyTogetherWithAnAck() {
        try (TestClient client = linked.goActive(server)) {
            Node message = live(client, ownMessage("m1"));
            answer(client, message, "retry");
            client.arrivedSoFar();
            assertThat(device.owed()).as("after the retry receipt").hasSize(1);
            ack(client, message, null);
            client.arrivedSoFar();
            assertThat(device.owed()).isEmpty();
        }
        assertThat(server.recording().failures()).isEmpty();
    }

    @Test
    void aBareAckDoesNotClearADecryptedMessageOfAnOwnDevice() {
        try (TestClient client = linked.goActive(server)) {
            Node message = live(client, ownMessage("m1"));
            ack(client, message, null);
            client.arrivedSoFar();
            assertThat(device.owed()).hasSize(1);
            assertThat(server.recording().failures().get(0).what()).contains("wants a receipt");
            answer(client, message, "sender");
            client.arrivedSoFar();
            assertThat(device.owed()).isEmpty();
        }
    }

    @Test
    void histSyncDoesNotReplaceTheReceiptOfThePeerMessage() {
        try (TestClient client = linked.goActive(server)) {
            Node message = live(client, ownMessage("m1"));
            answer(client, message, "hist_sync");
            client.arrivedSoFar();
            assertThat(device.owed()).hasSize(1);
            answer(client, message, "peer_msg");
            client.arrivedSoFar();
            assertThat(device.owed()).isEmpty();
        }
    }

    @Test
    void notificationsReceiptsCallsAndUnknownTagsAreClearedByTheirAck() {
        Node unknown = Node.builder("status")
                .attribute("id", "s1")
                .attribute("from", FRIEND)
                .build();
        Node call = Node.builder("call")
                .attribute("id", "c1")
                .attribute("from", FRIEND)
                .build();
        try (TestClient client = linked.goActive(server)) {
            for (Node stanza : List.of(notification("n1"), receipt("r1"), unknown, call)) {
                ack(client, live(client, stanza), null);
            }
            client.arrivedSoFar();
        }
        assertThat(device.owed()).isEmpty();
        assertThat(server.recording().failures()).isEmpty();
    }

    @Test
    void wrongAcksAreNotedAndClearNothing() {
        try (TestClient client = linked.goActive(server)) {
            Node receipt = live(client, receipt("r1"));
            ack(client, receipt, "read");
            client.send(Node.builder("ack")
                    .attribute("class", "notification")
                    .attribute("id", "r1")
                    .attribute("to", FRIEND)
                    .build());
            client.send(Node.builder("ack")
                    .attribute("class", "receipt")
                    .attribute("id", "r1")
                    .attribute("to", "4915100000008@s.whatsapp.net")
                    .build());
            client.send(Node.builder("ack")
                    .attribute("class", "receipt")
                    .attribute("id", "r99")
                    .attribute("to", FRIEND)
                    .build());
            client.arrivedSoFar();
        }
        assertThat(device.owed()).hasSize(1);
        assertThat(server.recording().failures())
                .extracting(failure -> failure.what())
                .containsExactly(
                        "ack of a receipt has type read, the receipt has none",
                        "ack of class notification for a <receipt>",
                        "ack of class receipt is not addressed to where the stanza came from",
                        "ack of class receipt for a stanza that is not owed");
    }

    @Test
    void refusesAStanzaThatAClientCouldNotAnswer() {
        assertThatThrownBy(() -> device.deliver(Node.of("message")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("id and from");
        device.deliver(message("m1"));
        assertThatThrownBy(() -> device.deliver(message("m1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("m1 is still owed");
    }

    @Test
    void aBatchRequestWithoutANumberIsNoted() {
        try (TestClient client = linked.goActive(server)) {
            client.send(Node.builder("ib")
                    .child(Node.builder("offline_batch")
                            .attribute("count", "all")
                            .build())
                    .build());
            client.arrivedSoFar();
        }
        assertThat(server.recording().failures()).hasSize(1);
    }

    private Node live(TestClient client, Node stanza) {
        server.awaitLive(Moment.OPEN, TestClient.LIMIT);
        device.deliver(stanza);
        return client.take(StanzaMatch.tag(stanza.tag()).with("id", stanza.attribute("id", "")));
    }

    private static void pull(TestClient client, int count) {
        client.send(Node.builder("ib")
                .child(Node.builder("offline_batch")
                        .attribute("count", Integer.toString(count))
                        .build())
                .build());
    }

    private static void answer(TestClient client, Node message, String type) {
        client.send(Node.builder("receipt")
                .attribute("id", message.attribute("id"))
                .attribute("to", message.attribute("from"))
                .attribute("type", java.util.Optional.ofNullable(type))
                .build());
    }

    private static void ack(TestClient client, Node stanza, String type) {
        client.send(Node.builder("ack")
                .attribute("class", stanza.tag())
                .attribute("id", stanza.attribute("id"))
                .attribute("to", stanza.attribute("from"))
                .attribute("type", java.util.Optional.ofNullable(type))
                .build());
    }

    private static Node message(String id) {
        return Node.builder("message")
                .attribute("id", id)
                .attribute("from", FRIEND)
                .attribute("type", "text")
                .child(Node.builder("enc")
                        .attribute("type", "msg")
                        .bytes(new byte[20])
                        .build())
                .build();
    }

    private Node ownMessage(String id) {
        return message(id).toBuilder().attribute("from", phone.jid()).build();
    }

    private static Node notification(String id) {
        return Node.builder("notification")
                .attribute("id", id)
                .attribute("from", FRIEND)
                .attribute("type", "server_sync")
                .build();
    }

    private static Node receipt(String id) {
        return Node.builder("receipt")
                .attribute("id", id)
                .attribute("from", FRIEND)
                .build();
    }
}
