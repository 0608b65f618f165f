package dev.whatsappmd.engine.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.fuzz.Fuzz;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class GroupCipherTest {
    private static final Jid GROUP = Jid.parse("120363012345678901@g.us");
    private static final byte[] TEXT = {1, 2, 3, 4};

    private final Device sender = Device.random("4915550001234:7@s.whatsapp.net", 0, new Random(3));
    private final Device reader = Device.random("98765432101234@lid", 0, new Random(4));

    private byte[] distribution() {
        return sender.groups.createDistribution(GROUP, sender.address);
    }

    private byte[] write() throws SignalException {
        return sender.groups.encrypt(GROUP, sender.address, TEXT);
    }

    private void process(byte[] distribution) throws SignalException {
        reader.groups.processDistribution(GROUP, sender.address, distribution);
    }

    private Reason refusal(byte[] message) {
        return catchThrowableOfType(SignalException.class, () -> reader.groups.decrypt(GROUP, sender.address, message))
                .reason();
    }

    @Test
    void handsOutTheKeyAsItIsNow() throws Exception {
        process(distribution());
        byte[] first = write();
        assertThat(reader.groups.decrypt(GROUP, sender.address, first)).isEqualTo(TEXT);
        Device late = Device.random("4915550005555@s.whatsapp.net", 0, new Random(5));
        late.groups.processDistribution(GROUP, sender.address, distribution());
        assertThat(late.groups.decrypt(GROUP, sender.address, write())).isEqualTo(TEXT);
        assertThat(catchThrowableOfType(SignalException.class, () -> late.groups.decrypt(GROUP, sender.address, first))
                        .reason())
                .isEqualTo(Reason.DUPLICATE_OR_OLD_COUNTER);
    }

    @Test
    void writesNothingBeforeAKeyWasHandedOut() {
        assertThat(catchThrowableOfType(SignalException.class, this::write).reason())
                .isEqualTo(Reason.NO_SESSION);
    }

    @Test
    void aNewKeyTakesOver() throws Exception {
        process(distribution());
        byte[] old = write();
        byte[] rotated = sender.groups.rotate(GROUP, sender.address);
        byte[] next = write();
        assertThat(refusal(next)).isEqualTo(Reason.NO_SESSION);
        process(rotated);
        assertThat(reader.groups.decrypt(GROUP, sender.address, next)).isEqualTo(TEXT);
        assertThat(reader.groups.decrypt(GROUP, sender.address, old)).isEqualTo(TEXT);
    }

    /** More than the jump limit went by unread: only a key handed out again can help, and does. */
    @Test
    void catchesUpWithAChainThatIsOutOfReach() throws Exception {
        process(distribution());
        byte[] early = write();
        assertThat(reader.groups.decrypt(GROUP, sender.address, write())).isEqualTo(TEXT);
        // The chain alone is moved: the signatures would take the time.
        SenderKey key = sender.store
                .senderKeys(new SenderKeyName(GROUP, sender.address))
                .newest()
                .orElseThrow();
        for (int i = 0; i <= MessageChain.JUMP_MAX; i++) {
            key.chain().advance();
        }
        byte[] far = write();
        assertThat(refusal(far)).isEqualTo(Reason.TOO_FAR_AHEAD);
        process(distribution());
        assertThat(refusal(far)).as("it was before the key").isEqualTo(Reason.DUPLICATE_OR_OLD_COUNTER);
        assertThat(reader.groups.decrypt(GROUP, sender.address, write())).isEqualTo(TEXT);
        assertThat(reader.groups.decrypt(GROUP, sender.address, early))
                .as("overtaken")
                .isEqualTo(TEXT);
    }

    @Test
    void boundsOvertakenMessages() throws Exception {
        SenderKeys keys = new SenderKeys();
        for (int id = 1; id <= SenderKeys.STATES_MAX; id++) {
            MessageChain chain = new MessageChain(new byte[32], 0);
            chain.take(chain.stepTo(1_900));
            keys.add(new SenderKey(id, Curve25519.keyPairOf(new byte[32]).publicKey(), null, chain));
        }
        assertThat(keys.skipped()).isEqualTo(SenderKeys.SKIPPED_MAX);
        assertThat(keys.newest().orElseThrow().chain().skipped().size()).isEqualTo(1_900);
        byte[] row = new SenderKeyCodec().encode(keys);
        SenderKeys again = new SenderKeyCodec().decode(row);
        assertThat(again.skipped()).isEqualTo(SenderKeys.SKIPPED_MAX);
        assertThat(new SenderKeyCodec().encode(again)).isEqualTo(row);
    }

    /** Loss, order, doubles, rotations, restarts: everything is readable once and nothing twice. */
    @Test
    void readsEachMessageOnce(TestInfo info) {
        Fuzz.run(info, 25, random -> {
            Device from = Device.random("4915550001234:7@s.whatsapp.net", 0, random);
            Device to = Device.random("98765432101234@lid", 0, random);
            List<byte[]> network = new ArrayList<>();
            Set<ByteBuffer> read = new HashSet<>();
            int rotations = 0;
            to.groups.processDistribution(GROUP, from.address, from.groups.createDistribution(GROUP, from.address));
            for (int i = 0; i < 60; i++) {
                switch (random.nextInt(12)) {
                    case 0 -> {
                        to.commit();
                        to.restart();
                    }
                    case 1 -> {
                        from.commit();
                        from.restart();
                    }
                    case 2 -> {
                        if (++rotations < SenderKeys.STATES_MAX) {
                            to.groups.processDistribution(GROUP, from.address, from.groups.rotate(GROUP, from.address));
                        }
                    }
                    case 3 ->
                        to.groups.processDistribution(
                                GROUP, from.address, from.groups.createDistribution(GROUP, from.address));
                    case 4, 5, 6, 7 -> network.add(from.groups.encrypt(GROUP, from.address, ("text " + i).getBytes()));
                    default -> deliver(random, from, to, network, read);
                }
            }
        });
    }

    private static void deliver(
            RandomGenerator random, Device from, Device to, List<byte[]> network, Set<ByteBuffer> read)
            throws SignalException {
        if (network.isEmpty()) {
            return;
        }
        byte[] message = network.get(random.nextInt(network.size()));
        if (read.contains(ByteBuffer.wrap(message))) {
            assertThat(catchThrowableOfType(
                                    SignalException.class, () -> to.groups.decrypt(GROUP, from.address, message))
                            .reason())
                    .isEqualTo(Reason.DUPLICATE_OR_OLD_COUNTER);
        } else {
            assertThat(new String(to.groups.decrypt(GROUP, from.address, message)))
                    .startsWith("text ");
            read.add(ByteBuffer.wrap(message));
        }
    }
}
