package dev.whatsappmd.localserver.contact;

import java.util.Objects;
import java.util.Optional;

/**
 * A message as another one names it, from the writer's side.
 *
 * @param chat the chat's address at the writer
 * @param byWriter whether the writer of the other one wrote this one too
 * @param id of the message
 * @param participant who wrote it, in a group
 */
public record MentionedMessage(String chat, boolean byWriter, String id, Optional<String> participant) {
    public MentionedMessage {
        Objects.requireNonNull(chat, "chat");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(participant, "participant");
    }

    /** Never an address. */
    @Override
    public String toString() {
        return "mention of " + id;
    }
}
