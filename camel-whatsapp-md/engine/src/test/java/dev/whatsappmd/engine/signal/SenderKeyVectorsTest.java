package dev.whatsappmd.engine.signal;

import static dev.whatsappmd.engine.Vectors.b64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Group messages as another implementation wrote them (vectors of Baileys 7.0.0-rc14). Restarts after each. */
class SenderKeyVectorsTest {
    private static final String FILE = "signal.json";

    private static final class Reader {
        private final Device device = Device.random("4915550001234:7@s.whatsapp.net", 0, new Random(1));
        private final Jid group;
        private final SignalAddress author;

        Reader(JsonNode test) {
            group = Jid.parse(test.path("group").asText());
            author = SignalAddress.of(Jid.parse(test.path("author").asText()));
        }

        void process(JsonNode skdm) throws SignalException {
            device.groups.processDistribution(group, author, b64(skdm));
            restart();
        }

        void read(JsonNode ciphertext, JsonNode expect) throws SignalException {
            if (!expect.has("error")) {
                assertThat(device.groups.decrypt(group, author, b64(ciphertext)))
                        .isEqualTo(b64(expect.path("paddedPlaintext")));
            } else {
                boolean dirty = device.store.hasChanges();
                SignalException e = catchThrowableOfType(
                        SignalException.class, () -> device.groups.decrypt(group, author, b64(ciphertext)));
                assertThat(e).isNotNull();
                assertThat(e.reason()).isEqualTo(reason(expect.path("error").asText()));
                assertThat(device.store.hasChanges()).isEqualTo(dirty);
            }
            restart();
        }

        private void restart() {
            device.commit();
            device.restart();
        }
    }

    private static Reason reason(String error) {
        if (error.startsWith("Received message with old counter")) {
            return Reason.DUPLICATE_OR_OLD_COUNTER;
        }
        return switch (error) {
            case "No session found to decrypt message" -> Reason.NO_SESSION;
            case "Over 2000 messages into the future!" -> Reason.TOO_FAR_AHEAD;
            case "Invalid signature!" -> Reason.BAD_SIGNATURE;
            default -> Reason.BAD_MESSAGE;
        };
    }

    @TestFactory
    Stream<DynamicTest> readsGroupMessages() {
        return Vectors.tests(FILE, "senderKey", test -> {
            Reader reader = new Reader(test);
            if (test.path("skdm").has("bytes")) {
                reader.process(test.path("skdm").path("bytes"));
            }
            for (JsonNode delivery : test.path("deliveries")) {
                if (delivery.has("processSkdmFirst")) {
                    reader.process(delivery.path("processSkdmFirst"));
                }
                JsonNode message = message(test, delivery.path("seq").asInt());
                reader.read(
                        delivery.has("ciphertext") ? delivery.path("ciphertext") : message.path("ciphertext"),
                        delivery.path("expect"));
            }
        });
    }

    private static JsonNode message(JsonNode test, int seq) {
        for (JsonNode message : test.path("messages")) {
            if (message.path("seq").asInt() == seq) {
                return message;
            }
        }
        throw new AssertionError("no message " + seq);
    }

    @TestFactory
    Stream<DynamicTest> followsRotationsAndGaps() {
        return Vectors.tests(FILE, "senderKeySteps", test -> {
            Reader reader = new Reader(test);
            for (JsonNode step : test.path("steps")) {
                if (step.path("op").asText().equals("process SKDM")) {
                    reader.process(step.path("skdm").path("bytes"));
                } else {
                    reader.read(step.path("ciphertext"), step.path("expect"));
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> keepsTheNewestKeys() {
        return Vectors.tests(FILE, "senderKeyStates", test -> {
            Reader reader = new Reader(test);
            for (JsonNode skdm : test.path("skdms")) {
                reader.process(skdm);
            }
            for (JsonNode delivery : test.path("deliveries")) {
                reader.read(delivery.path("ciphertext"), delivery.path("expect"));
            }
        });
    }
}
