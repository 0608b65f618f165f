package dev.whatsappmd.engine.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import dev.whatsappmd.engine.message.MessageCipher.Plain;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.store.SessionRows;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What a logged-in Baileys sends for each stanza, in its order, and where this engine differs from it on purpose. Each
 * difference is a rule about the stanza, with its reason; everything else has to be equal.
 */
class LiveVectorsTest {
    private static final Set<String> SERVERS = Set.of(
            JidServer.USER,
            JidServer.LID,
            JidServer.GROUP,
            JidServer.BROADCAST,
            JidServer.NEWSLETTER,
            JidServer.HOSTED,
            JidServer.HOSTED_LID,
            JidServer.BOT,
            JidServer.LEGACY_USER);

    @TestFactory
    Stream<DynamicTest> answersAsTheTableSays() {
        return Vectors.tests("message.json", "live", vector -> {
            IntakeWorld world = world(vector);
            Map<Node, List<Node>> answered = new HashMap<>();
            for (JsonNode exchange : vector.path("exchanges")) {
                Node stanza = Vectors.node(exchange.path("stanza"));
                List<Node> sent = new ArrayList<>();
                exchange.path("sent").forEach(node -> sent.add(Vectors.node(node)));
                List<Node> expected = answered.containsKey(stanza) && isRead(answered.get(stanza))
                        // A message that came before: Baileys says that it cannot parse it, which leaves the server
                        // with
                        // a message that was never received. The table: as the first time.
                        ? answered.get(stanza)
                        : expected(stanza, sent, vector);
                int nextPreKeyId = world.credentials.nextPreKeyId();
                Taken taken = world.take(stanza);
                assertThat(withoutKeys(taken.answers())).isEqualTo(withoutKeys(expected));
                checkKeys(stanza, taken, sent, world, nextPreKeyId);
                assertThat(taken.cleared()).isEqualTo(Answers.isOwed(stanza));
                answered.put(stanza, taken.answers());
            }
        });
    }

    private static IntakeWorld world(JsonNode vector) {
        IntakeWorld world = IntakeWorld.of(vector.path("me"), Vectors.optionalB64(vector.path("account")));
        world.online = vector.path("online").asBoolean();
        return world;
    }

    private static boolean isRead(List<Node> answers) {
        return answers.size() == 1 && answers.get(0).is("receipt");
    }

    private static List<Node> expected(Node stanza, List<Node> sent, JsonNode vector) {
        if (stanza.is("message") && !parses(stanza, vector)) {
            return List.of(withError(sent.get(0), 487));
        }
        boolean nothingEncrypted = stanza.is("message")
                && stanza.children().isEmpty()
                && stanza.attribute("id").isPresent();
        if (nothingEncrypted) {
            return List.of(withError(sent.get(0), 488));
        }
        if (decryptsToNoMessage(stanza, vector)) {
            // Asking for it again gets the same bytes again.
            return List.of(withError(sent.get(sent.size() - 1), 491));
        }
        List<Node> expected = new ArrayList<>();
        for (Node answer : sent) {
            if (answer.hasAttribute("type", "hist_sync")) {
                // Says that the history was taken in: that is known only when a route is done with it.
                continue;
            }
            boolean withoutTo = answer.hasAttribute("type", "sender")
                    && answer.attribute("to").isEmpty();
            if (withoutTo) {
                expected.add(answer.toBuilder()
                        .attribute("to", stanza.attribute("from"))
                        .build());
            } else if (answer.is("ack") && stanza.hasAttribute("type", "encrypt")) {
                expected.add(without(answer, "type"));
            } else if (answer.is("ack") && answer.hasAttribute("error", "500")) {
                // After a retry receipt a plain one: it is not this device that has a problem. An address that the
                // application wants to hear nothing of is an option of Baileys; here it is a message as any other.
                if (sent.size() == 1) {
                    expected.add(retry(stanza, vector));
                }
                expected.add(without(answer, "error"));
            } else {
                expected.add(answer);
            }
        }
        return expected;
    }

    /** By the rules of the table, written once more: an id, a known kind of sender, a recipient only for one's own. */
    private static boolean parses(Node stanza, JsonNode vector) {
        Optional<Jid> from = stanza.attribute("from").flatMap(Jid::tryParse);
        if (from.isEmpty()
                || stanza.attribute("id").isEmpty()
                || !SERVERS.contains(from.get().server())) {
            return false;
        }
        Set<String> own = Set.of(
                Jid.parse(vector.at("/me/jid").asText()).user(),
                Jid.parse(vector.at("/me/lid").asText()).user());
        return stanza.attribute("recipient").isEmpty()
                || own.contains(from.get().user());
    }

