package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.OfflineMode;
import dev.whatsappmd.localserver.account.OwedPolicy;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of a device that does not answer. */
class OwedPolicyTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final StanzaMatch NOTIFICATION = StanzaMatch.tag("notification");

    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private LocalWhatsAppServer server;
    private Linked linked;

    @BeforeEach
    void link() {
        server = whatsApp.server();
        server.offlineMode(OfflineMode.PUSH);
        linked = Linked.by(server.phone("4915100000001"), server);
    }

    @Test
    void whatIsOwedEndsTheStreamAfterTheLimitAndNamesTheStanza() {
        server.owedPolicy(OwedPolicy.strict(SHORT));
        linked.device().deliver(stanza("notification", "n1"));
        linked.device().deliver(stanza("notification", "n2"));
        try (TestClient client = linked.goActive(server)) {
            client.take(NOTIFICATION);
            ack(client, "notification", "n1", null);
            assertThat(owedAtTheEnd(client)).isEqualTo("n2");
            assertThat(client.awaitEnd().code()).isEqualTo(1000);
        }
    }

    @Test
    void whatIsOwedForShorterThanTheLimitEndsNothing() {
        server.owedPolicy(OwedPolicy.strict(SHORT));
        try (TestClient client = linked.goActive(server)) {
            client.take(StanzaMatch.tag("ib").child("offline"));
            // Each is answered before its own time is over, though something is always owed for longer than it.
            for (int i = 0; i < 8; i++) {
                linked.device().deliver(stanza("notification", "n" + i));
                if (i > 0) {
                    ack(client, "notification", "n" + (i - 1), null);
                }
                org.awaitility.Awaitility.await().pollDelay(SHORT.dividedBy(4)).until(() -> true);
            }
            ack(client, "notification", "n7", null);
            assertThat(client.arrivedSoFar()).noneMatch(node -> node.is("stream:error"));
            assertThat(linked.device().owed()).isEmpty();
        }
    }

    @Test
    void whatIsNewWaitsBehindWhatWasLeftOver() {
        server.owedPolicy(OwedPolicy.strict());
        linked.device().deliver(stanza("notification", "old"));
        try (TestClient client = linked.goActive(server)) {
            client.take(NOTIFICATION);
        }
        server.awaitAllClosed(TestClient.LIMIT);
        linked.device().deliver(stanza("notification", "new"));
        try (TestClient client = linked.goActive(server)) {
            assertThat(client.take(NOTIFICATION).attribute("id")).contains("old");
            assertThat(client.arrivedSoFar()).noneMatch(node -> node.hasAttribute("id", "new"));
            ack(client, "notification", "old", null);
            assertThat(client.take(NOTIFICATION).attribute("id")).contains("new");
            ack(client, "notification", "new", null);
            client.take(StanzaMatch.tag("ib").child("offline"));
        }
    }

    @Test
    void aPatientServerHoldsNothingBack() {
        linked.device().deliver(stanza("notification", "old"));
        try (TestClient client = linked.goActive(server)) {
            client.take(NOTIFICATION);
        }
        server.awaitAllClosed(TestClient.LIMIT);
        linked.device().deliver(stanza("notification", "new"));
        try (TestClient client = linked.goActive(server)) {
            client.take(NOTIFICATION.with("id", "old"));
            client.take(NOTIFICATION.with("id", "new"));
        }
    }

    @Test
    void aTypeAddedToAReceiptsAckEndsTheStream() {
        server.owedPolicy(OwedPolicy.strict());
        linked.device().deliver(stanza("receipt", "r1"));
        try (TestClient client = linked.goActive(server)) {
            client.take(StanzaMatch.tag("receipt"));
            ack(client, "receipt", "r1", "delivery");
            assertThat(owedAtTheEnd(client)).isEqualTo("r1");
        }
        assertThat(server.recording().failures()).singleElement().satisfies(failure -> assertThat(failure.what())
                .contains("ack of a receipt has type delivery"));
        assertThat(linked.device().owed()).hasSize(1);
    }

    @Test
    void aPatientServerOnlyNotesTheAddedType() {
        linked.device().deliver(stanza("receipt", "r1"));
        try (TestClient client = linked.goActive(server)) {
            client.take(StanzaMatch.tag("receipt"));
            ack(client, "receipt", "r1", "delivery");
            assertThat(client.arrivedSoFar()).noneMatch(node -> node.is("stream:error"));
        }
        assertThat(server.recording().failures()).hasSize(1);
    }

    @Test
    void theLimitIsFiftyMinutesUnlessSaidOtherwise() {
        assertThat(OwedPolicy.strict().endsAfter()).contains(Duration.ofMinutes(50));
        assertThat(OwedPolicy.patient().endsAfter()).isEmpty();
        assertThatThrownBy(() -> OwedPolicy.strict(Duration.ZERO)).hasMessageContaining("positive time");
    }

    private static String owedAtTheEnd(TestClient client) {
        List<Node> last = client.takeUntilEnd();
        return last.stream()
                .filter(node -> node.is("stream:error"))
                .flatMap(error -> error.child("ack").stream())
                .flatMap(ack -> ack.attribute("id").stream())
                .findFirst()
                .orElseThrow();
    }

    private static void ack(TestClient client, String tag, String id, String type) {
        Node.Builder ack = Node.builder("ack")
                .attribute("id", id)
                .attribute("to", "s.whatsapp.net")
                .attribute("class", tag);
        if (type != null) {
            ack.attribute("type", type);
        }
        client.send(ack.build());
    }

    private static Node stanza(String tag, String id) {
        return Node.builder(tag)
                .attribute("id", id)
                .attribute("from", "s.whatsapp.net")
                .build();
    }
}
