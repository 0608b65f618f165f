package dev.whatsappmd.engine.signal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.crypto.Hmac;
import dev.whatsappmd.engine.proto.signal.SignalMessage;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import java.util.Arrays;

/**
 * A {@code msg} on the wire: version byte, {@code SignalMessage}, eight bytes of MAC.
 *
 * @param ratchetKey the sender's, 32 bytes
 * @param authenticated what the MAC covers besides the identity keys: all bytes but the MAC
 */
record SessionMessage(byte[] ratchetKey, long counter, byte[] ciphertext, byte[] authenticated, byte[] mac) {

    /** @throws SignalException {@code BAD_MESSAGE} or {@code INVALID_KEY} */
    static SessionMessage parse(byte[] bytes) throws SignalException {
        Envelope.requireVersion(bytes, 1 + MessageKeys.MAC_LENGTH, "a session message");
        int macAt = bytes.length - MessageKeys.MAC_LENGTH;
        SignalMessage message;
        try {
            message = SignalMessage.parser().parseFrom(bytes, 1, macAt - 1);
        } catch (InvalidProtocolBufferException e) {
            throw Envelope.badMessage("the session message is not well-formed");
        }
        if (!message.hasRatchetKey() || !message.hasCounter() || !message.hasCiphertext()) {
            throw Envelope.badMessage("the session message has no ratchet key, counter or ciphertext");
        }
        return new SessionMessage(
                Envelope.publicKey(message.getRatchetKey()),
                Integer.toUnsignedLong(message.getCounter()),
                message.getCiphertext().toByteArray(),
                Arrays.copyOf(bytes, macAt),
                Arrays.copyOfRange(bytes, macAt, bytes.length));
    }

    /** @param sender the 33 bytes of its identity key; @param receiver likewise */
    static byte[] write(
            MessageKeys keys,
            byte[] ratchetKey,
            long counter,
            long previousCounter,
            byte[] plaintext,
            byte[] sender,
            byte[] receiver) {
        byte[] authenticated = Envelope.versioned(SignalMessage.newBuilder()
                .setRatchetKey(Envelope.prefixed(ratchetKey))
                .setCounter((int) counter)
                .setPreviousCounter((int) previousCounter)
                .setCiphertext(ByteString.copyFrom(keys.encrypt(plaintext)))
                .build());
        return Envelope.joined(authenticated, keys.mac(sender, receiver, authenticated));
    }

    /**
     * The plaintext, when the MAC holds.
     *
     * @throws SignalException {@code BAD_MAC}, or {@code BAD_MESSAGE} for what lies behind it
     */
    byte[] open(MessageKeys keys, byte[] sender, byte[] receiver) throws SignalException {
        if (!Hmac.matches(keys.mac(sender, receiver, authenticated), mac)) {
            throw new SignalException(
                    Reason.BAD_MAC, "the MAC of the message with counter " + counter + " does not hold");
        }
        return keys.decrypt(ciphertext);
    }
}