    private static boolean decryptsToNoMessage(Node stanza, JsonNode vector) {
        Optional<Node> enc = stanza.children("enc").stream()
                .filter(part -> part.hasAttribute("type", "pkmsg"))
                .findFirst();
        if (enc.isEmpty()) {
            return false;
        }
        IntakeWorld fresh = world(vector);
        Jid sender = Jid.parse(stanza.attribute("participant").orElse(stanza.attribute("from", "")));
        MessageCipher.Opened opened = new MessageCipher(fresh.signal, fresh.random)
                .openPreKey(sender, enc.get().bytes().orElseThrow());
        if (!(opened instanceof Plain plain)) {
            return false;
        }
        try {
            Message.parseFrom(Padding.remove(plain.padded()).orElseThrow());
            return false;
        } catch (InvalidProtocolBufferException e) {
            return true;
        }
    }

    private static Node retry(Node stanza, JsonNode vector) {
        byte[] registration = new byte[4];
        ByteBuffer.wrap(registration).putInt(vector.at("/me/registrationId").asInt());
        return Node.builder("receipt")
                .attribute("id", stanza.attribute("id"))
                .attribute("type", "retry")
                .attribute("to", stanza.attribute("from"))
                .child(Node.builder("retry")
                        .attribute("count", "1")
                        .attribute("id", stanza.attribute("id"))
                        .attribute("t", stanza.attribute("t"))
                        .attribute("v", "1")
                        .attribute("error", "0")
                        .build())
                .child(Node.builder("registration").bytes(registration).build())
                .build();
    }

    /**
     * From the second time on as in the vector, except for the one-time pre-key, which is random. And already the first time
     * when there is no session: without our keys the sender could only fail again (PROTOCOL 1; Baileys sends them with the
     * second).
     */
    private static void checkKeys(Node stanza, Taken taken, List<Node> sent, IntakeWorld world, int nextPreKeyId) {
        Optional<Node> keys = keys(taken.answers());
        boolean withoutSession = stanza.children("enc").stream().anyMatch(enc -> enc.hasAttribute("type", "msg"));
        boolean again = taken.answers().stream()
                .flatMap(answer -> answer.child("retry").stream())
                .anyMatch(retry -> !retry.hasAttribute("count", "1"));
        boolean retries = taken.answers().stream().anyMatch(answer -> answer.hasAttribute("type", "retry"));
        assertThat(keys.isPresent()).isEqualTo(retries && (withoutSession || again));
        if (keys.isEmpty()) {
            return;
        }
        byte[] id = keys.get()
                .child("key")
                .orElseThrow()
                .child("id")
                .orElseThrow()
                .bytes()
                .orElseThrow();
        assertThat(id).hasSize(3);
        int number = (id[0] & 0xFF) << 16 | (id[1] & 0xFF) << 8 | id[2] & 0xFF;
        assertThat(number).isEqualTo(nextPreKeyId);
        assertThat(world.credentials.nextPreKeyId()).isEqualTo(nextPreKeyId + 1);
        assertThat(keys.get()
                        .child("key")
                        .orElseThrow()
                        .child("value")
                        .orElseThrow()
                        .bytes())
                .contains(SessionRows.preKey(world.rows, number)
                        .orElseThrow()
                        .keyPair()
                        .publicKey());
        keys(sent).ifPresent(expected -> assertThat(parts(keys.get())).isEqualTo(parts(expected)));
    }

    private static Optional<Node> keys(List<Node> answers) {
        return answers.stream().flatMap(answer -> answer.child("keys").stream()).findFirst();
    }

    private static Map<String, Node> parts(Node keys) {
        Map<String, Node> parts = new TreeMap<>();
        keys.children().stream().filter(part -> !part.is("key")).forEach(part -> parts.put(part.tag(), part));
        assertThat(parts).containsOnlyKeys("type", "identity", "skey", "device-identity");
        return parts;
    }

    private static List<Node> withoutKeys(List<Node> answers) {
        return answers.stream()
                .map(answer -> {
                    Node.Builder bare = Node.builder(answer.tag());
                    answer.attributes().forEach(bare::attribute);
                    answer.children().stream()
                            .filter(child -> !child.is("keys"))
                            .forEach(bare::child);
                    return bare.build();
                })
                .toList();
    }

    private static Node withError(Node ack, int code) {
        assertThat(ack.tag()).isEqualTo("ack");
        return ack.toBuilder().attribute("error", Integer.toString(code)).build();
    }

    private static Node without(Node node, String attribute) {
        Node.Builder bare = Node.builder(node.tag());
        node.attributes().forEach((name, value) -> {
            if (!name.equals(attribute)) {
                bare.attribute(name, value);
            }
        });
        return bare.build();
    }
}
