package dev.whatsappmd.engine.signal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import dev.whatsappmd.engine.fuzz.Fuzz;
import dev.whatsappmd.engine.fuzz.MessageMutator;
import dev.whatsappmd.engine.fuzz.Mutator;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.proto.signal.PreKeySignalMessage;
import dev.whatsappmd.engine.proto.signal.SenderKeyDistributionMessage;
import dev.whatsappmd.engine.proto.signal.SenderKeyMessage;
import dev.whatsappmd.engine.proto.signal.SignalMessage;
import dev.whatsappmd.engine.proto.store.StoredSenderKeys;
import dev.whatsappmd.engine.proto.store.StoredSignalSession;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Table;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Whatever the bytes are: a message is read, or refused with a reason and without a trace, at a bounded price. */
class SignalFuzzTest {
    private static final Jid GROUP = Jid.parse("120363012345678901@g.us");
    private static final byte[] TEXT = {1, 2, 3, 4};
    /** A jump of 2000 costs some hundred kilobytes of garbage per HMAC batch; far below what 2^32 steps would. */
    private static final long BYTES_MAX = 8_000_000;

    private final Device sender = Device.random("4915550001234:7@s.whatsapp.net", 3, new Random(3));
    private final Device reader = Device.random("98765432101234@lid", 3, new Random(4));
    private byte[] preKeyMessage;
    private byte[] message;
    private byte[] distribution;
    private byte[] groupMessage;

    @BeforeEach
    void writeOneOfEach() throws SignalException {
        sender.cipher.processBundle(
                reader.address, reader.bundle(Optional.of(reader.preKeys().get(0))));
        reader.decrypt(sender.address, sender.cipher.encrypt(reader.address, TEXT));
        sender.decrypt(reader.address, reader.cipher.encrypt(sender.address, TEXT));
        message = sender.cipher.encrypt(reader.address, TEXT).bytes();
        Device newcomer = Device.random("4915550005555@s.whatsapp.net", 0, new Random(5));
        newcomer.cipher.processBundle(
                reader.address, reader.bundle(Optional.of(reader.preKeys().get(1))));
        preKeyMessage = newcomer.cipher.encrypt(reader.address, TEXT).bytes();
        distribution = sender.groups.createDistribution(GROUP, sender.address);
        reader.groups.processDistribution(GROUP, sender.address, distribution);
        groupMessage = sender.groups.encrypt(GROUP, sender.address, TEXT);
        reader.commit();
    }

    @Test
    void readsOrRefusesDamagedMessages(TestInfo info) throws Exception {
        List<byte[]> messages = List.of(preKeyMessage, message, distribution, groupMessage);
        SignalMessage inner = SignalMessage.parseFrom(Arrays.copyOfRange(message, 1, message.length - 8));
        PreKeySignalMessage outer =
                PreKeySignalMessage.parseFrom(Arrays.copyOfRange(preKeyMessage, 1, preKeyMessage.length));
        SenderKeyDistributionMessage skdm =
                SenderKeyDistributionMessage.parseFrom(Arrays.copyOfRange(distribution, 1, distribution.length));
        SenderKeyMessage group =
                SenderKeyMessage.parseFrom(Arrays.copyOfRange(groupMessage, 1, groupMessage.length - 64));
        Fuzz.run(info, 1_500, random -> {
            MessageMutator fields = new MessageMutator(random);
            Mutator bytes = new Mutator(random, messages);
            byte[] input =
                    switch (random.nextInt(6)) {
                        case 0, 1 -> bytes.mutate(bytes.original());
                        case 2 -> enveloped(fields.mutate(inner), random, 8);
                        case 3 -> enveloped(fields.mutate(outer), random, 0);
                        case 4 -> enveloped(fields.mutate(skdm), random, 0);
                        default -> enveloped(fields.mutate(group), random, 64);
                    };
            receive(input);
        });
    }

    private static byte[] enveloped(MessageLite message, RandomGenerator random, int tail) {
        byte[] end = new byte[tail];
        random.nextBytes(end);
        return Envelope.joined(Envelope.versioned(message), end);
    }

    private interface Reading {
        void read() throws SignalException;
    }

    private void receive(byte[] input) {
        attempt(() -> reader.cipher.decryptMessage(sender.address, input));
        attempt(() -> reader.cipher.decryptPreKeyMessage(sender.address, input));
        attempt(() -> reader.cipher.decryptPreKeyMessage(new SignalAddress("4915550005555", 0, 0), input));
        attempt(() -> reader.groups.processDistribution(GROUP, sender.address, input));
        attempt(() -> reader.groups.decrypt(GROUP, sender.address, input));
    }

    private void attempt(Reading reading) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try {
            reading.read();
        } catch (SignalException e) {
            assertThat(e.reason()).isNotNull();
            assertThat(e).hasMessageNotContaining("4915550001234");
            assertThat(reader.store.hasChanges())
                    .as("a refusal leaves no trace")
                    .isFalse();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(BYTES_MAX);
        reader.store.rollBack();
    }

