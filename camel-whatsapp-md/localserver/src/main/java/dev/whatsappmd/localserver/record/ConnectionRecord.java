package dev.whatsappmd.localserver.record;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.record.RecordedStanza.Direction;
import dev.whatsappmd.localserver.transport.LinkEnd;
import dev.whatsappmd.localserver.transport.UpgradeRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one connection, while it lives and after. Safe for all threads; the lists are copies of the
 * moment.
 */
public final class ConnectionRecord {
    private final Recording recording;
    private final int index;
    private final Instant acceptedAt;
    private final Map<Moment, Instant> moments = new EnumMap<>(Moment.class);
    private final List<RecordedStanza> stanzas = new ArrayList<>();
    private final List<RecordedFailure> failures = new ArrayList<>();
    private final List<ServerFault> faults = new ArrayList<>();
    private int generation;
    private UpgradeRequest request;
    private byte[] routingInfo;
    private byte[] clientPayload;
    private byte[] noiseKey;
    private Instant closedAt;
    private LinkEnd end;

    ConnectionRecord(Recording recording, int index, Instant acceptedAt) {
        this.recording = recording;
        this.index = index;
        this.acceptedAt = acceptedAt;
    }

    /** Place among all connections of this server, 1 for the first. */
    public int index() {
        return index;
    }

    /**
     * Which connection of the same client this is, 1 for its first; 0 before the handshake. A client is known by its
     * Noise key, which it keeps as long as its credentials.
     */
    public int generation() {
        synchronized (recording) {
            return generation;
        }
    }

    /** When the TCP connection came. */
    public Instant acceptedAt() {
        return acceptedAt;
    }

    /** When it ended. */
    public Optional<Instant> closedAt() {
        synchronized (recording) {
            return Optional.ofNullable(closedAt);
        }
    }

    /** How it ended. */
    public Optional<LinkEnd> end() {
        synchronized (recording) {
            return Optional.ofNullable(end);
        }
    }

    /** Whether it has not ended. */
    public boolean isLive() {
        synchronized (recording) {
            return end == null;
        }
    }

    /** The HTTP request that asked for the websocket. */
    public Optional<UpgradeRequest> request() {
        synchronized (recording) {
            return Optional.ofNullable(request);
        }
    }

    /** The routing info in front of the client's first frame. */
    public Optional<byte[]> routingInfo() {
        synchronized (recording) {
            return Optional.ofNullable(routingInfo).map(byte[]::clone);
        }
    }

    /** The ClientPayload protobuf that the client registered or logged in with. */
    public Optional<byte[]> clientPayload() {
        synchronized (recording) {
            return Optional.ofNullable(clientPayload).map(byte[]::clone);
        }
    }

    /** Whether this moment has come. */
    public boolean reached(Moment moment) {
        return momentAt(moment).isPresent();
    }

    /** When this moment came. */
    public Optional<Instant> momentAt(Moment moment) {
        synchronized (recording) {
            return Optional.ofNullable(moments.get(moment));
        }
    }

    /** All stanzas in order, both directions. */
    public List<RecordedStanza> stanzas() {
        synchronized (recording) {
            return List.copyOf(stanzas);
        }
    }

    /** What the client sent, in order. */
    public List<RecordedStanza> received() {
        return stanzas().stream()
                .filter(stanza -> stanza.direction() == Direction.RECEIVED)
                .toList();
    }

    /** What the client was sent, in order. */
    public List<RecordedStanza> sent() {
        return stanzas().stream()
                .filter(stanza -> stanza.direction() == Direction.SENT)
                .toList();
    }

    /** What the client did wrong. */
    public List<RecordedFailure> failures() {
        synchronized (recording) {
            return List.copyOf(failures);
        }
    }

    /** What was done to the client: faults of the script and those asked for. */
    public List<ServerFault> faults() {
        synchronized (recording) {
            return List.copyOf(faults);
        }
    }

    /** For the server: the request came. */
    public void requested(UpgradeRequest upgrade) {
        change(() -> request = upgrade);
    }

    /** For the server: the intro header was read. */
    public void introduced(byte[] routing) {
        change(() -> routingInfo = routing.clone());
    }

    /** For the server: the client is through the handshake. */
    public void identified(byte[] clientNoiseKey, byte[] payload) {
        change(() -> {
            noiseKey = clientNoiseKey.clone();
            clientPayload = payload.clone();
            generation = 1
                    + (int) recording.all().stream()
                            .filter(other -> other != this && Arrays.equals(other.noiseKey, clientNoiseKey))
                            .count();
        });
    }

    /** For the server: a moment has come. */
    public void reach(Moment moment) {
        change(() -> moments.putIfAbsent(moment, recording.now()));
    }

    /** For the server: a stanza went through. */
    public void add(Direction direction, Node node, int frameBytes) {
        if (!recording.keepsStanzas()) {
            return;
        }
        change(() -> {
            RecordedStanza stanza =
                    new RecordedStanza(index, recording.nextNumber(), direction, recording.now(), node, frameBytes);
            stanzas.add(stanza);
            recording.added(stanza);
        });
    }

    /** For the server: the client did something wrong. */
    public void fail(String what, @Nullable Throwable cause) {
        change(() -> failures.add(new RecordedFailure(index, recording.now(), what, cause)));
    }

    /** For the server: a fault was done. */
    public void faulted(ServerFault fault) {
        change(() -> faults.add(fault));
    }

    /** For the server: the connection is over. */
    public void closed(LinkEnd how) {
        change(() -> {
            end = how;
            closedAt = recording.now();
        });
    }

    private void change(Runnable change) {
        synchronized (recording) {
            change.run();
            recording.changed();
        }
    }

    /** One line for messages: what happened on this connection, without anything personal. */
    String summary() {
        StringBuilder text = new StringBuilder("connection ").append(index);
        if (generation > 0) {
            text.append(" (generation ").append(generation).append(')');
        }
        text.append(": ").append(moments.isEmpty() ? "nothing yet" : String.join(" ", names()));
        text.append(end == null ? ", live" : ", ended " + end);
        if (!faults.isEmpty()) {
            text.append(", faults ").append(faults);
        }
        if (!failures.isEmpty()) {
            text.append(", client failed: ").append(failures.get(0).what());
        }
        List<RecordedStanza> received = received();
        int shown = Math.min(received.size(), 12);
        text.append("; received ").append(received.size()).append(" stanzas");
        if (shown > 0) {
            text.append(received.size() > shown ? ", the last " : ": ");
            text.append(String.join(
                    ", ",
                    received.subList(received.size() - shown, received.size()).stream()
                            .map(RecordedStanza::label)
                            .toList()));
        }
        return text.toString();
    }

    /** What comes before the hello is told only when no hello has come. */
    private List<String> names() {
        boolean greeted = moments.containsKey(Moment.HELLO);
        return moments.keySet().stream()
                .filter(moment -> !greeted || moment.compareTo(Moment.HELLO) >= 0)
                .map(moment -> moment.name().toLowerCase(java.util.Locale.ROOT))
                .toList();
    }

    @Override
    public String toString() {
        synchronized (recording) {
            return summary();
        }
    }
}
