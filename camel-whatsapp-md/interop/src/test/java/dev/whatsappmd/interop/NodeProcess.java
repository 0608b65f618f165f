package dev.whatsappmd.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/**
 * A script of {@code src/test/js} that runs in Node: it prints events, one JSON object a line, and takes commands in the
 * same form. Safe for all threads.
 */
final class NodeProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Writer commands;
    private final List<JsonNode> events = new ArrayList<>();
    private boolean ended;

    private NodeProcess(Process process) {
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "node-events");
        reader.setDaemon(true);
        reader.start();
    }

    static NodeProcess start(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        try {
            return new NodeProcess(new ProcessBuilder(command)
                    .directory(NodeTools.folder().toFile())
                    .redirectErrorStream(true)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The oldest event after the first {@code skip} ones that matches; waits for it so long. */
    synchronized JsonNode await(String what, int skip, Duration limit, Predicate<JsonNode> match) {
        long deadline = System.nanoTime() + limit.toNanos();
        int next = skip;
        while (true) {
            for (; next < events.size(); next++) {
                if (match.test(events.get(next))) {
                    return events.get(next);
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0 || ended) {
                throw new AssertionError((ended ? "the node process ended before " : "waited " + limit + " for ") + what
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

    synchronized int count() {
        return events.size();
    }

    /** All events after the first {@code skip} ones, so far. */
    synchronized List<JsonNode> events(int skip) {
        return List.copyOf(events.subList(skip, events.size()));
    }

    /** Events of a kind so far. */
    List<JsonNode> events(String kind) {
        return events(0).stream()
                .filter(event -> event.path("event").asText().equals(kind))
                .toList();
    }

    synchronized void command(Map<String, Object> command) {
        try {
            commands.write(json(command) + "\n");
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
