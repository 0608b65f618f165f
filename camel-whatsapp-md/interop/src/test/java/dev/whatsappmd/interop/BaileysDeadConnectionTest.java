package dev.whatsappmd.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * When Baileys tells the end of a dead connection: not when it has made up its mind, but when the socket has ended, for
 * which its library gives the dead server 30 s. What is compared is the order of timers in its own process.
 */
class BaileysDeadConnectionTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void isToldOnlyWhenTheSocketHasEnded() throws Exception {
        assumeThat(NodeTools.missing()).isEmpty();
        try (LocalWhatsAppServer server = LocalWhatsAppServer.start();
                NodeProcess node = NodeProcess.start("baileys-faults.mjs", server.rootKeyHex(), "120")) {
            server.script().onEvery(Moment.REGISTRATION, ServerFault.silence());
            node.command(Map.of(
                    "do",
                    "open",
                    "client",
                    "c",
                    "identity",
                    "i",
                    "url",
                    server.url(),
                    "settings",
                    Map.of("keepAliveIntervalMs", 300),
                    "quietMs",
                    8_000));

            node.await("its decision", 0, LIMIT, event -> is(event, "ending"));
            // Seconds later, and by then it has said nothing.
            node.await("the timer behind it", 0, LIMIT, event -> is(event, "quiet"));
            assertThat(closes(node)).isEmpty();

            server.closeWith(ServerClose.tcpReset());
            JsonNode close = node.await(
                    "the close", 0, LIMIT, event -> !closes(List.of(event)).isEmpty());
            assertThat(close.path("end").path("statusCode").asInt()).isEqualTo(408);
            assertThat(close.path("end").path("message").asText()).isEqualTo("Connection was lost");
        }
    }

    private static List<JsonNode> closes(NodeProcess node) {
        return closes(node.events(0));
    }

    private static List<JsonNode> closes(List<JsonNode> events) {
        return events.stream()
                .filter(event ->
                        is(event, "update") && event.path("connection").asText().equals("close"))
                .toList();
    }

    private static boolean is(JsonNode event, String kind) {
        return event.path("event").asText().equals(kind);
    }
}
