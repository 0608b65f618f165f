package dev.whatsappmd.engine.message;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.event.MessageContent;
import dev.whatsappmd.engine.event.MessageContent.Contact;
import dev.whatsappmd.engine.event.MessageContent.Location;
import dev.whatsappmd.engine.event.MessageContent.Poll;
import dev.whatsappmd.engine.event.MessageKind;
import dev.whatsappmd.engine.event.QuotedMessage;
import dev.whatsappmd.engine.proto.e2e.ContextInfo;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.proto.e2e.Message.ContactMessage;
import dev.whatsappmd.engine.proto.e2e.Message.LiveLocationMessage;
import dev.whatsappmd.engine.proto.e2e.Message.LocationMessage;
import dev.whatsappmd.engine.proto.e2e.Message.PollCreationMessage;
import dev.whatsappmd.engine.proto.e2e.Message.ProtocolMessage;
import dev.whatsappmd.engine.proto.store.StoredMessageRow;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Says in plain words what is in a message. */
final class ContentReader {
    /** What stands deeper is not looked into: an edit of a message that quotes another is all that people make. */
    private static final int MAX_INSIDE = 2;

    private ContentReader() {}

    /** The content of a stored message that could be read. */
    static MessageContent read(StoredMessageRow row) {
        try {
            return read(Message.parseFrom(row.getPlaintext()), new MentionedKeys(row), 0);
        } catch (InvalidProtocolBufferException e) {
            return MessageContent.builder(MessageKind.OTHER).build();
        }
    }

    /** @param inside in how many other messages it stands: quoted, as the new text of an edit, as a comment */
    private static MessageContent read(Message message, MentionedKeys keys, int inside) {
        Wrapping.Opened opened = Wrapping.open(message);
        MessageContent.Builder out = MessageContent.builder(MessageKind.OTHER)
                .type(type(opened.content()).orElse(null));
        ContextInfo context = content(opened.content(), out, keys, inside);
        if (opened.viewOnce() || markedViewOnce(opened.content())) {
            out.viewOnce(true);
        }
        if (inside < MAX_INSIDE) {
            context(context, out, inside);
        }
        return out.build();
    }

    /** The name of the content, as Baileys {@code getContentType} finds it. */
    static Optional<String> type(Message message) {
        return message.getAllFields().keySet().stream()
                .map(FieldDescriptor::getJsonName)
                .filter(name -> name.equals("conversation") || name.contains("Message"))
                .filter(name -> !name.toLowerCase(Locale.ROOT).endsWith("senderkeydistributionmessage"))
                .findFirst();
    }

    private static ContextInfo content(Message from, MessageContent.Builder out, MentionedKeys keys, int inside) {
        if (from.hasConversation()) {
            out.kind(MessageKind.TEXT).text(from.getConversation());
            return ContextInfo.getDefaultInstance();
        }
        if (from.hasExtendedTextMessage()) {
            out.kind(MessageKind.TEXT).text(from.getExtendedTextMessage().getText());
            return from.getExtendedTextMessage().getContextInfo();
        }
        Optional<ContextInfo> context = media(from, out)
                .or(() -> told(from, out))
                .or(() -> asked(from, out))
                .or(() -> about(from, out, keys, inside));
        return context.orElse(ContextInfo.getDefaultInstance());
    }

    private static Optional<ContextInfo> media(Message from, MessageContent.Builder out) {
        if (from.hasImageMessage()) {
            out.kind(MessageKind.IMAGE).media(MediaReader.image(from.getImageMessage()));
            out.text(MediaReader.text(from.getImageMessage().getCaption()));
            return Optional.of(from.getImageMessage().getContextInfo());
        }
        if (from.hasVideoMessage() || from.hasPtvMessage()) {
            Message.VideoMessage video = from.hasVideoMessage() ? from.getVideoMessage() : from.getPtvMessage();
            out.kind(from.hasVideoMessage() ? MessageKind.VIDEO : MessageKind.VIDEO_NOTE);
            out.media(MediaReader.video(video)).text(MediaReader.text(video.getCaption()));
            return Optional.of(video.getContextInfo());
        }
        if (from.hasAudioMessage()) {
            out.kind(from.getAudioMessage().getPtt() ? MessageKind.VOICE : MessageKind.AUDIO);
            out.media(MediaReader.audio(from.getAudioMessage()));
            return Optional.of(from.getAudioMessage().getContextInfo());
        }
        if (from.hasDocumentMessage()) {
            out.kind(MessageKind.DOCUMENT).media(MediaReader.document(from.getDocumentMessage()));
            out.text(MediaReader.text(from.getDocumentMessage().getCaption()));
            return Optional.of(from.getDocumentMessage().getContextInfo());
        }
        if (from.hasStickerMessage()) {
            out.kind(MessageKind.STICKER).media(MediaReader.sticker(from.getStickerMessage()));
            return Optional.of(from.getStickerMessage().getContextInfo());
        }
        return Optional.empty();
    }

