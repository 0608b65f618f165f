package dev.whatsappmd.engine.message;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Happening.MessageCame;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.session.MemoryRows;
import dev.whatsappmd.engine.signal.SignalStore;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** This device with real Signal over rows in memory: takes a stanza in, and commits what comes of it. */
public final class IntakeWorld {
    public static final Instant NOW = Instant.ofEpochSecond(1_768_478_400);
    public static final String PN = "491700000001:7@s.whatsapp.net";
    public static final String LID = "100000000000001:7@lid";

    final MemoryRows rows = new MemoryRows();
    final Random random = new Random(42);
    final SignalStore signal;
    Credentials credentials;
    boolean online;
    MessageIntake intake;

    private IntakeWorld(Credentials credentials, List<PreKey> preKeys, long memoryMax) {
        this.credentials = credentials;
        this.signal = new SignalStore(
                () -> rows,
                () -> this.credentials,
                damage -> {
                    throw new AssertionError(damage);
                },
                memoryMax);
        ChangeSet changes = SessionRows.putCredentials(new ChangeSet(), credentials);
        rows.apply(SessionRows.putPreKeys(changes, preKeys));
        restart();
    }

    /** A device linked to an account of its own, with twenty pre-keys. */
    public static IntakeWorld linked() {
        return linked(SignalStore.MEMORY_DEFAULT);
    }

    /** @param memoryMax how much signal keeps in memory, in bytes */
    public static IntakeWorld linked(long memoryMax) {
        Random random = new Random(7);
        List<PreKey> preKeys = IntStream.rangeClosed(1, 20)
                .mapToObj(id -> new PreKey(id, Curve25519.generateKeyPair(random), true))
                .toList();
        return new IntakeWorld(credentials(PN, Optional.of(LID), 21, random), preKeys, memoryMax);
    }

    static Credentials credentials(String pn, Optional<String> lid, int nextPreKeyId, Random random) {
        KeyPair identity = Curve25519.generateKeyPair(random);
        KeyPair signed = Curve25519.generateKeyPair(random);
        ByteArrayOutputStream prefixed = new ByteArrayOutputStream();
        prefixed.write(Curve25519.PREFIX);
        prefixed.writeBytes(signed.publicKey());
        byte[] signature = XEdDsa.sign(identity.privateKey(), prefixed.toByteArray(), random);
        return builder(identity, new Credentials.SignedPreKey(5, signed, signature), 1 + random.nextInt(16_000), random)
                .nextPreKeyId(nextPreKeyId)
                .account(account(pn, lid, new byte[] {1, 2, 3}))
                .build();
    }

    private static Credentials.Builder builder(
            KeyPair identity, Credentials.SignedPreKey signed, int registrationId, Random random) {
        return Credentials.builder()
                .noiseKey(Curve25519.generateKeyPair(random))
                .identityKey(identity)
                .signedPreKey(signed)
                .registrationId(registrationId)
                .advSecret(new byte[32]);
    }

    private static Optional<Credentials.Account> account(String pn, Optional<String> lid, byte[] identity) {
        return Optional.of(new Credentials.Account(
                Jid.parse(pn),
                lid.map(Jid::parse),
                Optional.of("Me"),
                "android",
                Optional.empty(),
                identity,
                new byte[32],
                NOW.minusSeconds(86_400)));
    }

    /** The device that a vector describes. */
    static IntakeWorld of(JsonNode me, Optional<byte[]> signedDeviceIdentity) {
        Random random = new Random(11);
        List<PreKey> preKeys = new ArrayList<>();
        me.path("preKeys")
                .forEach(key -> preKeys.add(new PreKey(key.path("keyId").asInt(), keyPair(key), true)));
        int next = preKeys.stream().mapToInt(PreKey::id).max().orElse(0) + 1;
        JsonNode signed = me.path("signedPreKey");
        Credentials credentials = builder(
                        keyPair(me.path("identity")),
                        new Credentials.SignedPreKey(
                                signed.path("keyId").asInt(), keyPair(signed), Vectors.b64(signed.path("signature"))),
                        me.path("registrationId").asInt(),
                        random)
                .nextPreKeyId(next)
                .account(account(
                        me.path("jid").asText(),
                        Optional.ofNullable(me.path("lid").textValue()),
                        signedDeviceIdentity.orElse(new byte[0])))
                .build();
        return new IntakeWorld(credentials, preKeys, SignalStore.MEMORY_DEFAULT);
    }

    private static KeyPair keyPair(JsonNode json) {
        return new KeyPair(Vectors.b64(json.path("private")), Vectors.b64(json.path("public")));
    }

    /** Everything that was only in memory is gone. */
    void restart() {
        signal.reset();
        intake = new MessageIntake(signal, () -> rows);
    }

    public MessageIntake intake() {
        return intake;
    }

    public Self self() {
        return new Self(credentials, online, NOW, random);
    }

    /** Takes a stanza in and commits; each answer can be sent. */
    public Taken take(Node stanza) {
        Taken taken = intake.take(stanza, self());
        ChangeSet changes = signal.drainTo(taken.changes());
        taken.credentials().ifPresent(updated -> {
            credentials = updated;
            SessionRows.putCredentials(changes, updated);
        });
        rows.apply(changes);
        signal.committed();
        taken.answers().forEach(NodeEncoder::encode);
        return taken;
    }

    /** The only answer. */
    Node answer(Node stanza) {
        List<Node> answers = take(stanza).answers();
        if (answers.size() != 1) {
            throw new AssertionError("not one answer: " + answers);
        }
        return answers.get(0);
    }

    /** The messages to be delivered, as they are after having been stored. */
    static List<MessageEvent> events(Taken taken) {
        return taken.happenings().stream()
                .filter(MessageCame.class::isInstance)
                .map(happening -> ((MessageCame) happening).message())
                .map(message -> StoredMessage.decode(message.encode()).toEvent())
                .toList();
    }

    /** The only message to be delivered. */
    static MessageEvent event(Taken taken) {
        List<MessageEvent> events = events(taken);
        if (events.size() != 1) {
            throw new AssertionError("not one message: " + taken.happenings());
        }
        return events.get(0);
    }
}
