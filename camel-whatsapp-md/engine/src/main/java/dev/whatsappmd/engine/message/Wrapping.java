package dev.whatsappmd.engine.message;

import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.proto.e2e.Message.FutureProofMessage;
import java.util.Optional;
import java.util.Set;

/**
 * The covers that content may come in: one says that it disappears, one that it is seen once, and so on (Baileys
 * {@code normalizeMessageContent}, and three more that whatsmeow opens).
 */
final class Wrapping {
    /** As Baileys; a cover in a cover in a cover is all that was ever seen. */
    private static final int MAX_COVERS = 5;

    private static final Set<String> COVERS = Set.of(
            "ephemeralMessage",
            "viewOnceMessage",
            "viewOnceMessageV2",
            "viewOnceMessageV2Extension",
            "documentWithCaptionMessage",
            "editedMessage",
            "associatedChildMessage",
            "groupStatusMessage",
            "groupStatusMessageV2",
            "groupMentionedMessage",
            "botInvokeMessage",
            "lottieStickerMessage",
            "pollCreationMessageV4");

    private static final Set<String> SEEN_ONCE =
            Set.of("viewOnceMessage", "viewOnceMessageV2", "viewOnceMessageV2Extension");

    private Wrapping() {}

    /** @param viewOnce whether a cover said so */
    record Opened(Message content, boolean viewOnce) {}

    /** Out of what a device of the user's own sent to another one: the message it sent to somebody else. */
    static Message received(Message message) {
        return message.getDeviceSentMessage().hasMessage()
                ? message.getDeviceSentMessage().getMessage()
                : message;
    }

    /** The content without its covers. */
    static Opened open(Message message) {
        Message content = received(message);
        boolean viewOnce = false;
        for (int opened = 0; opened < MAX_COVERS; opened++) {
            Optional<FieldDescriptor> cover = content.getAllFields().keySet().stream()
                    .filter(field -> COVERS.contains(field.getJsonName()))
                    .findFirst();
            if (cover.isEmpty()) {
                break;
            }
            viewOnce |= SEEN_ONCE.contains(cover.get().getJsonName());
            content = ((FutureProofMessage) content.getField(cover.get())).getMessage();
        }
        return new Opened(content, viewOnce);
    }
}
