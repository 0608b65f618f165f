package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.event.MessageContent;
import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.event.MessageKey;
import dev.whatsappmd.engine.event.MessageKind;
import dev.whatsappmd.engine.event.MessageSender;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.proto.store.StoredMessageRow;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the event of a stored message. */
final class MessageEvents {
    /** The server has it: the status of a message of the user's own (Baileys {@code WAMessageStatus.SERVER_ACK}). */
    private static final int SERVER_ACK = 2;

    private MessageEvents() {}

    static MessageEvent of(StoredMessageRow row) {
        boolean readable = row.hasPlaintext();
        byte[] raw = readable ? row.getPlaintext().toByteArray() : null;
        String unreadable = row.hasUnreadable() ? row.getUnreadable() : null;
        MessageContent content = readable
                ? ContentReader.read(row)
                : MessageContent.builder(MessageKind.UNREADABLE).build();
        return new MessageEvent(
                key(row),
                chat(row),
                sender(row),
                row.getTimestamp(),
                row.hasPushName() ? row.getPushName() : null,
                row.hasVerifiedName() ? row.getVerifiedName() : null,
                row.getBroadcast(),
                row.getOffline(),
                row.getFromMe() ? SERVER_ACK : null,
                row.getRetryCount() == 0 ? null : row.getRetryCount(),
                content,
                unreadable == null ? null : MessageEvent.CIPHERTEXT,
                unreadable == null ? null : List.of(unreadable),
                raw);
    }

    static MessageKey key(StoredMessageRow row) {
        return new MessageKey(
                row.getChat(),
                row.hasChatAlt() ? row.getChatAlt() : null,
                row.getFromMe(),
                row.getId(),
                row.hasParticipant() ? row.getParticipant() : null,
                row.hasParticipantAlt() ? row.getParticipantAlt() : null,
                row.getAddressingMode().isEmpty() ? null : row.getAddressingMode(),
                row.hasServerId() ? row.getServerId() : null,
                row.getViewOnceUnavailable() ? true : null);
    }

    /** A broadcast list is nobody to answer to; the one who sent it is. */
    private static String chat(StoredMessageRow row) {
        boolean list = Jid.tryParse(row.getChat())
                .filter(chat -> chat.isBroadcast() && !chat.isStatusBroadcast())
                .isPresent();
        return list && !row.getFromMe() && row.hasParticipant() ? row.getParticipant() : row.getChat();
    }

    private static MessageSender sender(StoredMessageRow row) {
        Optional<Jid> sender = Jid.tryParse(row.getSender());
        return new MessageSender(
                sender.map(Envelope::person).map(Jid::toString).orElse(row.getSender()),
                text(row.hasSenderLid(), row.getSenderLid()),
                text(row.hasSenderPn(), row.getSenderPn()),
                sender.map(Jid::deviceOrPhone).orElse(0));
    }

    private static @Nullable String text(boolean has, String value) {
        return has ? value : null;
    }
}