    /** No loop over four thousand million keys, on any way in. */
    @Test
    void refusesTheLargestCounterAtOnce() throws Exception {
        SignalMessage inner = SignalMessage.parseFrom(Arrays.copyOfRange(message, 1, message.length - 8));
        byte[] far = Envelope.joined(
                Envelope.versioned(inner.toBuilder().setCounter(-1).build()), new byte[8]);
        byte[] farOnNewChain = Envelope.joined(
                Envelope.versioned(inner.toBuilder()
                        .setCounter(-1)
                        .setPreviousCounter(-1)
                        .setRatchetKey(Envelope.prefixed(
                                sender.credentials().signedPreKey().keyPair().publicKey()))
                        .build()),
                new byte[8]);
        PreKeySignalMessage outer =
                PreKeySignalMessage.parseFrom(Arrays.copyOfRange(preKeyMessage, 1, preKeyMessage.length));
        byte[] farFirst = Envelope.versioned(outer.toBuilder()
                .setMessage(UnsafeByteOperations.unsafeWrap(far))
                .build());
        assertReason(Reason.TOO_FAR_AHEAD, () -> reader.cipher.decryptMessage(sender.address, far));
        assertReason(Reason.TOO_FAR_AHEAD, () -> reader.cipher.decryptMessage(sender.address, farOnNewChain));
        assertReason(
                Reason.TOO_FAR_AHEAD,
                () -> reader.cipher.decryptPreKeyMessage(new SignalAddress("4915550005555", 0, 0), farFirst));
        SenderKeyDistributionMessage skdm =
                SenderKeyDistributionMessage.parseFrom(Arrays.copyOfRange(distribution, 1, distribution.length))
                        .toBuilder()
                        .setIteration(-1)
                        .build();
        reader.groups.processDistribution(GROUP, sender.address, Envelope.versioned(skdm));
        reader.commit();
        reader.restart();
        assertReason(Reason.DUPLICATE_OR_OLD_COUNTER, () -> reader.groups.decrypt(GROUP, sender.address, groupMessage));
    }

    private static void assertReason(Reason reason, Reading reading) {
        try {
            reading.read();
        } catch (SignalException e) {
            assertThat(e.reason()).isEqualTo(reason);
            return;
        }
        throw new AssertionError("it was read");
    }

    @Test
    void readsOrPutsAsideRowsThatAreWellSealed(TestInfo info) throws Exception {
        byte[] sessionRow =
                reader.rows.row(Table.SESSIONS, sender.address.toString()).orElseThrow();
        String groupKey = new SenderKeyName(GROUP, sender.address).rowKey();
        byte[] groupRow = reader.rows.row(Table.SENDER_KEYS, groupKey).orElseThrow();
        StoredSignalSession session = StoredSignalSession.parseFrom(RowVersions.payload(sessionRow));
        StoredSenderKeys keys = StoredSenderKeys.parseFrom(RowVersions.payload(groupRow));
        List<byte[]> payloads = List.of(session.toByteArray(), keys.toByteArray());
        Fuzz.run(info, 800, random -> {
            MessageMutator fields = new MessageMutator(random);
            Mutator bytes = new Mutator(random, payloads);
            byte[] damaged =
                    switch (random.nextInt(3)) {
                        case 0 -> bytes.mutate(bytes.original());
                        case 1 -> fields.mutate(session).toByteArray();
                        default -> fields.mutate(keys).toByteArray();
                    };
            String sessionKey = sender.address.toString();
            reader.rows.commit(new ChangeSet()
                    .put(Table.SESSIONS, sessionKey, RowVersions.sealed(Table.SESSIONS, sessionKey, 1, damaged))
                    .put(Table.SENDER_KEYS, groupKey, RowVersions.sealed(Table.SENDER_KEYS, groupKey, 1, damaged)));
            reader.restart();
            attemptRow(() -> reader.cipher.decryptMessage(sender.address, message));
            attemptRow(() -> reader.groups.decrypt(GROUP, sender.address, groupMessage));
            attemptRow(() -> reader.cipher.encrypt(sender.address, TEXT));
            reader.groups.processDistribution(GROUP, sender.address, distribution);
            reader.commit();
            assertThat(reader.damaged)
                    .allSatisfy(row -> assertThat(row.shownKey()).doesNotContain("4915550001234"));
        });
    }

    private static void attemptRow(Reading reading) {
        try {
            reading.read();
        } catch (SignalException e) {
            assertThat(e.reason()).isNotNull();
        }
    }

    @Test
    void keepsSessionsAndSenderKeysAsTheyAre() throws Exception {
        SessionRecord session = reader.store.session(sender.address);
        assertThat(new SessionCodec().decode(new SessionCodec().encode(session)))
                .usingRecursiveComparison()
                .isEqualTo(session);
        SessionRecord pending = sender.store.session(reader.address);
        assertThat(new SessionCodec().decode(new SessionCodec().encode(pending)))
                .usingRecursiveComparison()
                .isEqualTo(pending);
        assertThat(ByteString.copyFrom(new LidMappings.Codec().encode("123")).toStringUtf8())
                .isEqualTo("123");
    }
}
