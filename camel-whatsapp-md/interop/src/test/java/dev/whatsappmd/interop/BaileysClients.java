package dev.whatsappmd.interop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.interop.FaultCase.Deadline;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.query.IqHandler;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients of Baileys, all in one Node process; see {@code src/test/js/baileys-faults.mjs}. */
final class BaileysClients implements FaultLane.Clients, AutoCloseable {
    /** After this the process ends by itself, whatever happens here. */
    private static final int DEADLINE_SECONDS = 900;

    private static final int LONG_MS = 100_000;
    private static final int SHORT_CONNECT_MS = 4_000;
    private static final int SHORT_QUERY_MS = 1_500;
    /** A dead connection is one on which nothing came for this and five seconds, which are no option. */
    private static final int SHORT_PING_MS = 500;

    /** Longer than each of these. */
    private static final int QUIET_MS = 12_000;

    private final NodeProcess node;
    private final AtomicInteger numbers = new AtomicInteger();

    BaileysClients(String rootKeyHex) {
        node = NodeProcess.start("baileys-faults.mjs", rootKeyHex, Integer.toString(DEADLINE_SECONDS));
    }

    /**
     * Lets Baileys find as many pre-keys as it wants: making them keeps the process, which all clients share, from
     * everything else for seconds. BaileysTest sees them made and sent.
     */
    @Override
    public void prepare(LocalWhatsAppServer server) {
        server.onIq(
                StanzaMatch.iq("get", "encrypt").child("count"),
                IqHandler.result(Node.builder("count").attribute("value", "812").build()));
    }

    @Override
    public FaultClient open(String identity, String url, Set<Deadline> deadlines) {
        String client = "c" + numbers.incrementAndGet();
        int seen = node.count();
        Map<String, Object> settings = Map.of(
                "connectTimeoutMs", deadlines.contains(Deadline.CONNECT) ? SHORT_CONNECT_MS : LONG_MS,
                "defaultQueryTimeoutMs", deadlines.contains(Deadline.QUERY) ? SHORT_QUERY_MS : LONG_MS,
                "keepAliveIntervalMs", deadlines.contains(Deadline.PING) ? SHORT_PING_MS : LONG_MS);
        node.command(Map.of(
                "do", "open",
                "client", client,
                "identity", identity,
                "url", url,
                "settings", settings,
                "quietMs", deadlines.isEmpty() ? 0 : QUIET_MS));
        return new Client(client, seen);
    }

    /** What was said of no client: connections elsewhere that were refused. */
    List<JsonNode> blocked() {
        return node.events("blocked");
    }

    @Override
    public void close() throws Exception {
        node.close();
    }

    private final class Client implements FaultClient {
        private final String name;
        private final List<JsonNode> events = new ArrayList<>();
        private int seen;
        private int codesTaken;

        private Client(String name, int seen) {
            this.name = name;
            this.seen = seen;
        }

        private List<JsonNode> events() {
            List<JsonNode> fresh = node.events(seen);
            seen += fresh.size();
            fresh.stream()
                    .filter(event -> event.path("client").asText().equals(name))
                    .forEach(events::add);
            return events;
        }

        private List<JsonNode> events(String kind) {
            return events().stream()
                    .filter(event -> event.path("event").asText().equals(kind))
                    .toList();
        }

        @Override
        public List<String> takeCodes() {
            List<String> codes = events("update").stream()
                    .filter(event -> event.hasNonNull("qr"))
                    .map(event -> event.path("qr").asText())
                    .toList();
            List<String> fresh = List.copyOf(codes.subList(codesTaken, codes.size()));
            codesTaken = codes.size();
            return fresh;
        }

        @Override
        public boolean isOpen() {
            List<JsonNode> updates = events("update");
            return updates.stream()
                            .anyMatch(event -> event.path("connection").asText().equals("open"))
                    && updates.stream().anyMatch(event -> event.path("receivedPendingNotifications")
                            .asBoolean());
        }

        @Override
        public boolean isEnding() {
            return !events("ending").isEmpty();
        }

        @Override
        public Optional<Told> told() {
            Optional<JsonNode> close = events("update").stream()
                    .filter(event -> event.path("connection").asText().equals("close"))
                    .findFirst();
            if (close.isPresent()) {
                return Optional.of(new Told(rejection() + report(close.get().path("end")), ""));
            }
            if (isEnding() || events("quiet").isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Told(rejection() + "nothing, stays " + state(), ""));
        }

        /** The last state that it told. */
        private String state() {
            return events("update").stream()
                    .filter(event -> event.hasNonNull("connection"))
                    .reduce((one, other) -> other)
                    .map(event -> event.path("connection").asText())
                    .orElse("without a state");
        }

        private String rejection() {
            return events("unhandled").isEmpty() ? "" : "unhandled rejection, then ";
        }

        private static String report(JsonNode end) {
            if (end.path("statusCode").isNull()) {
                // Which error it is may hang on random bytes.
                return end.path("type").isNull() ? "no error" : "no code";
            }
            String message = end.path("message").asText();
            boolean silent = message.equals("Connection was lost");
            List<String> reasons = new ArrayList<>();
            end.path("reasons").forEach(reason -> reasons.add(reason.asText()));
            String name = reasons.size() < 2
                    ? String.join("", reasons)
                    : reasons.get(reasons.indexOf(silent ? "connectionLost" : "timedOut"));
            String told = (end.path("statusCode").asText() + " " + name).strip();
            if (silent) {
                return told + ", after keepAliveIntervalMs + 5 s";
            }
            return message.toLowerCase(Locale.ROOT).contains("timed out") ? told + ", after connectTimeoutMs" : told;
        }

        @Override
        public Told stays() {
            return new Told(rejection() + Told.GOES_ON, "");
        }

        @Override
        public void logsOut() {
            node.command(Map.of("do", "logout", "client", name));
        }

        @Override
        public void ends() {
            node.command(Map.of("do", "end", "client", name));
        }

        @Override
        public String text() {
            StringBuilder text = new StringBuilder();
            events().forEach(event -> text.append("  ").append(event).append('\n'));
            return text.toString();
        }

        @Override
        public void close() {
            node.command(Map.of("do", "drop", "client", name));
        }
    }
}
