package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.record.ConnectionRecord;
import dev.whatsappmd.localserver.record.NotSeenError;
import dev.whatsappmd.localserver.record.RecordedStanza;
import dev.whatsappmd.localserver.record.RecordedStanza.Direction;
import dev.whatsappmd.localserver.record.Recording;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is kept, how it is waited for, and what the error says when it does not come. */
class RecordingTest {
    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
    private static final Duration AT_ONCE = Duration.ZERO;

    private final Recording recording = new Recording(Clock.fixed(NOW, ZoneOffset.UTC), true);

    @Test
    void keepsStanzasOfAllConnectionsInTheirOrder() {
        ConnectionRecord first = recording.begin();
        ConnectionRecord second = recording.begin();
        first.add(Direction.RECEIVED, Node.of("a"), 10);
        second.add(Direction.SENT, Node.of("b"), 20);
        first.add(Direction.SENT, Node.of("c"), 30);

        assertThat(recording.stanzas())
                .extracting(stanza -> stanza.number() + stanza.node().tag() + stanza.connection())
                .containsExactly("1a1", "2b2", "3c1");
        assertThat(first.received()).hasSize(1);
        assertThat(first.sent()).extracting(RecordedStanza::frameBytes).containsExactly(30);
        assertThat(first.stanzas()).extracting(RecordedStanza::at).containsOnly(NOW);
    }

    @Test
    void takesEachStanzaOnceAndLeavesOthers() {
        ConnectionRecord connection = recording.begin();
        connection.add(Direction.RECEIVED, Node.of("presence"), 1);
        connection.add(Direction.RECEIVED, receipt("read"), 1);
        connection.add(Direction.SENT, receipt("sent by the server"), 1);
        connection.add(Direction.RECEIVED, receipt("retry"), 1);

        assertThat(take(StanzaMatch.tag("receipt").with("type", "retry")).label())
                .isEqualTo("<receipt retry>");
        assertThat(take(StanzaMatch.tag("receipt")).label()).isEqualTo("<receipt read>");
        assertThat(take(StanzaMatch.any()).label()).isEqualTo("<presence>");
        assertThatThrownBy(() -> take(StanzaMatch.any())).isInstanceOf(NotSeenError.class);
    }

    @Test
    @Timeout(20)
    void wakesUpWhenWhatIsWaitedForComes() throws Exception {
        CompletableFuture<RecordedStanza> waiting =
                CompletableFuture.supplyAsync(() -> recording.take(StanzaMatch.tag("receipt"), Duration.ofSeconds(15)));
        ConnectionRecord connection = recording.begin();
        connection.add(Direction.RECEIVED, Node.of("presence"), 1);
        connection.add(Direction.RECEIVED, receipt("read"), 1);
        assertThat(waiting.get(15, TimeUnit.SECONDS).number()).isEqualTo(2);
    }

    @Test
    @Timeout(20)
    void aConditionMayAskTheServerWhileClientsTalk() {
        try (LocalWhatsAppServer server = LocalWhatsAppServer.start()) {
            Linked linked = Linked.by(server.phone("4915100000001"), server);
            try (TestClient client = linked.goActive(server)) {
                CompletableFuture<Void> talking = CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 300; i++) {
                        client.query(TestClient.iq("get", "w:p"));
                    }
                });
                server.awaitUntil(
                        "300 pings",
                        Duration.ofSeconds(15),
                        () -> linked.device().owed().isEmpty()
                                && linked.device()
                                                .connection()
                                                .orElseThrow()
                                                .record()
                                                .received()
                                                .size()
                                        > 300);
                talking.join();
            }
        }
    }

    @Test
    void theErrorSaysWhatWasSeenInstead() {
        assertThatThrownBy(() -> take(StanzaMatch.iq("get", "encrypt").child("count")))
                .isInstanceOf(NotSeenError.class)
                .hasMessage("Waited 0 ms for a stanza <iq> type=get xmlns=encrypt child <count>."
                        + " Seen: no connection at all.");

        ConnectionRecord connection = recording.begin();
        connection.reach(Moment.HELLO);
        connection.reach(Moment.LOGIN);
        connection.add(
                Direction.RECEIVED,
                Node.builder("message")
                        .attribute("to", "4915100000001@s.whatsapp.net")
                        .text("secret")
                        .build(),
                1);
        connection.fail("an iq result that answers nothing", null);
        assertThatThrownBy(() -> take(StanzaMatch.tag("receipt")))
                .hasMessageContaining("connection 1: hello login, live, client failed: an iq result that answers"
                        + " nothing; received 1 stanzas: <message>")
                .hasMessageNotContaining("4915100000001")
                .hasMessageNotContaining("secret");
    }

    @Test
    void countsTheConnectionsOfTheSameClient() {
        List<ConnectionRecord> records = List.of(recording.begin(), recording.begin(), recording.begin());
        byte[][] keys = {{1}, {2}, {1}};
        for (int i = 0; i < keys.length; i++) {
            assertThat(records.get(i).generation()).isZero();
            records.get(i).identified(keys[i], new byte[] {7});
        }
        assertThat(records).extracting(ConnectionRecord::generation).containsExactly(1, 1, 2);
        assertThat(records.get(0).clientPayload()).contains(new byte[] {7});
    }

    @Test
    void keepsNoStanzaWhenToldSo() {
        try (LocalWhatsAppServer server =
                LocalWhatsAppServer.builder().withoutStanzas().start()) {
            Linked.by(server.phone("4915100000001"), server);
            ConnectionRecord record =
                    server.await(Moment.PAIRED, 1, TestClient.LIMIT).record();
            assertThat(record.stanzas()).isEmpty();
        }
    }

    private RecordedStanza take(StanzaMatch match) {
        return recording.take(match, AT_ONCE);
    }

    private static Node receipt(String type) {
        return Node.builder("receipt").attribute("type", type).build();
    }
}
