package dev.whatsappmd.engine.channel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeFormatException;
import dev.whatsappmd.engine.transport.TransportEnd;
import dev.whatsappmd.engine.transport.TransportEnd.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every way to end that Baileys was watched with, and where this client reads it otherwise on purpose. */
class DisconnectVectorsTest {
    private static final String FILE = "stream-errors.json";

    /** Another status code than Baileys'. */
    private record Difference(int statusCode, String why) {}

    /**
     * Where this client differs on purpose, told from the stanza itself so that it holds for any set of vectors in this
     * format.
     */
    private static Optional<Difference> difference(JsonNode vector) {
        if (vector.has("must")) {
            return Optional.of(new Difference(500, "must: close; Baileys stays connected"));
        }
        Node node = Vectors.node(vector.path("node"));
        int code = node.attribute("code", "").matches("\\d{1,9}") ? Integer.parseInt(node.attribute("code", "")) : 0;
        Optional<Node> conflict = node.child("conflict");
        if (!node.is("stream:error") || code == 515 || code == 516) {
            return Optional.empty();
        }
        if (conflict.isPresent() && !conflict.get().hasAttribute("type", "replaced")) {
            return code == 401
                    ? Optional.empty()
                    : Optional.of(new Difference(401, "only the type replaced means that another one took over"));
        }
        if (conflict.isPresent() && !node.firstChild().equals(conflict)) {
            return Optional.of(
                    new Difference(440, "a conflict counts wherever it stands; Baileys reads the first child only"));
        }
        return conflict.isEmpty() && code == 409
                ? Optional.of(new Difference(440, "conflict as a number: another one took over"))
                : Optional.empty();
    }

    /** What does not end a connection, and so is nothing for the table: whoever reads stanzas goes on. */
    private static boolean staysOpen(JsonNode vector) {
        return !vector.path("expected").path("closed").asBoolean() && !vector.has("must");
    }

    private static Optional<DisconnectCause> read(Node node) {
        return switch (node.tag()) {
            case "stream:error" -> Optional.of(DisconnectTable.ofStreamError(node));
            case "failure" -> Optional.of(DisconnectTable.ofFailure(node));
            case "xmlstreamend" -> Optional.of(DisconnectCause.streamEnd());
            case "ib" -> node.child("downgrade_webclient").map(child -> DisconnectCause.pairingUnsupported());
            default -> Optional.empty();
        };
    }

    @TestFactory
    Stream<DynamicTest> readsEveryEndAsBaileysButForTheDifferences() {
        return Vectors.tests(FILE, "close", vector -> {
            if (!vector.path("node").isObject()) {
                checkWithoutANode(vector);
                return;
            }
            for (Node node : nodes(vector)) {
                Optional<DisconnectCause> cause = read(node);
                if (staysOpen(vector)) {
                    assertThat(cause).isEmpty();
                } else {
                    assertThat(cause).as("closes").isPresent();
                    check(vector, cause.get());
                }
            }
        });
    }

    /** As the vector writes it, and as it comes from the wire. */
    private static List<Node> nodes(JsonNode vector) throws NodeFormatException {
        return List.of(Vectors.node(vector.path("node")), NodeDecoder.decode(Vectors.b64(vector.path("nodeBytes"))));
    }

    private static void check(JsonNode vector, DisconnectCause cause) {
        JsonNode expected = vector.path("expected");
        Optional<Difference> difference = difference(vector);
        if (difference.isPresent()) {
            assertThat(cause.statusCode())
                    .as(difference.get().why())
                    .isEqualTo(difference.get().statusCode());
        } else {
            assertThat(expected.path("closed").asBoolean()).isTrue();
            assertThat(cause.statusCode()).isEqualTo(expected.path("statusCode").asInt());
            checkReason(names(expected), cause);
        }
        boolean failure = vector.path("node").path("tag").asText().equals("failure");
        if (failure && expected.has("data")) {
            assertThat(cause.origin()).isEqualTo(DisconnectOrigin.FAILURE);
            assertThat(cause.attributes()).isEqualTo(attributes(expected.path("data")));
        }
    }

    private static void checkReason(List<String> baileysNames, DisconnectCause cause) {
        if (!baileysNames.isEmpty()) {
            assertThat(cause.reason()).isIn(baileysNames);
        } else if (cause.kind() == WhatsAppDisconnectKind.LOGGED_OUT) {
            assertThat(cause.reason())
                    .as("ARCHITECTURE 4 gives stream 516 a name")
                    .isEqualTo("loggedOut");
        } else {
            assertThat(cause.reason()).isEqualTo(cause.kind().name());
        }
    }

    /** Ends that are no words of the server: a lost socket, or a frame after which the counters are out of step. */
    private static void checkWithoutANode(JsonNode vector) {
        JsonNode expected = vector.path("expected");
        if (expected.path("closed").asBoolean()) {
            DisconnectCause cause = DisconnectCause.of(TransportEnd.of(Kind.CLOSED, "the stream ended"));
            assertThat(cause.statusCode()).isEqualTo(expected.path("statusCode").asInt());
            assertThat(names(expected)).contains(cause.reason());
            assertThat(cause.kind()).isEqualTo(WhatsAppDisconnectKind.TRANSPORT_LOST);
        } else {
            assertThat(vector.path("note").asText()).contains("must close");
            DisconnectCause cause = DisconnectCause.protocolError("a frame does not decrypt");
            assertThat(cause.kind()).isEqualTo(WhatsAppDisconnectKind.PROTOCOL_ERROR);
            assertThat(cause.statusCode()).isEqualTo(500);
        }
    }

