package dev.whatsappmd.engine.signal;

import static dev.whatsappmd.engine.Vectors.b64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import dev.whatsappmd.engine.store.PreKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Sessions as another implementation wrote and read them (vectors of Baileys 7.0.0-rc14). */
class SessionVectorsTest {
    private static final String FILE = "signal.json";

    /** What the other implementation says when it fails, and what that is here. Its texts are no contract. */
    private static final Map<String, Reason> REASONS = Map.of(
            "Bad MAC", Reason.BAD_MAC,
            "Key used already or never filled", Reason.DUPLICATE_OR_OLD_COUNTER,
            "Invalid PreKey ID", Reason.NO_PRE_KEY,
            "No session record", Reason.NO_SESSION,
            "Incompatible version number on PreKeyWhisperMessage", Reason.BAD_MESSAGE,
            "Incompatible version number on WhisperMessage", Reason.BAD_MESSAGE);

    @TestFactory
    Stream<DynamicTest> readsWhatTheSenderWrote() {
        return Vectors.tests(FILE, "session", this::readSession);
    }

    private void readSession(JsonNode test) throws Exception {
        Device receiver = Device.of(test.path("receiver"), new Random(1));
        SignalAddress from = address(test, "sender", "senderAddress");
        for (JsonNode delivery : test.path("deliveries")) {
            JsonNode message = message(test, delivery);
            boolean preKey =
                    delivery.path("type").asText(message.path("type").asText()).equals("pkmsg");
            deliver(
                    receiver,
                    from,
                    preKey,
                    delivery,
                    b64(delivery.has("ciphertext") ? delivery.path("ciphertext") : message.path("ciphertext")));
        }
        receiver.commit();
        List<Integer> left = new ArrayList<>();
        test.path("receiverPreKeysLeft").forEach(id -> left.add(id.asInt()));
        assertThat(receiver.preKeys()).extracting(PreKey::id).containsExactlyElementsOf(left);
        JsonNode after = test.path("receiverSessionAfter");
        if (after.isObject()) {
            receiver.restart();
            NodeRecord.assertSame(receiver.store.session(from), after);
        }
    }

    /** The initiating side: what we write for the same draws is the same, byte for byte. */
    @TestFactory
    Stream<DynamicTest> writesWhatTheSenderWrote() {
        return Vectors.tests(FILE, "session", test -> {
            List<byte[]> drawn = new ArrayList<>();
            test.path("senderBaseAndRatchetPrivateKeys").forEach(key -> drawn.add(b64(key)));
            DrawnKeys random = new DrawnKeys(drawn);
            Device sender = Device.of(test.path("sender"), random);
            Device receiver = Device.of(test.path("receiver"), new Random(1));
            Optional<PreKey> oneTime = receiver.preKeys().stream()
                    .filter(key -> key.id() == test.path("oneTimePreKeyUsed").asInt(-1))
                    .findFirst();
            sender.cipher.processBundle(receiver.address, receiver.bundle(oneTime));
            for (JsonNode message : test.path("messages")) {
                if (message.path("type").asText().equals("msg")) {
                    return;
                }
                Encrypted written = sender.cipher.encrypt(receiver.address, b64(message.path("paddedPlaintext")));
                assertThat(written.type()).isEqualTo("pkmsg");
                assertThat(written.bytes()).isEqualTo(b64(message.path("ciphertext")));
            }
            assertThat(random.isUsedUp()).isTrue();
        });
    }

