package dev.whatsappmd.localserver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.account.OwedPolicy;
import dev.whatsappmd.localserver.fault.StanzaFault;
import dev.whatsappmd.localserver.record.RecordedStanza;
import dev.whatsappmd.localserver.record.StanzaMatch;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that ends the stream over what it is owed, as field reports have it. */
class OwedAnswersTest {
    private static final Duration LIMIT = Duration.ofMillis(700);
    private static final List<String> KINDS = List.of("receipt", "notification", "call", "status", "never-seen-before");

    @TempDir
    private Path directory;

    private LocalWhatsAppServer server;
    private LinkedDevice device;
    private RunningClient client;

    @BeforeEach
    void link() {
        server = LocalWhatsAppServer.builder()
                .owedPolicy(OwedPolicy.strict(LIMIT))
                .start();
        client = RunningClient.start(
                server,
                directory,
                options -> options.reconnect(ReconnectSettings.defaults()
                        .withDelay(Duration.ofMillis(20))
                        .withJitter(0)));
        device = server.phone("4915100000001").scan(client.awaitQr().qr());
        client.awaitPendingReceived(1);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        assertThat(server.internalFailures()).isEmpty();
        assertThat(server.recording().failures()).isEmpty();
    }

    @Test
    void aClientThatAnswersEverythingIsNeverEnded() {
        IntStream.range(0, 60).forEach(i -> device.deliver(stanza(KINDS.get(i % KINDS.size()), "s" + i, i)));
        device.awaitNothingOwed(RunningClient.LIMIT);
        long until = System.nanoTime() + LIMIT.multipliedBy(2).toNanos();
        await().atMost(RunningClient.LIMIT).until(() -> System.nanoTime() > until);
        assertThat(client.updates).filteredOn(ConnectionUpdate::closes).hasSize(1);
    }

    @Test
    void anAnswerThatWasLostIsGivenAgainOnTheNextConnectionBeforeAllElse() {
        StanzaMatch firstAck = StanzaMatch.tag("ack").with("id", "lost");
        server.script().onNextStanza(firstAck, StanzaFault.noAnswer());
        device.deliver(stanza("notification", "lost", 0));

        ConnectionUpdate close = client.awaitClose(2);
        assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PROTOCOL_ERROR);
        assertThat(close.lastDisconnect().error().output().statusCode()).isEqualTo(500);
        assertThat(close.lastDisconnect().error().data()).containsEntry("ack.id", "lost");
        assertThat(close.reconnect().action()).isEqualTo("backoff");
        device.deliver(stanza("notification", "next", 0));

        client.awaitPendingReceived(2);
        device.awaitNothingOwed(RunningClient.LIMIT);
        List<String> acked = server.connections().get(2).record().received().stream()
                .map(RecordedStanza::node)
                .filter(StanzaMatch.tag("ack"))
                .map(ack -> ack.attribute("id", ""))
                .toList();
        assertThat(acked).containsExactly("lost", "next");
        assertThat(client.updates).filteredOn(ConnectionUpdate::closes).hasSize(2);
    }

    private static Node stanza(String tag, String id, int number) {
        Node.Builder stanza = Node.builder(tag).attribute("id", id).attribute("from", "4915100000009@s.whatsapp.net");
        if (number % 2 == 0) {
            stanza.attribute("type", tag.equals("receipt") ? "read" : "picture");
        }
        return stanza.build();
    }
}