    private static List<String> names(JsonNode expected) {
        List<String> names = new ArrayList<>();
        expected.path("disconnectReasons").forEach(name -> names.add(name.asText()));
        return names;
    }

    private static Map<?, ?> attributes(JsonNode data) {
        return new ObjectMapper().convertValue(data, Map.class);
    }

    /** A difference that is none any more hides the next one. */
    @Test
    void differsWhereItSaysThatItDiffers() {
        List<Difference> found = new ArrayList<>();
        for (JsonNode vector : Vectors.cases(FILE, "close")) {
            if (vector.path("node").isObject()) {
                difference(vector).ifPresent(difference -> {
                    found.add(difference);
                    assertThat(vector.path("expected").path("statusCode").asInt())
                            .isNotEqualTo(difference.statusCode());
                });
            }
        }
        if (Vectors.isOwnCopy()) {
            assertThat(found)
                    .extracting(Difference::statusCode)
                    .containsExactlyInAnyOrder(401, 401, 440, 440, 500, 500, 500);
        }
    }

    @Test
    void namesTheCodesAsBaileysDoes() {
        JsonNode table = Vectors.cases(FILE, "table").get(0).path("table");
        assertThat(table.size()).isEqualTo(10);
        table.fields().forEachRemaining(name -> {
            WhatsAppDisconnectKind kind = name.getKey().equals("timedOut")
                    ? WhatsAppDisconnectKind.UNREACHABLE
                    : WhatsAppDisconnectKind.UNKNOWN;
            assertThat(DisconnectTable.reason(name.getValue().asInt(), kind)).isEqualTo(name.getKey());
        });
    }

    /** The ends that this transport tells as Baileys' websocket tells these errors. */
    private static final Map<String, TransportEnd> SOCKET_ENDS = Map.of(
            "Unexpected server response: 403", TransportEnd.of(Kind.UPGRADE_REFUSED, 403, "HTTP 403"),
            "Unexpected server response: 503", TransportEnd.of(Kind.UPGRADE_REFUSED, 503, "HTTP 503"),
            "Unexpected server response: 200", TransportEnd.of(Kind.UPGRADE_REFUSED, 200, "HTTP 200"),
            "read ECONNRESET", TransportEnd.of(Kind.CONNECT, "Connection reset"),
            "getaddrinfo ENOTFOUND web.whatsapp.com", TransportEnd.of(Kind.DNS, "does not resolve"),
            "Opening handshake has timed out", TransportEnd.of(Kind.TIMED_OUT, "did not answer in time"),
            "x", TransportEnd.of(Kind.INVALID_FRAME, 1002, "a frame was refused"));

    @TestFactory
    Stream<DynamicTest> numbersEndsOfTheSocketAsBaileys() {
        return Vectors.tests(FILE, "websocketError", vector -> {
            String message = vector.path("error").path("message").asText();
            if (message.equals("boom")) {
                // Whatever Baileys does not know; there is no end of this transport that has no kind.
                assertThat(vector.path("statusCode").asInt()).isEqualTo(500);
                return;
            }
            if (!SOCKET_ENDS.containsKey(message)) {
                assertThat(Vectors.isOwnCopy()).as("an end for " + message).isFalse();
                return;
            }
            DisconnectCause cause = DisconnectCause.of(SOCKET_ENDS.get(message));
            assertThat(cause.statusCode()).isEqualTo(vector.path("statusCode").asInt());
            assertThat(cause.reason()).isIn(names(vector));
            assertThat(cause.kind())
                    .isEqualTo(
                            message.equals("x")
                                    ? WhatsAppDisconnectKind.PROTOCOL_ERROR
                                    : WhatsAppDisconnectKind.UNREACHABLE);
        });
    }

    /** Baileys gives 408 to a reset at any time; ARCHITECTURE 4 has one row for all losses of a live socket. */
    @Test
    void numbersALostSocketAlikeWhetherItWasClosedOrReset() {
        for (Kind kind : List.of(Kind.CLOSED, Kind.FAILED)) {
            DisconnectCause cause = DisconnectCause.of(TransportEnd.of(kind, "Connection reset"));
            assertThat(cause.code()).hasToString("socket.428");
            assertThat(cause.kind()).isEqualTo(WhatsAppDisconnectKind.TRANSPORT_LOST);
        }
    }

    @Test
    void takesTheTimeThatTheServerNamesForABan() {
        for (JsonNode vector : Vectors.cases(FILE, "close")) {
            Node node = Vectors.node(vector.path("node"));
            if (node.is("failure") && node.hasAttribute("reason", "402")) {
                assertThat(read(node).orElseThrow().hint())
                        .isEqualTo(node.attribute("expire").map(Long::parseLong).map(Duration::ofSeconds));
            }
        }
    }
}
