package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.signal.MessageChain.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One Double Ratchet. What it remembers of the other side's earlier chains lets messages be read that were overtaken by a
 * ratchet step.
 *
 * <p>The new ratchet key of our own, which answers one of theirs, is made when the next message is written and not before
 * (Double Ratchet 6.5, deferred generation): a device that only reads makes none.
 */
final class SessionState {
    /** Chains of the other side that are remembered: five as in libsignal. */
    static final int RECEIVING_MAX = 5;

    private final byte[] baseKey;
    private final byte[] remoteIdentity;
    private final int remoteRegistrationId;
    private byte[] rootKey;
    private KeyPair ratchet;
    private byte[] remoteRatchetKey;
    private @Nullable MessageChain sending;
    private long previousCounter;
    private final List<Receiving> receiving;
    private @Nullable Pending pending;

    /** A chain of the other side, found by the ratchet key that its messages carry. */
    record Receiving(byte[] ratchetKey, MessageChain chain) {}

    /** What our messages tell until the other side has answered one. */
    record Pending(OptionalInt preKeyId, int signedPreKeyId) {}

    /**
     * @param baseKey the initiator's ephemeral key, which names the session
     * @param ratchet our present ratchet key
     * @param remoteRatchetKey the other side's
     * @param sending empty: the next message of ours begins a chain
     * @param receiving the newest last
     */
    SessionState(
            byte[] baseKey,
            byte[] remoteIdentity,
            int remoteRegistrationId,
            byte[] rootKey,
            KeyPair ratchet,
            byte[] remoteRatchetKey,
            @Nullable MessageChain sending,
            long previousCounter,
            List<Receiving> receiving,
            @Nullable Pending pending) {
        this.baseKey = baseKey;
        this.remoteIdentity = remoteIdentity;
        this.remoteRegistrationId = remoteRegistrationId;
        this.rootKey = rootKey;
        this.ratchet = ratchet;
        this.remoteRatchetKey = remoteRatchetKey;
        this.sending = sending;
        this.previousCounter = previousCounter;
        this.receiving = new ArrayList<>(receiving);
        this.pending = pending;
    }

    byte[] baseKey() {
        return baseKey;
    }

    byte[] remoteIdentity() {
        return remoteIdentity;
    }

    int remoteRegistrationId() {
        return remoteRegistrationId;
    }

    byte[] rootKey() {
        return rootKey;
    }

    KeyPair ratchet() {
        return ratchet;
    }

    byte[] remoteRatchetKey() {
        return remoteRatchetKey;
    }

    @Nullable
    MessageChain sending() {
        return sending;
    }

    long previousCounter() {
        return previousCounter;
    }

    List<Receiving> receiving() {
        return receiving;
    }

    @Nullable
    Pending pending() {
        return pending;
    }

    /** Whether messages with this ratchet key belong here for certain. */
    boolean knows(byte[] ratchetKey) {
        return chainOf(ratchetKey) != null;
    }

    private @Nullable MessageChain chainOf(byte[] ratchetKey) {
        for (int i = receiving.size() - 1; i >= 0; i--) {
            if (Arrays.equals(receiving.get(i).ratchetKey(), ratchetKey)) {
                return receiving.get(i).chain();
            }
        }
        return null;
    }

    /**
     * Reads a message and moves on; when it fails, nothing has moved.
     *
     * @param ownIdentity our identity key, 33 bytes
     * @throws SignalException any reason but those of pre-keys
     */
    byte[] decrypt(SessionMessage message, byte[] ownIdentity) throws SignalException {
        MessageChain chain = chainOf(message.ratchetKey());
        byte[] plaintext = chain == null ? openAsNewChain(message, ownIdentity) : open(message, chain, ownIdentity);
        pending = null;
        return plaintext;
    }

    private byte[] open(SessionMessage message, MessageChain chain, byte[] ownIdentity) throws SignalException {
        Step step = chain.stepTo(message.counter());
        byte[] plaintext = opened(message, step, ownIdentity);
        chain.take(step);
        return plaintext;
    }

    private byte[] openAsNewChain(SessionMessage message, byte[] ownIdentity) throws SignalException {
        MessageChain.requireNear(message.counter(), 0);
        RootKey stepped = RootKey.step(rootKey, ratchet.privateKey(), message.ratchetKey());
        MessageChain chain = new MessageChain(stepped.chain(), 0);
        Step step = chain.stepTo(message.counter());
        byte[] plaintext = opened(message, step, ownIdentity);
        chain.take(step);
        rootKey = stepped.root();
        remoteRatchetKey = message.ratchetKey();
        receiving.add(new Receiving(message.ratchetKey(), chain));
        if (receiving.size() > RECEIVING_MAX) {
            receiving.remove(0);
        }
        if (sending != null) {
            previousCounter = Math.max(sending.next() - 1, 0);
            sending = null;
        }
        return plaintext;
    }

    private byte[] opened(SessionMessage message, Step step, byte[] ownIdentity) throws SignalException {
        return message.open(new MessageKeys(step.seed()), Envelope.prefixedBytes(remoteIdentity), ownIdentity);
    }

    /** Makes our side's ratchet step, if it is owed. @throws SignalException {@code INVALID_KEY} */
    MessageChain sendingChain(RandomGenerator random) throws SignalException {
        MessageChain chain = sending;
        if (chain == null) {
            KeyPair fresh = Curve25519.generateKeyPair(random);
            RootKey stepped = RootKey.step(rootKey, fresh.privateKey(), remoteRatchetKey);
            chain = new MessageChain(stepped.chain(), 0);
            rootKey = stepped.root();
            ratchet = fresh;
            sending = chain;
        }
        return chain;
    }

    /** The next message as a {@code msg}. @param ownIdentity our identity key, 33 bytes */
    byte[] encrypt(byte[] plaintext, byte[] ownIdentity, RandomGenerator random) throws SignalException {
        MessageChain chain = sendingChain(random);
        long counter = chain.next();
        return SessionMessage.write(
                new MessageKeys(chain.advance()),
                ratchet.publicKey(),
                counter,
                previousCounter,
                plaintext,
                ownIdentity,
                Envelope.prefixedBytes(remoteIdentity));
    }

    /** How many seeds of overtaken messages are remembered. */
    int skipped() {
        return receiving.stream().mapToInt(of -> of.chain().skipped().size()).sum();
    }

    /** Gives up seeds, those of the oldest chain first, until at most so many are left. */
    void keepSkipped(int most) {
        int tooMany = skipped() - most;
        for (int i = 0; i < receiving.size() && tooMany > 0; i++) {
            SkippedKeys keys = receiving.get(i).chain().skipped();
            tooMany -= keys.keepNewest(Math.max(keys.size() - tooMany, 0));
        }
    }
}
