package dev.whatsappmd.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A Node process that runs Baileys against a local server; see {@code src/test/js/baileys-client.mjs}. */
final class BaileysClient implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(20);
    /** After this the process ends by itself, whatever happens here. */
    private static final int DEADLINE_SECONDS = 100;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Writer commands;
    private final List<JsonNode> events = new ArrayList<>();
    private boolean ended;

    private BaileysClient(Process process) {
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "baileys-events");
        reader.setDaemon(true);
        reader.start();
    }

    static BaileysClient start(LocalWhatsAppServer server) {
        return start(server, Map.of());
    }

    /** @param settings of Baileys' SocketConfig, beside those of the script */
    static BaileysClient start(LocalWhatsAppServer server, Map<String, Object> settings) {
        try {
            return new BaileysClient(new ProcessBuilder(
                            "node",
                            "baileys-client.mjs",
                            server.url(),
                            server.rootKeyHex(),
                            Integer.toString(DEADLINE_SECONDS),
                            JSON.writeValueAsString(settings))
                    .directory(NodeTools.folder().toFile())
                    .redirectErrorStream(true)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The oldest event after the first {@code skip} ones that matches; waits up to {@link #LIMIT}. */
    synchronized JsonNode await(String what, int skip, Predicate<JsonNode> match) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        int next = skip;
        while (true) {
            for (; next < events.size(); next++) {
                if (match.test(events.get(next))) {
                    return events.get(next);
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0 || ended) {
                throw new AssertionError((ended ? "the node process ended before " : "waited " + LIMIT + " for ") + what
                        + "; it said:\n" + text());
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while waiting for " + what);
            }
        }
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

    synchronized int count() {
        return events.size();
    }

    /** Events of a kind so far. */
    synchronized List<JsonNode> events(String kind) {
        return events.stream()
                .filter(event -> event.path("event").asText().equals(kind))
                .toList();
    }

    void command(Map<String, Object> command) {
        try {
            commands.write(JSON.writeValueAsString(command) + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the node process takes no commands; it said:\n" + text(), e);
        }
    }

    /** Ends the process; fails when it does not end by itself. */
    @Override
    public void close() throws Exception {
        commands.close();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the node process did not end by itself");
        }
    }

    private synchronized String text() {
        StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append("  ").append(event).append('\n'));
        return text.toString();
    }

    private static boolean isUpdate(JsonNode event) {
        return event.path("event").asText().equals("connection.update");
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                add(parsed(line));
            }
        } catch (IOException e) {
            add(JSON.createObjectNode().put("event", "reader").put("text", e.getMessage()));
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode().put("event", "output").put("text", line);
        }
    }

    private synchronized void add(JsonNode event) {
        events.add(event);
        notifyAll();
    }
}
