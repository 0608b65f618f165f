package dev.whatsappmd.engine.signal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.crypto.AesCbc;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.Hkdf;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.proto.signal.SenderKeyDistributionMessage;
import dev.whatsappmd.engine.proto.signal.SenderKeyMessage;
import dev.whatsappmd.engine.signal.MessageChain.Step;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * Reads and writes group messages: {@code skmsg}, under keys that each device hands out to each other one in a
 * SenderKeyDistributionMessage. A method that throws {@link SignalException} has changed nothing.
 *
 * <p>Bounds: {@link MessageChain#JUMP_MAX} for iterations, {@link SenderKeys#STATES_MAX} keys of a device in a group,
 * {@link SenderKeys#SKIPPED_MAX} overtaken messages. Not safe for use by several threads.
 */
public final class GroupCipher {
    private static final byte[] INFO = "WhisperGroup".getBytes(StandardCharsets.US_ASCII);
    private static final int CIPHER_KEY_LENGTH = 32;

    private final SignalStore store;
    private final RandomGenerator random;

    /** @param random a cryptographic one; our own sender keys and signatures are drawn from it */
    public GroupCipher(SignalStore store, RandomGenerator random) {
        this.store = Objects.requireNonNull(store, "store");
        this.random = Objects.requireNonNull(random, "random");
    }

    /**
     * Takes in a sender key. The same one again changes nothing, unless the chain was left out of reach.
     *
     * @param group the group, or {@code status@broadcast}
     * @param sender the device that sent it, in a message of its own
     * @param bytes the SenderKeyDistributionMessage with its version byte
     * @throws SignalException {@code BAD_MESSAGE} or {@code INVALID_KEY}
     */
    public void processDistribution(Jid group, SignalAddress sender, byte[] bytes) throws SignalException {
        Envelope.requireVersion(bytes, 2, "a sender key distribution message");
        SenderKeyDistributionMessage message;
        try {
            message = SenderKeyDistributionMessage.parser().parseFrom(bytes, 1, bytes.length - 1);
        } catch (InvalidProtocolBufferException e) {
            throw Envelope.badMessage("the sender key distribution message is not well-formed");
        }
        if (!message.hasId() || !message.hasIteration() || !message.hasSigningKey()) {
            throw Envelope.badMessage("the sender key distribution message has no id, iteration or signing key");
        }
        if (message.getChainKey().size() != MessageChain.KEY_LENGTH) {
            throw Envelope.badMessage("the chain key of a sender key has "
                    + message.getChainKey().size() + " bytes, not " + MessageChain.KEY_LENGTH);
        }
        byte[] signingKey = Envelope.publicKey(message.getSigningKey());
        SenderKeyName name = new SenderKeyName(group, sender);
        SenderKeys known = store.senderKeys(name);
        SenderKeys keys = known == null ? new SenderKeys() : known;
        keys.distributed(
                message.getId(),
                signingKey,
                message.getChainKey().toByteArray(),
                Integer.toUnsignedLong(message.getIteration()));
        store.putSenderKeys(name, keys);
    }

    /**
     * Reads a {@code skmsg}; the plaintext has WhatsApp's own padding at its end.
     *
     * @throws SignalException {@code NO_SESSION} (a key that was not handed out to us), {@code BAD_MESSAGE},
     *     {@code BAD_SIGNATURE}, {@code DUPLICATE_OR_OLD_COUNTER}, {@code TOO_FAR_AHEAD}
     */
    public byte[] decrypt(Jid group, SignalAddress sender, byte[] bytes) throws SignalException {
        Envelope.requireVersion(bytes, 1 + XEdDsa.SIGNATURE_LENGTH, "a group message");
        int signedLength = bytes.length - XEdDsa.SIGNATURE_LENGTH;
        SenderKeyMessage message;
        try {
            message = SenderKeyMessage.parser().parseFrom(bytes, 1, signedLength - 1);
        } catch (InvalidProtocolBufferException e) {
            throw Envelope.badMessage("the group message is not well-formed");
        }
        if (!message.hasId() || !message.hasIteration() || !message.hasCiphertext()) {
            throw Envelope.badMessage("the group message has no id, iteration or ciphertext");
        }
        SenderKeyName name = new SenderKeyName(group, sender);
        SenderKeys keys = store.senderKeys(name);
        SenderKey key = keys == null ? null : keys.byId(message.getId()).orElse(null);
        if (key == null) {
            throw new SignalException(
                    Reason.NO_SESSION,
                    "there is no sender key " + Integer.toUnsignedString(message.getId()) + " of "
                            + sender.toLogString() + " for " + group.toLogString());
        }
        byte[] signature = Arrays.copyOfRange(bytes, signedLength, bytes.length);
        if (!key.verifier().verify(bytes, signedLength, signature)) {
            throw new SignalException(Reason.BAD_SIGNATURE, "the signature of the group message does not hold");
        }
        Step step = key.chain().stepTo(Integer.toUnsignedLong(message.getIteration()));
        byte[] plaintext = decrypt(step.seed(), message.getCiphertext().toByteArray());
        key.chain().take(step);
        keys.bound();
        store.putSenderKeys(name, keys);
        return plaintext;
    }

    private static byte[] decrypt(byte[] seed, byte[] ciphertext) throws SignalException {
        byte[] derived = derived(seed);
        try {
            return AesCbc.decrypt(cipherKey(derived), iv(derived), ciphertext);
        } catch (CryptoException e) {
            throw Envelope.badMessage("the group message's signature holds, but " + e.getMessage());
        }
    }

    /**
     * Our own sender key as it is now, to be sent to each device of the group before it can read the next message; made
     * when there is none.
     */
    public byte[] createDistribution(Jid group, SignalAddress own) {
        SenderKeyName name = new SenderKeyName(group, own);
        SenderKeys keys = store.senderKeys(name);
        SenderKey newest = keys == null
                ? null
                : keys.newest().filter(key -> key.signing() != null).orElse(null);
        return distribution(newest == null ? newKey(name) : newest);
    }

    /** A new sender key of our own, which replaces the one before: somebody has left the group. */
    public byte[] rotate(Jid group, SignalAddress own) {
        return distribution(newKey(new SenderKeyName(group, own)));
    }

    private SenderKey newKey(SenderKeyName name) {
        SenderKeys known = store.senderKeys(name);
        SenderKeys keys = known == null ? new SenderKeys() : known;
        KeyPair signing = Curve25519.generateKeyPair(random);
        byte[] chainKey = new byte[MessageChain.KEY_LENGTH];
        random.nextBytes(chainKey);
        int id;
        do {
            // 31 bits: other implementations keep it in a signed number.
            id = random.nextInt(1, Integer.MAX_VALUE);
        } while (keys.byId(id).isPresent());
        SenderKey key = new SenderKey(id, signing.publicKey(), signing, new MessageChain(chainKey, 0));
        keys.add(key);
        store.putSenderKeys(name, keys);
        return key;
    }

    private static byte[] distribution(SenderKey key) {
        return Envelope.versioned(SenderKeyDistributionMessage.newBuilder()
                .setId(key.id())
                .setIteration((int) key.chain().next())
                .setChainKey(ByteString.copyFrom(key.chain().key()))
                .setSigningKey(Envelope.prefixed(key.verifier().publicKey()))
                .build());
    }

    /**
     * Writes a group message under our own sender key.
     *
     * @param plaintext with WhatsApp's own padding at its end
     * @throws SignalException {@code NO_SESSION} when no distribution was created
     */
    public byte[] encrypt(Jid group, SignalAddress own, byte[] plaintext) throws SignalException {
        SenderKeyName name = new SenderKeyName(group, own);
        SenderKeys keys = store.senderKeys(name);
        SenderKey key = keys == null ? null : keys.newest().orElse(null);
        KeyPair signing = key == null ? null : key.signing();
        if (signing == null) {
            throw new SignalException(
                    Reason.NO_SESSION, "there is no sender key of our own for " + group.toLogString() + ": create one");
        }
        long iteration = key.chain().next();
        byte[] derived = derived(key.chain().advance());
        byte[] signed = Envelope.versioned(SenderKeyMessage.newBuilder()
                .setId(key.id())
                .setIteration((int) iteration)
                .setCiphertext(ByteString.copyFrom(AesCbc.encrypt(cipherKey(derived), iv(derived), plaintext)))
                .build());
        store.putSenderKeys(name, keys);
        return Envelope.joined(signed, XEdDsa.sign(signing.privateKey(), signed, random));
    }

    private static byte[] derived(byte[] seed) {
        return Hkdf.sha256(seed, null, INFO, AesCbc.IV_LENGTH + CIPHER_KEY_LENGTH);
    }

    private static byte[] iv(byte[] derived) {
        return Arrays.copyOf(derived, AesCbc.IV_LENGTH);
    }

    private static byte[] cipherKey(byte[] derived) {
        return Arrays.copyOfRange(derived, AesCbc.IV_LENGTH, derived.length);
    }
}
