package dev.whatsappmd.engine.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Happening.HistoryOffered;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message.HistorySyncNotification;
import dev.whatsappmd.engine.signal.SignalAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whole message stanzas of other devices, and the messages that Baileys makes of them. */
class StanzaVectorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Cases of one receiver follow each other: the second may be written with a key that the first brought. */
    private final Map<String, IntakeWorld> worlds = new HashMap<>();

    @TestFactory
    Stream<DynamicTest> readsWhatOtherDevicesWrite() {
        return Vectors.tests("signal.json", "stanza", vector -> {
            JsonNode receiver = vector.path("receiver");
            IntakeWorld world = worlds.computeIfAbsent(
                    receiver.at("/identity/public").asText(), any -> IntakeWorld.of(receiver, Optional.empty()));
            JsonNode known = vector.at("/setup/lidMapping");
            if (!known.isMissingNode()) {
                new MessageCipher(world.signal, world.random)
                        .link(
                                Jid.parse(known.path("lid").asText()),
                                Jid.parse(known.path("pn").asText()));
            }
            Node stanza = Vectors.node(vector.path("stanza"));
            Taken taken = world.take(stanza);
            assertThat(taken.cleared()).isTrue();
            JsonNode expected = vector.at("/expected/fullMessage");
            JsonNode notification = expected.at("/message/protocolMessage/historySyncNotification");
            if (notification.isMissingNode()) {
                checkMessage(IntakeWorld.event(taken), expected);
            } else {
                checkHistory(taken, expected, notification);
            }
            for (JsonNode address : vector.at("/expected/sessionAddresses")) {
                String[] parts = address.asText().split("[_.]");
                assertThat(world.signal.hasSession(
                                new SignalAddress(parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]))))
                        .isTrue();
            }
        });
    }

    private static void checkHistory(Taken taken, JsonNode expected, JsonNode notification)
            throws InvalidProtocolBufferException {
        assertThat(taken.happenings()).hasSize(1);
        HistoryNotice notice = ((HistoryOffered) taken.happenings().get(0)).notice();
        assertThat(notice.stanzaId()).isEqualTo(expected.at("/key/id").asText());
        assertThat(notice.timestamp())
                .isEqualTo(expected.path("messageTimestamp").asLong());
        checkContent(HistorySyncNotification.parseFrom(notice.notification()), notification);
        assertThat(HistoryNotice.decode(notice.encode())).isEqualTo(notice);
    }

    private static void checkMessage(MessageEvent event, JsonNode expected) throws InvalidProtocolBufferException {
        JsonNode json = JSON.valueToTree(event);
        // Addresses in the vector are as they came; in an event they have no device.
        expected.path("key").fields().forEachRemaining(field -> assertThat(
                        json.path("key").path(field.getKey()))
                .as(field.getKey())
                .isEqualTo(withoutDevice(field.getValue())));
        for (String name : List.of(
                "messageTimestamp", "pushName", "broadcast", "status", "messageStubType", "messageStubParameters")) {
            assertThat(json.path(name).toString())
                    .as(name)
                    .isEqualTo(expected.path(name).toString());
        }
        JsonNode message = expected.path("message");
        if (message.isMissingNode()) {
            assertThat(event.raw()).isNull();
            return;
        }
        checkContent(Wrapping.received(dev.whatsappmd.engine.proto.e2e.Message.parseFrom(event.raw())), message);
        String text = message.path("conversation")
                .asText(message.at("/extendedTextMessage/text")
                        .asText(message.at("/reactionMessage/text").asText()));
        assertThat(event.content().text()).isEqualTo(text);
    }

    private static JsonNode withoutDevice(JsonNode value) {
        return value.isTextual() && value.asText().contains("@")
                ? JSON.valueToTree(Jid.parse(value.asText()).normalized().toString())
                : value;
    }

    /** Every field that is there, and no other one. */
    private static void checkContent(Message actual, JsonNode expected) {
        assertThat(actual.getAllFields().keySet().stream().map(FieldDescriptor::getJsonName))
                .containsExactlyInAnyOrderElementsOf(
                        expected.properties().stream().map(Map.Entry::getKey).toList());
        assertThat(actual.getUnknownFields().asMap()).isEmpty();
        for (FieldDescriptor field : actual.getAllFields().keySet()) {
            JsonNode wanted = expected.path(field.getJsonName());
            Object value = actual.getField(field);
            if (value instanceof Message inner) {
                checkContent(inner, wanted);
            } else if (value instanceof ByteString bytes) {
                assertThat(bytes.toByteArray()).isEqualTo(Vectors.b64(wanted.path("b64")));
            } else if (value instanceof EnumValueDescriptor constant) {
                assertThat(constant.getNumber()).isEqualTo(wanted.asInt());
            } else {
                assertThat(JSON.<JsonNode>valueToTree(value).asText()).isEqualTo(wanted.asText());
            }
        }
    }
}