    @TestFactory
    Stream<DynamicTest> followsConversations() {
        return Vectors.tests(FILE, "conversation", test -> {
            Device receiver = Device.of(test.path("receiver"), new Random(1));
            SignalAddress from = address(test, "sender", "senderAddress");
            List<JsonNode> written = new ArrayList<>();
            for (JsonNode step : test.path("steps")) {
                switch (step.path("op").asText()) {
                    case "sender encrypts" -> written.add(step);
                    case "receiver decrypts" -> {
                        JsonNode message = written.stream()
                                .filter(of -> of.path("seq").asInt()
                                        == step.path("seq").asInt())
                                .findFirst()
                                .orElseThrow();
                        byte[] bytes =
                                b64(step.has("ciphertext") ? step.path("ciphertext") : message.path("ciphertext"));
                        deliver(receiver, from, step.path("type").asText().equals("pkmsg"), step, bytes);
                    }
                    case "receiver encrypts" -> {
                        Encrypted ours = receiver.cipher.encrypt(from, b64(step.path("paddedPlaintext")));
                        assertThat(ours.type()).isEqualTo(step.path("type").asText());
                        assertThat(ours.bytes()).isEqualTo(b64(step.path("ciphertext")));
                    }
                    case "receiver session state" ->
                        NodeRecord.assertSame(receiver.store.session(from), step.path("state"));
                    case "sender decrypts", "sender opens a new session" -> {
                        // The other side's own affair: what it wrote next shows what came of it.
                    }
                    default -> throw new AssertionError("unknown step " + step.path("op"));
                }
                if (step.path("op").asText().startsWith("receiver")) {
                    receiver.commit();
                    receiver.restart();
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesCountersTooFarAhead() {
        return Vectors.tests(FILE, "gap", test -> {
            Device receiver = Device.of(test.path("receiver"), new Random(1));
            SignalAddress from = address(test, "sender", "senderAddress");
            receiver.store.putSession(from, NodeRecord.read(test.path("receiverSessionBefore")));
            for (JsonNode delivery : test.path("deliveries")) {
                byte[] bytes = b64(delivery.path("ciphertext"));
                if (delivery.path("expect").has("error")) {
                    assertThat(failure(receiver, from, false, bytes)).isEqualTo(Reason.TOO_FAR_AHEAD);
                } else {
                    deliver(receiver, from, false, delivery, bytes);
                }
                receiver.commit();
                receiver.restart();
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesWhatCannotBeRead() {
        return Vectors.tests(FILE, "single", test -> {
            Device receiver = Device.of(test.path("receiver"), new Random(1));
            SignalAddress from = address(test, "sender", "senderAddress");
            assertThat(test.path("must").asText()).startsWith("fail");
            byte[] bytes = b64(test.path("ciphertext"));
            assertThat(test.path("type").asText()).isEqualTo("pkmsg");
            Reason reason = failure(receiver, from, true, bytes);
            // The other implementation has one signed pre-key and does not look whether it is the one that was meant.
            boolean forAnotherKey = PreKeyMessage.parse(bytes).signedPreKeyId()
                    != receiver.credentials().signedPreKey().id();
            assertThat(reason)
                    .isEqualTo(
                            forAnotherKey
                                    ? Reason.NO_PRE_KEY
                                    : REASONS.get(
                                            test.path("expect").path("error").asText()));
            assertThat(receiver.store.hasChanges()).isFalse();
            assertThat(receiver.store.hasSession(from)).isFalse();
        });
    }

    @TestFactory
    Stream<DynamicTest> trustsANewIdentityAndDropsTheOldSessions() {
        return Vectors.tests(FILE, "identityChange", test -> {
            Device receiver = Device.of(test.path("receiver"), new Random(1));
            SignalAddress from = SignalAddress.of(
                    Jid.parse(test.path("first").path("sender").path("jid").asText()));
            assertThat(from).hasToString(test.path("senderAddress").asText());
            Decrypted first = receiver.cipher.decryptPreKeyMessage(
                    from, b64(test.path("first").path("ciphertext")));
            assertThat(first.identity()).isEqualTo(IdentityChange.NEW);
            Decrypted second = receiver.cipher.decryptPreKeyMessage(
                    from, b64(test.path("second").path("ciphertext")));
            assertThat(second.identity()).isEqualTo(IdentityChange.CHANGED);
            assertThat(second.plaintext())
                    .isEqualTo(b64(test.path("second").path("expect").path("paddedPlaintext")));
            assertThat(receiver.store.session(from).states()).hasSize(1);
            receiver.commit();
            receiver.restart();
            assertThat(Curve25519.prefixed(receiver.store.identity(from).orElseThrow()))
                    .isEqualTo(b64(test.path("identityStoredAfter")));
        });
    }

    private static SignalAddress address(JsonNode test, String party, String expected) {
        SignalAddress address =
                SignalAddress.of(Jid.parse(test.path(party).path("jid").asText()));
        assertThat(address).hasToString(test.path(expected).asText());
        return address;
    }

    private static JsonNode message(JsonNode test, JsonNode delivery) {
        for (JsonNode message : test.path("messages")) {
            if (message.path("seq").asInt() == delivery.path("seq").asInt()) {
                return message;
            }
        }
        throw new AssertionError("no message " + delivery.path("seq"));
    }

    private static void deliver(Device to, SignalAddress from, boolean preKey, JsonNode step, byte[] bytes)
            throws Exception {
        JsonNode expect = step.path("expect");
        if (expect.has("error")) {
            Reason reason = failure(to, from, preKey, bytes);
            Reason known = REASONS.get(expect.path("error").asText());
            if (known != null) {
                assertThat(reason).as(expect.path("error").asText()).isEqualTo(known);
            }
            return;
        }
        Decrypted read = to.decrypt(from, preKey, bytes);
        assertThat(read.plaintext()).isEqualTo(b64(expect.path("paddedPlaintext")));
        JsonNode drawn = expect.path("ratchetPrivateKeysDrawn");
        if (drawn.size() > 0) {
            answerRatchet(to.store.session(from), ratchetKey(preKey, bytes), b64(drawn.get(drawn.size() - 1)));
        }
    }

    /** The other implementation draws its new ratchet key while it reads; ours when it writes. Here it is made at once. */
    private static void answerRatchet(SessionRecord record, byte[] ratchetKey, byte[] drawn) throws Exception {
        DrawnKeys random = new DrawnKeys(List.of(drawn));
        record.states().stream()
                .filter(state -> Arrays.equals(state.remoteRatchetKey(), ratchetKey))
                .findFirst()
                .orElseThrow()
                .sendingChain(random);
        assertThat(random.isUsedUp()).as("the step was still owed").isTrue();
    }

    private static byte[] ratchetKey(boolean preKey, byte[] bytes) throws SignalException, CryptoException {
        return preKey
                ? PreKeyMessage.parse(bytes).message().ratchetKey()
                : SessionMessage.parse(bytes).ratchetKey();
    }

    /** Fails, and leaves nothing behind. */
    private static Reason failure(Device to, SignalAddress from, boolean preKey, byte[] bytes) {
        boolean dirty = to.store.hasChanges();
        SessionRecord record = to.store.session(from);
        byte[] before = record == null ? new byte[0] : new SessionCodec().encode(record);
        SignalException e = catchThrowableOfType(SignalException.class, () -> to.decrypt(from, preKey, bytes));
        assertThat(e).isNotNull();
        SessionRecord after = to.store.session(from);
        assertThat(after == null ? new byte[0] : new SessionCodec().encode(after))
                .isEqualTo(before);
        assertThat(to.store.hasChanges()).isEqualTo(dirty);
        return e.reason();
    }
}
