package dev.whatsappmd.localserver.contact;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.proto.e2e.Message.ProtocolMessage;
import dev.whatsappmd.engine.proto.e2e.MessageKey;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A message before it is sent: what it says, and how it is to be sent. Immutable; the methods that change something give
 * a new one.
 */
public final class MessageDraft {
    private final byte[] content;
    private final String type;
    private final String mediaType;
    private final String edit;
    private final @Nullable String id;
    private final @Nullable Instant time;
    private final int device;
    private final @Nullable MessageFault fault;
    private final int faultyCopies;

    private MessageDraft(
            byte[] content,
            String type,
            String mediaType,
            String edit,
            @Nullable String id,
            @Nullable Instant time,
            int device,
            @Nullable MessageFault fault,
            int faultyCopies) {
        this.content = content.clone();
        this.type = type;
        this.mediaType = mediaType;
        this.edit = edit;
        this.id = id;
        this.time = time;
        this.device = device;
        this.fault = fault;
        this.faultyCopies = faultyCopies;
    }

    private static MessageDraft of(Message content, String type, String mediaType, String edit) {
        return new MessageDraft(content.toByteArray(), type, mediaType, edit, null, null, 0, null, 0);
    }

    /** A plain text. */
    public static MessageDraft text(String text) {
        return of(Message.newBuilder().setConversation(text).build(), "text", "", "");
    }

    /** A file of this kind: only what the message says of it, the file is somewhere else or nowhere. */
    public static MessageDraft media(SentMedia media) {
        return of(media.message(), "media", media.kind().word(), "");
    }

    /**
     * Any {@code Message} protobuf.
     *
     * @param content its bytes; not looked at
     */
    public static MessageDraft raw(byte[] content) {
        return new MessageDraft(content, "text", "", "", null, null, 0, null, 0);
    }

    /** A reaction to a message; an empty one takes an earlier one back. */
    public static MessageDraft reaction(String emoji, MentionedMessage to, Instant at) {
        Message.ReactionMessage reaction = Message.ReactionMessage.newBuilder()
                .setKey(key(to))
                .setText(emoji)
                .setSenderTimestampMs(at.toEpochMilli())
                .build();
        return of(Message.newBuilder().setReactionMessage(reaction).build(), "reaction", "", "");
    }

    /** Another text for a message that the same person wrote. */
    public static MessageDraft edit(String newText, MentionedMessage of, Instant at) {
        ProtocolMessage edit = ProtocolMessage.newBuilder()
                .setKey(key(of))
                .setType(ProtocolMessage.Type.MESSAGE_EDIT)
                .setEditedMessage(Message.newBuilder().setConversation(newText))
                .setTimestampMs(at.toEpochMilli())
                .build();
        return of(Message.newBuilder().setProtocolMessage(edit).build(), "text", "", "1");
    }

    /** Takes a message back that the same person wrote. */
    public static MessageDraft revoke(MentionedMessage message) {
        ProtocolMessage revoke = ProtocolMessage.newBuilder()
                .setKey(key(message))
                .setType(ProtocolMessage.Type.REVOKE)
                .build();
        return of(Message.newBuilder().setProtocolMessage(revoke).build(), "text", "", "7");
    }

    private static MessageKey key(MentionedMessage message) {
        MessageKey.Builder key = MessageKey.newBuilder()
                .setRemoteJid(message.chat())
                .setFromMe(message.byWriter())
                .setId(message.id());
        message.participant().ifPresent(key::setParticipant);
        return key.build();
    }

    /** With this id instead of one that is made up. */
    public MessageDraft withId(String newId) {
        Objects.requireNonNull(newId, "newId");
        return new MessageDraft(content, type, mediaType, edit, newId, time, device, fault, faultyCopies);
    }

    /** Sent at this time instead of the server's. */
    public MessageDraft at(Instant newTime) {
        Objects.requireNonNull(newTime, "newTime");
        return new MessageDraft(content, type, mediaType, edit, id, newTime, device, fault, faultyCopies);
    }

    /** Sent from this device of the person instead of the phone, which is 0. */
    public MessageDraft from(int newDevice) {
        return new MessageDraft(content, type, mediaType, edit, id, time, newDevice, fault, faultyCopies);
    }

    /** The first copy for each device is broken; what is sent when a device asks again is good. */
    public MessageDraft broken(MessageFault newFault) {
        return broken(newFault, 1);
    }

    /**
     * The first copies for each device are broken.
     *
     * @param copies at least 1; a client asks five times at most
     */
    public MessageDraft broken(MessageFault newFault, int copies) {
        Objects.requireNonNull(newFault, "newFault");
        if (copies < 1) {
            throw new IllegalArgumentException("at least one copy is broken, not " + copies);
        }
        return new MessageDraft(content, type, mediaType, edit, id, time, device, newFault, copies);
    }

    /** The {@code Message} protobuf. */
    public byte[] content() {
        return content.clone();
    }

    ByteString contentBytes() {
        return ByteString.copyFrom(content);
    }

    Optional<String> id() {
        return Optional.ofNullable(id);
    }

    Optional<Instant> time() {
        return Optional.ofNullable(time);
    }

    int device() {
        return device;
    }

    String type() {
        return type;
    }

    String mediaType() {
        return mediaType;
    }

    String edit() {
        return edit;
    }

    /** What is wrong with the nth copy for a device, 0 for the first. */
    Optional<MessageFault> fault(int copy) {
        return copy < faultyCopies ? Optional.ofNullable(fault) : Optional.empty();
    }

    @Override
    public String toString() {
        return "draft of type " + type + ", " + content.length + " bytes";
    }
}
