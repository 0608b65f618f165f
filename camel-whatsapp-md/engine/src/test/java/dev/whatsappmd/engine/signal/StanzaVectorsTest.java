package dev.whatsappmd.engine.signal;

import static dev.whatsappmd.engine.Vectors.b64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.UnknownFieldSet;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.store.Table;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The Signal part of whole stanzas: addresses with what is known of numbers and LIDs, and that every {@code <enc>} opens.
 * What is inside is the business of the room {@code message}.
 */
class StanzaVectorsTest {
    @Test
    void readsTheMessagesOfStanzasInTheirOrder() throws Exception {
        Map<String, Device> receivers = new HashMap<>();
        int opened = 0;
        for (JsonNode test : Vectors.cases("signal.json", "stanza")) {
            JsonNode stanza = test.path("stanza");
            JsonNode attributes = stanza.path("attrs");
            if (encs(stanza).findAny().isEmpty()) {
                continue;
            }
            // A case may go on with what an earlier one has left.
            Device receiver = receivers.computeIfAbsent(
                    test.path("receiver").path("jid").asText(), any -> Device.of(test.path("receiver"), new Random(1)));
            learn(
                    receiver,
                    test.path("setup").path("lidMapping").path("pn"),
                    test.path("setup").path("lidMapping").path("lid"));
            JsonNode author = attributes.path(attributes.has("participant") ? "participant" : "from");
            learn(receiver, author, attributes.path("sender_lid"));
            learn(receiver, attributes.path("sender_pn"), author);
            learn(receiver, attributes.path("participant_pn"), author);
            SignalAddress from = receiver.store.address(Jid.parse(author.asText()));
            Jid group = Jid.parse(attributes.path("from").asText());
            for (JsonNode enc : encs(stanza).toList()) {
                byte[] bytes = b64(enc.path("content").path("b64"));
                switch (enc.path("attrs").path("type").asText()) {
                    case "pkmsg", "msg" -> {
                        boolean preKey = enc.path("attrs").path("type").asText().equals("pkmsg");
                        Decrypted read = receiver.decrypt(from, preKey, bytes);
                        opened++;
                        Optional<byte[]> skdm = distribution(read.plaintext());
                        if (skdm.isPresent()) {
                            receiver.groups.processDistribution(group, from, skdm.get());
                        }
                    }
                    case "skmsg" -> {
                        if (test.path("expected").path("fullMessage").has("messageStubType")) {
                            SignalException e = catchThrowableOfType(
                                    SignalException.class, () -> receiver.groups.decrypt(group, from, bytes));
                            assertThat(e.reason()).isEqualTo(SignalException.Reason.NO_SESSION);
                        } else {
                            byte[] plaintext = receiver.groups.decrypt(group, from, bytes);
                            opened++;
                            String text = text(
                                    test.path("expected").path("fullMessage").path("message"));
                            assertThat(new String(plaintext, StandardCharsets.UTF_8))
                                    .contains(text);
                        }
                    }
                    default -> {
                        // Not for Signal.
                    }
                }
            }
            receiver.commit();
            receiver.restart();
            if (test.has("setup") || attributes.has("sender_lid")) {
                assertThat(from.domainType()).as("the address is the LID").isEqualTo(1);
                assertThat(receiver.rows.keys(Table.SESSIONS)).containsExactly(from.toString());
            }
        }
        assertThat(opened).isPositive();
    }

    private static Stream<JsonNode> encs(JsonNode stanza) {
        Stream.Builder<JsonNode> encs = Stream.builder();
        if (stanza.path("content").isArray()) {
            stanza.path("content").forEach(child -> {
                if (child.path("tag").asText().equals("enc")) {
                    encs.add(child);
                }
            });
        }
        return encs.build();
    }

    private static void learn(Device receiver, JsonNode number, JsonNode lid) {
        if (number.isTextual() && lid.isTextual()) {
            Jid pn = Jid.parse(number.asText());
            Jid hidden = Jid.parse(lid.asText());
            if (pn.isPhoneNumber() && hidden.isLid()) {
                receiver.store.learn(pn.user(), hidden.user());
            }
        }
    }

    private static String text(JsonNode message) {
        return message.path("conversation")
                .asText(message.path("imageMessage").path("caption").asText(""));
    }

    /** {@code Message.senderKeyDistributionMessage.axolotlSenderKeyDistributionMessage}: fields 2 and 2. */
    private static Optional<byte[]> distribution(byte[] padded) throws Exception {
        int padding = padded[padded.length - 1] & 0xff;
        UnknownFieldSet message = UnknownFieldSet.parseFrom(Arrays.copyOf(padded, padded.length - padding));
        if (message.getField(2).getLengthDelimitedList().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(UnknownFieldSet.parseFrom(
                        message.getField(2).getLengthDelimitedList().get(0))
                .getField(2)
                .getLengthDelimitedList()
                .get(0)
                .toByteArray());
    }
}