    /** Places, people, dates, groups. */
    private static Optional<ContextInfo> told(Message from, MessageContent.Builder out) {
        if (from.hasContactMessage()) {
            out.kind(MessageKind.CONTACT).contacts(List.of(contact(from.getContactMessage())));
            return Optional.of(from.getContactMessage().getContextInfo());
        }
        if (from.hasContactsArrayMessage()) {
            out.kind(MessageKind.CONTACT)
                    .contacts(from.getContactsArrayMessage().getContactsList().stream()
                            .map(ContentReader::contact)
                            .toList());
            return Optional.of(from.getContactsArrayMessage().getContextInfo());
        }
        if (from.hasLocationMessage()) {
            out.kind(from.getLocationMessage().getIsLive() ? MessageKind.LIVE_LOCATION : MessageKind.LOCATION);
            out.location(location(from.getLocationMessage()));
            out.text(MediaReader.text(from.getLocationMessage().getComment()));
            return Optional.of(from.getLocationMessage().getContextInfo());
        }
        if (from.hasLiveLocationMessage()) {
            out.kind(MessageKind.LIVE_LOCATION).location(location(from.getLiveLocationMessage()));
            out.text(MediaReader.text(from.getLiveLocationMessage().getCaption()));
            return Optional.of(from.getLiveLocationMessage().getContextInfo());
        }
        if (from.hasEventMessage()) {
            out.kind(MessageKind.EVENT).text(from.getEventMessage().getName());
            return Optional.of(from.getEventMessage().getContextInfo());
        }
        if (from.hasGroupInviteMessage()) {
            out.kind(MessageKind.GROUP_INVITE)
                    .text(MediaReader.text(from.getGroupInviteMessage().getCaption()));
            return Optional.of(from.getGroupInviteMessage().getContextInfo());
        }
        if (from.hasAlbumMessage()) {
            out.kind(MessageKind.ALBUM);
            return Optional.of(from.getAlbumMessage().getContextInfo());
        }
        return Optional.empty();
    }

    /** Polls, choices and their answers. */
    private static Optional<ContextInfo> asked(Message from, MessageContent.Builder out) {
        Optional<PollCreationMessage> poll = poll(from);
        if (poll.isPresent()) {
            out.kind(MessageKind.POLL).text(poll.get().getName()).poll(options(poll.get()));
            return Optional.of(poll.get().getContextInfo());
        }
        if (from.hasButtonsMessage()) {
            out.kind(MessageKind.CHOICE).text(from.getButtonsMessage().getContentText());
            return Optional.of(from.getButtonsMessage().getContextInfo());
        }
        if (from.hasListMessage()) {
            out.kind(MessageKind.CHOICE).text(from.getListMessage().getDescription());
            return Optional.of(from.getListMessage().getContextInfo());
        }
        out.kind(MessageKind.CHOICE_REPLY);
        if (from.hasButtonsResponseMessage()) {
            out.text(from.getButtonsResponseMessage().getSelectedDisplayText());
            out.selectedId(from.getButtonsResponseMessage().getSelectedButtonId());
            return Optional.of(from.getButtonsResponseMessage().getContextInfo());
        }
        if (from.hasListResponseMessage()) {
            out.text(from.getListResponseMessage().getTitle());
            out.selectedId(from.getListResponseMessage().getSingleSelectReply().getSelectedRowId());
            return Optional.of(from.getListResponseMessage().getContextInfo());
        }
        if (from.hasTemplateButtonReplyMessage()) {
            out.text(from.getTemplateButtonReplyMessage().getSelectedDisplayText());
            out.selectedId(from.getTemplateButtonReplyMessage().getSelectedId());
            return Optional.of(from.getTemplateButtonReplyMessage().getContextInfo());
        }
        if (from.hasInteractiveResponseMessage()) {
            out.text(from.getInteractiveResponseMessage().getBody().getText());
            return Optional.of(from.getInteractiveResponseMessage().getContextInfo());
        }
        out.kind(MessageKind.OTHER);
        return Optional.empty();
    }

