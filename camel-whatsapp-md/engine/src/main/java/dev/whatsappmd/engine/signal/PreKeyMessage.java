package dev.whatsappmd.engine.signal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.proto.signal.PreKeySignalMessage;
import java.util.OptionalLong;

/**
 * A {@code pkmsg} on the wire: version byte, {@code PreKeySignalMessage} with a whole {@code msg} inside. Nothing but that is
 * authenticated; the keys are by what comes out with them.
 *
 * @param preKeyId the one-time pre-key's number as it was sent; empty when none was used
 * @param baseKey the sender's, 32 bytes: names the session
 * @param identityKey the sender's, 32 bytes
 */
record PreKeyMessage(
        OptionalLong preKeyId,
        long signedPreKeyId,
        int registrationId,
        byte[] baseKey,
        byte[] identityKey,
        SessionMessage message) {

    /** @throws SignalException {@code BAD_MESSAGE} or {@code INVALID_KEY} */
    static PreKeyMessage parse(byte[] bytes) throws SignalException {
        Envelope.requireVersion(bytes, 2, "a pre-key message");
        PreKeySignalMessage message;
        try {
            message = PreKeySignalMessage.parser().parseFrom(bytes, 1, bytes.length - 1);
        } catch (InvalidProtocolBufferException e) {
            throw Envelope.badMessage("the pre-key message is not well-formed");
        }
        if (!message.hasBaseKey()
                || !message.hasIdentityKey()
                || !message.hasMessage()
                || !message.hasSignedPreKeyId()) {
            throw Envelope.badMessage("the pre-key message lacks a key, a key's number or the message inside");
        }
        return new PreKeyMessage(
                message.hasPreKeyId()
                        ? OptionalLong.of(Integer.toUnsignedLong(message.getPreKeyId()))
                        : OptionalLong.empty(),
                Integer.toUnsignedLong(message.getSignedPreKeyId()),
                message.getRegistrationId(),
                Envelope.publicKey(message.getBaseKey()),
                Envelope.publicKey(message.getIdentityKey()),
                SessionMessage.parse(message.getMessage().toByteArray()));
    }

    static byte[] write(
            SessionState.Pending pending, byte[] baseKey, byte[] ownIdentity, int registrationId, byte[] msg) {
        PreKeySignalMessage.Builder message = PreKeySignalMessage.newBuilder()
                .setRegistrationId(registrationId)
                .setSignedPreKeyId(pending.signedPreKeyId())
                .setBaseKey(Envelope.prefixed(baseKey))
                .setIdentityKey(Envelope.prefixed(ownIdentity))
                .setMessage(ByteString.copyFrom(msg));
        pending.preKeyId().ifPresent(message::setPreKeyId);
        return Envelope.versioned(message.build());
    }
}
