package dev.whatsappmd.engine.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.jid.Jid;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The small pieces of messages, as another implementation makes them. */
class MessageVectorsTest {
    private static final String FILE = "message.json";

    @TestFactory
    Stream<DynamicTest> padsAndUnpads() {
        return Vectors.tests(FILE, "padding", vector -> {
            byte[] message = Vectors.b64(vector.path("messageBytes"));
            byte[] padded = Vectors.b64(vector.path("padded"));
            assertThat(Padding.add(message, vector.path("pad").asInt())).isEqualTo(padded);
            assertThat(Padding.remove(padded)).contains(message);
        });
    }

    @TestFactory
    Stream<DynamicTest> unpadsWhatIsOdd() {
        return Vectors.tests(FILE, "unpad", vector -> {
            Optional<byte[]> unpadded = Padding.remove(Vectors.b64(vector.path("padded")));
            JsonNode baileys = vector.path("baileys");
            if (baileys.path("rejected").asBoolean()) {
                assertThat(unpadded).isEmpty();
            } else {
                assertThat(unpadded).contains(Vectors.b64(baileys.path("messageBytes")));
            }
        });
    }

    @Test
    void padsWithOneToSixteenBytes() {
        Random random = new Random(3);
        List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            byte[] padded = Padding.add(new byte[] {9, 9}, random);
            lengths.add(padded.length - 2);
            assertThat(Padding.remove(padded)).contains(new byte[] {9, 9});
        }
        assertThat(lengths).allMatch(length -> length >= 1 && length <= 16).contains(1, 16);
    }

    @TestFactory
    Stream<DynamicTest> hashesParticipants() {
        return Vectors.tests(FILE, "phash", vector -> {
            List<String> devices = new ArrayList<>();
            vector.path("participants").forEach(device -> devices.add(device.asText()));
            assertThat(ParticipantHash.of(devices))
                    .isEqualTo(vector.path("phash").asText());
        });
    }

    @TestFactory
    Stream<DynamicTest> makesReceipts() {
        return Vectors.tests(FILE, "sendReceipt", vector -> {
            List<String> ids = new ArrayList<>();
            vector.path("ids").forEach(id -> ids.add(id.asText()));
            assertThat(Receipts.of(
                            Jid.parse(vector.path("jid").asText()),
                            Optional.ofNullable(vector.path("participant").textValue())
                                    .map(Jid::parse),
                            ids,
                            Optional.ofNullable(vector.path("type").textValue()),
                            Instant.ofEpochSecond(vector.path("nowSeconds").asLong())))
                    .isEqualTo(Vectors.node(vector.path("node")));
        });
    }

    @TestFactory
    Stream<DynamicTest> readsAReceiptsType() {
        return Vectors.tests(FILE, "receiptStatus", vector -> {
            Integer expected = vector.path("status").isNull()
                    ? null
                    : Integer.valueOf(vector.path("status").asInt());
            assertThat(Observed.status(Optional.ofNullable(vector.path("type").textValue())))
                    .isEqualTo(expected);
        });
    }

    @TestFactory
    Stream<DynamicTest> readsACallsStatus() {
        return Vectors.tests(
                FILE, "callStatus", vector -> assertThat(Observed.callStatus(Vectors.node(vector.path("node"))))
                        .isEqualTo(vector.path("status").asText()));
    }

    @TestFactory
    Stream<DynamicTest> knowsTheNumbersOfWhyNot() {
        return Vectors.tests(FILE, "table", vector -> {
            JsonNode table = vector.path("table");
            assertThat(Nack.PARSING_ERROR.code())
                    .isEqualTo(table.path("ParsingError").asInt());
            assertThat(Nack.UNRECOGNIZED_STANZA.code())
                    .isEqualTo(table.path("UnrecognizedStanza").asInt());
            assertThat(Nack.INVALID_PROTOBUF.code())
                    .isEqualTo(table.path("InvalidProtobuf").asInt());
            assertThat(Nack.MISSING_MESSAGE_SECRET.code())
                    .isEqualTo(table.path("MissingMessageSecret").asInt());
            assertThat(Nack.UNHANDLED_ERROR.code())
                    .isEqualTo(table.path("UnhandledError").asInt());
        });
    }
}
