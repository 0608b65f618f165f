package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.event.MessageKey;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.proto.store.StoredMessageRow;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keys that a message mentions say "me" and "you" as its sender sees it; these are turned to this account's view (Baileys
 * {@code cleanMessage}, {@code process-message.ts}).
 */
final class MentionedKeys {
    /** For content that is only quoted. */
    static final MentionedKeys NONE = new MentionedKeys(StoredMessageRow.getDefaultInstance());

    private final StoredMessageRow row;

    MentionedKeys(StoredMessageRow row) {
        this.row = row;
    }

    /** The key of any message of the chat. */
    MessageKey turned(dev.whatsappmd.engine.proto.e2e.MessageKey key) {
        String participant = key.hasParticipant() ? key.getParticipant() : null;
        if (row.getFromMe()) {
            return MessageKey.of(text(key.getRemoteJid()), key.getFromMe(), key.getId(), participant);
        }
        String author = participant == null ? key.getRemoteJid() : participant;
        boolean mine = !key.getFromMe() && isOwn(author);
        if (participant == null && row.hasParticipant()) {
            participant = row.getParticipant();
        }
        return MessageKey.of(row.getChat(), mine, key.getId(), participant);
    }

    /** The key of an earlier message of the same sender, or of one that an admin deletes. */
    MessageKey ofTheSender(dev.whatsappmd.engine.proto.e2e.MessageKey key) {
        String participant = row.hasParticipant() ? row.getParticipant() : null;
        if (key.getFromMe() || !key.hasParticipant()) {
            return MessageKey.of(row.getChat(), row.getFromMe(), key.getId(), participant);
        }
        return MessageKey.of(row.getChat(), isOwn(key.getParticipant()), key.getId(), key.getParticipant());
    }

    private boolean isOwn(String author) {
        Optional<Jid> jid = Jid.tryParse(author);
        return jid.filter(one -> row.hasOwnPn() && one.normalized().toString().equals(row.getOwnPn())
                        || row.hasOwnLid() && one.normalized().toString().equals(row.getOwnLid()))
                .isPresent();
    }

    private static @Nullable String text(String value) {
        return value.isEmpty() ? null : value;
    }
}
