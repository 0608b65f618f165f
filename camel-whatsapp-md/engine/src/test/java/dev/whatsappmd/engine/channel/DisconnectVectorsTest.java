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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every way to end that Baileys was watched with, and where this client reads it otherwise on purpose. */
class DisconnectVectorsTest {
    private static final String FILE = "stream-errors.json";

    /** Another status code than Baileys', by the name of the vector. */
    private record Difference(int statusCode, String why) {}

    private static final Map<String, Difference> DIFFERENCES = Map.of(
            "conflict device_removed without code",
                    new Difference(401, "this device was unlinked; Baileys sees any conflict as replaced"),
            "conflict unknown type", new Difference(401, "only the type replaced means that another one took over"),
            "two children: the first counts",
                    new Difference(440, "a conflict counts wherever it stands; Baileys reads the first child only"),
            "code 409 without child", new Difference(440, "conflict as a number: another one took over"),
            "code is not a number", new Difference(500, "must: close; Baileys stays connected"),
            "code 0", new Difference(500, "must: close; Baileys stays connected"),
            "failure with non-numeric reason", new Difference(500, "must: close; Baileys stays connected"));

    /** What does not end a connection, and so is nothing for the table: whoever reads stanzas goes on. */
    private static final Set<String> STAYS_OPEN =
            Set.of("ib offline", "ib dirty", "ib unknown child", "ib without child", "stream:features", "unknown tag");

    /** Ends that are no words of the server. */
    private static final Map<String, DisconnectCause> WITHOUT_A_NODE = Map.of(
            "socket closed by the peer",
                    DisconnectCause.of(TransportEnd.of(Kind.CLOSED, 1000, "closed with code 1000")),
            "socket terminated", DisconnectCause.of(TransportEnd.of(Kind.CLOSED, "the stream ended")),
            "frame that does not decrypt", DisconnectCause.protocolError("a frame does not decrypt"));

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
            String name = vector.path("name").asText();
            for (Node node : nodes(vector)) {
                Optional<DisconnectCause> cause = read(node);
                if (STAYS_OPEN.contains(name)) {
                    assertThat(cause).isEmpty();
                    assertThat(vector.path("expected").path("closed").asBoolean())
                            .isFalse();
                } else {
                    assertThat(cause).as("closes").isPresent();
                    check(vector, cause.get());
                }
            }
            if (WITHOUT_A_NODE.containsKey(name)) {
                checkWithoutANode(vector, WITHOUT_A_NODE.get(name));
            }
        });
    }

    /** As the vector writes it, and as it comes from the wire. */
    private static List<Node> nodes(JsonNode vector) throws NodeFormatException {
        List<Node> nodes = new ArrayList<>();
        if (vector.path("node").isObject()) {
            nodes.add(Vectors.node(vector.path("node")));
            nodes.add(NodeDecoder.decode(Vectors.b64(vector.path("nodeBytes"))));
        } else {
            assertThat(WITHOUT_A_NODE).containsKey(vector.path("name").asText());
        }
        return nodes;
    }

    private static void check(JsonNode vector, DisconnectCause cause) {
        JsonNode expected = vector.path("expected");
        Difference difference = DIFFERENCES.get(vector.path("name").asText());
        if (difference != null) {
            assertThat(cause.statusCode()).as(difference.why()).isEqualTo(difference.statusCode());
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

    private static void checkWithoutANode(JsonNode vector, DisconnectCause cause) {
        JsonNode expected = vector.path("expected");
        if (expected.path("closed").asBoolean()) {
            assertThat(cause.statusCode()).isEqualTo(expected.path("statusCode").asInt());
            assertThat(names(expected)).contains(cause.reason());
            assertThat(cause.kind()).isEqualTo(WhatsAppDisconnectKind.TRANSPORT_LOST);
        } else {
            assertThat(vector.path("note").asText()).contains("must close");
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

    @Test
    void hasAVectorForEachExceptionOfThisTest() {
        Set<String> named = new HashSet<>(DIFFERENCES.keySet());
        named.addAll(STAYS_OPEN);
        named.addAll(WITHOUT_A_NODE.keySet());
        List<String> vectors = Vectors.cases(FILE, "close").stream()
                .map(vector -> vector.path("name").asText())
                .toList();
        assertThat(vectors).hasSizeGreaterThanOrEqualTo(80).containsAll(named);
    }

    /** A difference that is none any more hides the next one. */
    @Test
    void differsWhereItSaysThatItDiffers() {
        for (JsonNode vector : Vectors.cases(FILE, "close")) {
            Difference difference = DIFFERENCES.get(vector.path("name").asText());
            if (difference != null) {
                assertThat(vector.path("expected").path("statusCode").asInt()).isNotEqualTo(difference.statusCode());
            }
        }
    }

    @Test
    void closesWhereBaileysFailsToAndTheVectorSaysItMust() {
        List<JsonNode> must = Vectors.cases(FILE, "close").stream()
                .filter(vector -> vector.has("must"))
                .toList();
        assertThat(must).hasSize(3).allSatisfy(vector -> {
            assertThat(vector.path("must").asText()).isEqualTo("close; treat as 500 (badSession)");
            DisconnectCause cause = read(Vectors.node(vector.path("node"))).orElseThrow();
            assertThat(cause.statusCode()).isEqualTo(500);
            assertThat(cause.reason()).isEqualTo("badSession");
        });
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
        JsonNode banned = Vectors.cases(FILE, "close").stream()
                .filter(vector -> vector.path("name").asText().equals("failure with message attrs (banned)"))
                .findFirst()
                .orElseThrow();
        assertThat(read(Vectors.node(banned.path("node"))).orElseThrow().hint()).contains(Duration.ofHours(1));
    }
}
