package dev.whatsappmd.engine.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.fuzz.Fuzz;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionStoreException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Two devices, a network that loses, delays, doubles and alters, restarts from the stored bytes, commits that fail. What
 * must be readable is told by a model that knows the bounds and no keys.
 */
class RatchetScheduleTest {
    private static final int STEPS = 120;

    /** A message under way. Copies are the same object. */
    private record Sent(
            Side to, Encrypted message, byte[] plaintext, String session, String ratchetKey, long counter) {}

    /** What the model knows of one side: chains by session in the order of their first message, and what was read. */
    private static final class Model {
        private final Map<String, List<String>> chains = new HashMap<>();
        private final Map<String, Set<Long>> read = new HashMap<>();

        Model copy() {
            Model copy = new Model();
            chains.forEach((session, keys) -> copy.chains.put(session, new ArrayList<>(keys)));
            read.forEach((chain, counters) -> copy.read.put(chain, new TreeSet<>(counters)));
            return copy;
        }

        /** Empty: it must be read. */
        Optional<Reason> mustFailWith(Sent sent) {
            List<String> known = chains.computeIfAbsent(sent.session(), any -> new ArrayList<>());
            int index = known.indexOf(sent.ratchetKey());
            if (index < 0) {
                return Optional.empty();
            }
            if (index < known.size() - SessionState.RECEIVING_MAX) {
                return Optional.of(Reason.BAD_MAC);
            }
            return read.getOrDefault(sent.ratchetKey(), Set.of()).contains(sent.counter())
                    ? Optional.of(Reason.DUPLICATE_OR_OLD_COUNTER)
                    : Optional.empty();
        }

        void wasRead(Sent sent) {
            List<String> known = chains.get(sent.session());
            if (!known.contains(sent.ratchetKey())) {
                known.add(sent.ratchetKey());
            }
            read.computeIfAbsent(sent.ratchetKey(), any -> new TreeSet<>()).add(sent.counter());
        }
    }

    private static final class Side {
        private final Device device;
        private final List<PreKey> toGiveOut;
        private Model model = new Model();
        private Model committed = new Model();
        private final List<Sent> written = new ArrayList<>();
        private final List<Sent> taken = new ArrayList<>();

        Side(Device device) {
            this.device = device;
            this.toGiveOut = new ArrayList<>(device.preKeys());
        }
    }

    private final class World {
        private final RandomGenerator random;
        private final Side left;
        private final Side right;
        private final List<Sent> network = new ArrayList<>();
        private int number;
        int readable;
        int refused;

        World(RandomGenerator random) {
            this.random = random;
            left = new Side(Device.random("4915550001234:7@s.whatsapp.net", 12, random));
            right = new Side(Device.random("98765432101234:3@lid", 12, random));
        }

        void step() throws Exception {
            Side side = random.nextBoolean() ? left : right;
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3 -> send(side, 1);
                case 4 -> send(side, 1 + random.nextInt(25));
                case 5, 6, 7, 8, 9 -> deliver();
                case 10 -> alter();
                case 11 -> {
                    if (!network.isEmpty() && random.nextInt(3) == 0) {
                        network.remove(random.nextInt(network.size()));
                    }
                }
                case 12 -> commit(side);
                case 13 -> failCommit(side);
                case 14 -> restart(side);
                default -> {
                    if (random.nextInt(4) == 0) {
                        openSession(side);
                    }
                }
            }
        }

        private void openSession(Side side) throws SignalException {
            Side other = other(side);
            Optional<PreKey> preKey = other.toGiveOut.isEmpty() || random.nextInt(4) == 0
                    ? Optional.empty()
                    : Optional.of(other.toGiveOut.remove(0));
            side.device.cipher.processBundle(other.device.address, other.device.bundle(preKey));
        }

        private Side other(Side side) {
            return side == left ? right : left;
        }

