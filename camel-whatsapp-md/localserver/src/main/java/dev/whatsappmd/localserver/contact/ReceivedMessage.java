package dev.whatsappmd.localserver.contact;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.proto.e2e.Message;
import java.util.Optional;

/**
 * A message that a client sent to a simulated person.
 *
 * @param id of the stanza
 * @param from the client's address by LID, with its device
 * @param device which of the person's devices read it
 * @param content the decrypted {@code Message} protobuf; empty when it could not be read
 * @param trouble why it could not be read; empty when it could
 */
public record ReceivedMessage(String id, String from, int device, byte[] content, Optional<String> trouble) {
    /** Its text, if it is a plain text message. */
    public Optional<String> text() {
        try {
            Message message = Message.parseFrom(content);
            return message.hasConversation() ? Optional.of(message.getConversation()) : Optional.empty();
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "message " + id + " for device " + device
                + trouble.map(why -> ", unread: " + why).orElse("");
    }
}
