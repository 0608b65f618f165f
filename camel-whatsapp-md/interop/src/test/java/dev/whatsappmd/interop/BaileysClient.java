package dev.whatsappmd.interop;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A Node process that runs Baileys against a local server; see {@code src/test/js/baileys-client.mjs}. */
final class BaileysClient implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(20);
    /** After this the process ends by itself, whatever happens here. */
    private static final int DEADLINE_SECONDS = 100;

    private final NodeProcess node;

    private BaileysClient(NodeProcess node) {
        this.node = node;
    }

    static BaileysClient start(LocalWhatsAppServer server) {
        return start(server, Map.of());
    }

    /** @param settings of Baileys' SocketConfig, beside those of the script */
    static BaileysClient start(LocalWhatsAppServer server, Map<String, Object> settings) {
        return new BaileysClient(NodeProcess.start(
                "baileys-client.mjs",
                server.url(),
                server.rootKeyHex(),
                Integer.toString(DEADLINE_SECONDS),
                NodeProcess.json(settings)));
    }

    /** The oldest event after the first {@code skip} ones that matches; waits up to {@link #LIMIT}. */
    JsonNode await(String what, int skip, Predicate<JsonNode> match) {
        return node.await(what, skip, LIMIT, match);
    }

    /** A connection.update that has this field, other than null; of all events so far and to come. */
    JsonNode awaitUpdate(String field) {
        return awaitUpdate(field, 0);
    }

    /** As {@link #awaitUpdate(String)}, without the first events. */
    JsonNode awaitUpdate(String field, int skip) {
        return await("connection.update with " + field, skip, event -> isUpdate(event) && event.hasNonNull(field));
    }

    /** A connection.update with this state. */
    JsonNode awaitConnection(String state, int skip) {
        return await(
                "connection " + state,
                skip,
                event -> isUpdate(event) && event.path("connection").asText().equals(state));
    }

    /** The end of the last connection that Baileys reports after the first {@code skip} events. */
    JsonNode awaitEnd(int skip) {
        return awaitConnection("close", skip).path("end");
    }

    /** What the credentials are now, without keys. */
    JsonNode credentials() {
        int before = count();
        command(Map.of("do", "creds"));
        return await("creds", before, event -> event.path("event").asText().equals("creds"));
    }

    int count() {
        return node.count();
    }

    /** Events of a kind so far. */
    List<JsonNode> events(String kind) {
        return node.events(kind);
    }

    void command(Map<String, Object> command) {
        node.command(command);
    }

    /** Ends the process; fails when it does not end by itself. */
    @Override
    public void close() throws Exception {
        node.close();
    }

    private static boolean isUpdate(JsonNode event) {
        return event.path("event").asText().equals("connection.update");
    }
}