    /** What is about an earlier message. */
    private static Optional<ContextInfo> about(
            Message from, MessageContent.Builder out, MentionedKeys keys, int inside) {
        if (from.hasReactionMessage()) {
            out.kind(MessageKind.REACTION).text(from.getReactionMessage().getText());
            out.target(keys.turned(from.getReactionMessage().getKey()));
        } else if (from.hasEncReactionMessage()) {
            out.kind(MessageKind.REACTION)
                    .target(keys.turned(from.getEncReactionMessage().getTargetMessageKey()));
        } else if (from.hasPollUpdateMessage()) {
            out.kind(MessageKind.POLL_VOTE)
                    .target(keys.turned(from.getPollUpdateMessage().getPollCreationMessageKey()));
        } else if (from.hasPinInChatMessage()) {
            out.kind(MessageKind.PIN)
                    .target(keys.turned(from.getPinInChatMessage().getKey()));
        } else if (from.hasKeepInChatMessage()) {
            out.kind(MessageKind.KEEP)
                    .target(keys.turned(from.getKeepInChatMessage().getKey()));
        } else if (from.hasCommentMessage() && inside < MAX_INSIDE) {
            MessageContent comment = read(from.getCommentMessage().getMessage(), keys, inside + 1);
            out.kind(comment.kind()).text(comment.text()).media(comment.media());
            out.target(keys.turned(from.getCommentMessage().getTargetMessageKey()));
        } else if (from.hasProtocolMessage()) {
            protocol(from.getProtocolMessage(), out, keys, inside);
        }
        return Optional.empty();
    }

    private static void protocol(ProtocolMessage from, MessageContent.Builder out, MentionedKeys keys, int inside) {
        switch (from.getType()) {
            case REVOKE -> {
                // The first number of the enum: also what it reads as when the type is one nobody knows yet.
                out.kind(from.hasType() ? MessageKind.REVOKE : MessageKind.PROTOCOL);
                out.target(from.hasKey() ? keys.ofTheSender(from.getKey()) : null);
            }
            case MESSAGE_EDIT -> {
                Message edit = inside < MAX_INSIDE ? from.getEditedMessage() : Message.getDefaultInstance();
                MessageContent edited = read(edit, keys, inside + 1);
                out.kind(MessageKind.EDIT).text(edited.text()).media(edited.media());
                out.mentionedJid(edited.mentionedJid()).target(keys.ofTheSender(from.getKey()));
            }
            case EPHEMERAL_SETTING ->
                out.kind(MessageKind.EPHEMERAL_SETTING)
                        .expiration(Integer.toUnsignedLong(from.getEphemeralExpiration()));
            default -> out.kind(MessageKind.PROTOCOL);
        }
    }

    private static void context(ContextInfo from, MessageContent.Builder out, int inside) {
        if (!from.getStanzaId().isEmpty()) {
            Optional<MessageContent> quoted = from.hasQuotedMessage()
                    ? Optional.of(read(from.getQuotedMessage(), MentionedKeys.NONE, inside + 1))
                    : Optional.empty();
            out.quoted(new QuotedMessage(
                    from.getStanzaId(),
                    MediaReader.text(from.getParticipant()),
                    MediaReader.text(from.getRemoteJid()),
                    quoted.map(MessageContent::kind).orElse(null),
                    quoted.map(MessageContent::text).orElse(null)));
        }
        if (from.getMentionedJidCount() > 0) {
            out.mentionedJid(from.getMentionedJidList());
        }
        if (from.getIsForwarded()) {
            out.isForwarded(true);
        }
        if (from.getExpiration() != 0) {
            out.expiration(Integer.toUnsignedLong(from.getExpiration()));
        }
    }

    private static boolean markedViewOnce(Message from) {
        return from.getImageMessage().getViewOnce()
                || from.getVideoMessage().getViewOnce()
                || from.getAudioMessage().getViewOnce()
                || from.getExtendedTextMessage().getViewOnce();
    }

    private static Contact contact(ContactMessage from) {
        return new Contact(MediaReader.text(from.getDisplayName()), MediaReader.text(from.getVcard()));
    }

    private static Location location(LocationMessage from) {
        return new Location(
                from.getDegreesLatitude(),
                from.getDegreesLongitude(),
                from.hasAccuracyInMeters() ? Integer.toUnsignedLong(from.getAccuracyInMeters()) : null,
                MediaReader.text(from.getName()),
                MediaReader.text(from.getAddress()),
                MediaReader.text(from.getUrl()));
    }

    private static Location location(LiveLocationMessage from) {
        return new Location(
                from.getDegreesLatitude(),
                from.getDegreesLongitude(),
                from.hasAccuracyInMeters() ? Integer.toUnsignedLong(from.getAccuracyInMeters()) : null,
                null,
                null,
                null);
    }

    private static Optional<PollCreationMessage> poll(Message from) {
        if (from.hasPollCreationMessage()) {
            return Optional.of(from.getPollCreationMessage());
        }
        if (from.hasPollCreationMessageV2()) {
            return Optional.of(from.getPollCreationMessageV2());
        }
        if (from.hasPollCreationMessageV3()) {
            return Optional.of(from.getPollCreationMessageV3());
        }
        return from.hasPollCreationMessageV5() ? Optional.of(from.getPollCreationMessageV5()) : Optional.empty();
    }

    private static Poll options(PollCreationMessage from) {
        return new Poll(
                from.getOptionsList().stream()
                        .map(PollCreationMessage.Option::getOptionName)
                        .toList(),
                Integer.toUnsignedLong(from.getSelectableOptionsCount()));
    }
}