        private void send(Side side, int count) throws SignalException {
            SignalAddress to = other(side).device.address;
            if (!side.device.store.hasSession(to)) {
                openSession(side);
            }
            for (int i = 0; i < count; i++) {
                byte[] plaintext = ("message " + number++).getBytes(StandardCharsets.UTF_8);
                Encrypted message = side.device.cipher.encrypt(to, plaintext);
                SessionState state = side.device.store.session(to).current();
                side.written.add(new Sent(
                        other(side),
                        message,
                        plaintext,
                        hex(state.baseKey()),
                        hex(state.ratchet().publicKey()),
                        state.sending().next() - 1));
            }
        }

        private void deliver() throws SignalException {
            if (network.isEmpty()) {
                return;
            }
            // Mostly about in order; sometimes one that is far behind.
            int index = random.nextInt(random.nextInt(5) == 0 ? network.size() : Math.min(4, network.size()));
            boolean copy = random.nextInt(6) == 0;
            Sent sent = copy ? network.get(index) : network.remove(index);
            Side to = sent.to();
            Optional<Reason> expected = to.model.mustFailWith(sent);
            try {
                Decrypted read = to.device.decrypt(other(to).device.address, sent.message());
                assertThat(expected).as("must not be readable").isEmpty();
                assertThat(read.plaintext()).isEqualTo(sent.plaintext());
                to.model.wasRead(sent);
                readable++;
                if (!copy) {
                    to.taken.add(sent);
                }
            } catch (SignalException e) {
                assertThat(expected).as("%s", e.getMessage()).contains(e.reason());
                refused++;
            }
        }

        /** A bit of ciphertext or MAC is wrong; the good one is still under way and still readable. */
        private void alter() {
            if (network.isEmpty()) {
                return;
            }
            Sent sent = network.get(random.nextInt(network.size()));
            byte[] bytes = sent.message().bytes().clone();
            int fromEnd = sent.message().preKeyMessage() ? 16 + random.nextInt(8) : 1 + random.nextInt(24);
            bytes[bytes.length - fromEnd] ^= (byte) (1 << random.nextInt(8));
            Device device = sent.to().device;
            try {
                device.decrypt(other(sent.to()).device.address, sent.message().preKeyMessage(), bytes);
                throw new AssertionError("an altered message was read");
            } catch (SignalException e) {
                assertThat(e.reason()).isIn(Reason.BAD_MAC, Reason.DUPLICATE_OR_OLD_COUNTER, Reason.NO_SESSION);
            }
        }

        private void commit(Side side) {
            side.device.commit();
            side.committed = side.model.copy();
            network.addAll(side.written);
            side.written.clear();
            side.taken.clear();
        }

        private void failCommit(Side side) {
            side.device.rows.failNextCommit();
            try {
                side.device.rows.commit(side.device.store.drainTo(new ChangeSet()));
                throw new AssertionError("the commit was meant to fail");
            } catch (SessionStoreException e) {
                side.device.store.rollBack();
                forgetUncommitted(side);
            }
        }

        private void restart(Side side) {
            if (random.nextBoolean()) {
                commit(side);
            }
            side.device.restart();
            forgetUncommitted(side);
        }

        /** What was written was never sent; what was read was not answered, and comes again. */
        private void forgetUncommitted(Side side) {
            side.written.clear();
            network.addAll(0, side.taken);
            side.taken.clear();
            side.model = side.committed.copy();
        }

        void finish() throws SignalException {
            commit(left);
            commit(right);
            while (!network.isEmpty()) {
                deliver();
                commit(left);
                commit(right);
            }
            assertThat(left.device.rows.openSnapshots).isZero();
            assertThat(left.device.damaged).isEmpty();
            assertThat(right.device.damaged).isEmpty();
            // Still good for a conversation after all that.
            send(left, 1);
            send(right, 1);
            commit(left);
            commit(right);
            while (!network.isEmpty()) {
                deliver();
            }
        }
    }

    private static String hex(byte[] key) {
        return HexFormat.of().formatHex(key);
    }

    @Test
    void readsWhatMustBeReadableAndNothingTwice(TestInfo info) {
        int[] counts = new int[2];
        Fuzz.run(info, 60, random -> {
            World world = new World(random);
            for (int i = 0; i < STEPS; i++) {
                world.step();
            }
            world.finish();
            counts[0] += world.readable;
            counts[1] += world.refused;
        });
        assertThat(counts[0]).as("messages read").isPositive();
    }
}
