package dev.whatsappmd.engine.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.event.MessageKind;
import dev.whatsappmd.engine.proto.e2e.ContextInfo;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.proto.e2e.Message.AudioMessage;
import dev.whatsappmd.engine.proto.e2e.Message.DocumentMessage;
import dev.whatsappmd.engine.proto.e2e.Message.ExtendedTextMessage;
import dev.whatsappmd.engine.proto.e2e.Message.FutureProofMessage;
import dev.whatsappmd.engine.proto.e2e.Message.ImageMessage;
import dev.whatsappmd.engine.proto.e2e.Message.ProtocolMessage;
import dev.whatsappmd.engine.proto.e2e.Message.VideoMessage;
import dev.whatsappmd.engine.proto.e2e.MessageKey;
import dev.whatsappmd.engine.proto.e2e.Opaque;
import dev.whatsappmd.engine.proto.store.StoredMessageRow;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a stored message becomes. */
class MessageEventTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "a very secret word";

    private static StoredMessageRow.Builder row() {
        return StoredMessageRow.newBuilder()
                .setId("3EB0A1")
                .setChat("491511111111@s.whatsapp.net")
                .setChatAlt("200000000000001@lid")
                .setSender("491511111111:2@s.whatsapp.net")
                .setSenderPn("491511111111@s.whatsapp.net")
                .setSenderLid("200000000000001@lid")
                .setAddressingMode("pn")
                .setTimestamp(1_768_478_000)
                .setPushName("Ann")
                .setOffline(true)
                .setReceivedAtMillis(1_768_478_400_123L);
    }

    private static StoredMessage stored(Message message) {
        return new StoredMessage(row().setPlaintext(message.toByteString()).build());
    }

    private static MessageEvent event(Message message) {
        StoredMessage stored = stored(message);
        MessageEvent event = stored.toEvent();
        assertThat(StoredMessage.decode(stored.encode()).toEvent())
                .isEqualTo(event)
                .hasSameHashCodeAs(event);
        assertThat(event.toString())
                .doesNotContain(SECRET)
                .doesNotContain("4915")
                .doesNotContain("Ann");
        assertThat(event.raw()).isEqualTo(message.toByteArray());
        return event;
    }

    private static ExtendedTextMessage.Builder answer() {
        return ExtendedTextMessage.newBuilder()
                .setText("yes @4920")
                .setContextInfo(ContextInfo.newBuilder()
                        .setStanzaId("QUOTED")
                        .setParticipant("491700000001@s.whatsapp.net")
                        .setQuotedMessage(Message.newBuilder().setConversation("coming?"))
                        .addMentionedJid("4920@s.whatsapp.net")
                        .setIsForwarded(true)
                        .setExpiration(86_400));
    }

    @Test
    void writesATextAsJson() throws Exception {
        MessageEvent event = event(Message.newBuilder().setConversation("hello").build());
        assertThat(JSON.writeValueAsString(event))
                .isEqualTo("{\"key\":{\"remoteJid\":\"491511111111@s.whatsapp.net\","
                        + "\"remoteJidAlt\":\"200000000000001@lid\",\"fromMe\":false,\"id\":\"3EB0A1\","
                        + "\"addressingMode\":\"pn\"},\"chat\":\"491511111111@s.whatsapp.net\","
                        + "\"sender\":{\"jid\":\"491511111111@s.whatsapp.net\",\"lid\":\"200000000000001@lid\","
                        + "\"pn\":\"491511111111@s.whatsapp.net\",\"device\":2},"
                        + "\"messageTimestamp\":1768478000,\"pushName\":\"Ann\",\"broadcast\":false,"
                        + "\"offline\":true,\"kind\":\"text\",\"type\":\"conversation\",\"text\":\"hello\"}");
    }

    @Test
    void writesAnAnswerAsJson() {
        MessageEvent event =
                event(Message.newBuilder().setExtendedTextMessage(answer()).build());
        JsonNode json = JSON.valueToTree(event);
        assertThat(json.path("type").asText()).isEqualTo("extendedTextMessage");
        assertThat(json.path("quoted").toString())
                .isEqualTo("{\"stanzaId\":\"QUOTED\",\"participant\":\"491700000001@s.whatsapp.net\","
                        + "\"kind\":\"text\",\"text\":\"coming?\"}");
        assertThat(json.path("mentionedJid").toString()).isEqualTo("[\"4920@s.whatsapp.net\"]");
        assertThat(json.path("isForwarded").asBoolean()).isTrue();
        assertThat(json.path("expiration").asInt()).isEqualTo(86_400);
    }

    private static ImageMessage.Builder image() {
        return ImageMessage.newBuilder()
                .setUrl("https://mmg.whatsapp.net/" + SECRET)
                .setDirectPath("/v/" + SECRET)
                .setMimetype("image/jpeg")
                .setCaption(SECRET)
                .setMediaKey(ByteString.copyFrom(new byte[32]))
                .setFileSha256(ByteString.copyFrom(new byte[] {1}))
                .setFileEncSha256(ByteString.copyFrom(new byte[] {2}))
                .setFileLength(1234)
                .setWidth(640)
                .setHeight(480);
    }

    @Test
    void writesAnImageAsJson() {
        MessageEvent event = event(Message.newBuilder().setImageMessage(image()).build());
        JsonNode media = JSON.valueToTree(event).path("media");
        assertThat(media.path("kind").asText()).isEqualTo("image");
        assertThat(media.path("mimetype").asText()).isEqualTo("image/jpeg");
        assertThat(media.path("mediaKey").asText()).isEqualTo("A".repeat(43) + "=");
        assertThat(media.path("fileSha256").asText()).isEqualTo("AQ==");
        assertThat(media.path("fileLength").asLong()).isEqualTo(1234);
        assertThat(media.path("width").asInt()).isEqualTo(640);
        assertThat(media.has("seconds")).isFalse();
        assertThat(event.content().text()).isEqualTo(SECRET);
        assertThat(event.content().media().toString()).isEqualTo("MediaInfo[image, 1234 bytes]");
    }

    static Stream<Arguments> kinds() {
        MessageKey key = MessageKey.newBuilder()
                .setRemoteJid("x@s.whatsapp.net")
                .setFromMe(true)
                .setId("T1")
                .build();
        Message.Builder none = Message.newBuilder();
        return Stream.of(
                kind(MessageKind.TEXT, "extendedTextMessage", m -> m.setExtendedTextMessage(answer())),
                kind(MessageKind.IMAGE, "imageMessage", m -> m.setImageMessage(image())),
                kind(
                        MessageKind.VIDEO,
                        "videoMessage",
                        m -> m.setVideoMessage(
                                VideoMessage.newBuilder().setSeconds(3).setGifPlayback(true))),
                kind(MessageKind.VIDEO_NOTE, "ptvMessage", m -> m.setPtvMessage(VideoMessage.newBuilder())),
                kind(MessageKind.AUDIO, "audioMessage", m -> m.setAudioMessage(AudioMessage.newBuilder())),
                kind(
                        MessageKind.VOICE,
                        "audioMessage",
                        m -> m.setAudioMessage(AudioMessage.newBuilder().setPtt(true))),
                kind(
                        MessageKind.DOCUMENT,
                        "documentMessage",
                        m -> m.setDocumentMessage(DocumentMessage.newBuilder()
                                .setFileName("a.pdf")
                                .setPageCount(2))),
                kind(
                        MessageKind.STICKER,
                        "stickerMessage",
                        m -> m.setStickerMessage(
                                Message.StickerMessage.newBuilder().setIsAnimated(true))),
                kind(
                        MessageKind.CONTACT,
                        "contactMessage",
                        m -> m.setContactMessage(Message.ContactMessage.newBuilder()
                                .setDisplayName("Bob")
                                .setVcard("BEGIN:VCARD"))),
                kind(
                        MessageKind.CONTACT,
                        "contactsArrayMessage",
                        m -> m.setContactsArrayMessage(Message.ContactsArrayMessage.newBuilder()
                                .addContacts(Message.ContactMessage.getDefaultInstance()))),
                kind(
                        MessageKind.LOCATION,
                        "locationMessage",
                        m -> m.setLocationMessage(
                                Message.LocationMessage.newBuilder().setDegreesLatitude(52.5))),
                kind(
                        MessageKind.LIVE_LOCATION,
                        "liveLocationMessage",
                        m -> m.setLiveLocationMessage(
                                Message.LiveLocationMessage.newBuilder().setAccuracyInMeters(5))),
                kind(
                        MessageKind.REACTION,
                        "reactionMessage",
                        m -> m.setReactionMessage(
                                Message.ReactionMessage.newBuilder().setKey(key).setText("x"))),
                kind(
                        MessageKind.POLL,
                        "pollCreationMessageV3",
                        m -> m.setPollCreationMessageV3(Message.PollCreationMessage.newBuilder()
                                .setName("Where?")
                                .addOptions(Message.PollCreationMessage.Option.newBuilder()
                                        .setOptionName("here"))
                                .setSelectableOptionsCount(1))),
                kind(
                        MessageKind.POLL_VOTE,
                        "pollUpdateMessage",
                        m -> m.setPollUpdateMessage(
                                Message.PollUpdateMessage.newBuilder().setPollCreationMessageKey(key))),
                kind(
                        MessageKind.EVENT,
                        "eventMessage",
                        m -> m.setEventMessage(Message.EventMessage.newBuilder().setName("party"))),
                kind(
                        MessageKind.GROUP_INVITE,
                        "groupInviteMessage",
                        m -> m.setGroupInviteMessage(
                                Message.GroupInviteMessage.newBuilder().setCaption("join"))),
                kind(MessageKind.ALBUM, "albumMessage", m -> m.setAlbumMessage(Message.AlbumMessage.newBuilder())),
                kind(
                        MessageKind.CHOICE,
                        "buttonsMessage",
                        m -> m.setButtonsMessage(
                                Message.ButtonsMessage.newBuilder().setContentText("a or b"))),
                kind(
                        MessageKind.CHOICE_REPLY,
                        "listResponseMessage",
                        m -> m.setListResponseMessage(
                                Message.ListResponseMessage.newBuilder().setTitle("a"))),
                kind(
                        MessageKind.PIN,
                        "pinInChatMessage",
                        m -> m.setPinInChatMessage(
                                Message.PinInChatMessage.newBuilder().setKey(key))),
                kind(
                        MessageKind.KEEP,
                        "keepInChatMessage",
                        m -> m.setKeepInChatMessage(
                                Message.KeepInChatMessage.newBuilder().setKey(key))),
                kind(
                        MessageKind.REVOKE,
                        "protocolMessage",
                        m -> m.setProtocolMessage(ProtocolMessage.newBuilder()
                                .setType(ProtocolMessage.Type.REVOKE)
                                .setKey(key))),
                kind(
                        MessageKind.EPHEMERAL_SETTING,
                        "protocolMessage",
                        m -> m.setProtocolMessage(ProtocolMessage.newBuilder()
                                .setType(ProtocolMessage.Type.EPHEMERAL_SETTING)
                                .setEphemeralExpiration(604_800))),
                kind(
                        MessageKind.PROTOCOL,
                        "protocolMessage",
                        m -> m.setProtocolMessage(
                                ProtocolMessage.newBuilder().setType(ProtocolMessage.Type.SHARE_PHONE_NUMBER))),
                kind(MessageKind.PROTOCOL, "protocolMessage", m -> m.setProtocolMessage(ProtocolMessage.newBuilder())),
                kind(MessageKind.OTHER, "orderMessage", m -> m.setOrderMessage(Opaque.getDefaultInstance())),
                Arguments.of(MessageKind.OTHER, null, none.build()));
    }

    private static Arguments kind(MessageKind kind, String type, UnaryOperator<Message.Builder> set) {
        return Arguments.of(kind, type, set.apply(Message.newBuilder()).build());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void knowsTheKindInAnyCover(MessageKind kind, String type, Message message) {
        assertThat(event(message).content().kind()).isEqualTo(kind);
        assertThat(event(message).content().type()).isEqualTo(type);
        Message ephemeral = Message.newBuilder()
                .setEphemeralMessage(FutureProofMessage.newBuilder().setMessage(message))
                .build();
        assertThat(event(ephemeral).content()).isEqualTo(event(message).content());
        Message once = Message.newBuilder()
                .setViewOnceMessageV2(FutureProofMessage.newBuilder().setMessage(ephemeral))
                .build();
        assertThat(event(once).content().kind()).isEqualTo(kind);
        assertThat(event(once).content().viewOnce()).isTrue();
        Message sent = Message.newBuilder()
                .setDeviceSentMessage(Message.DeviceSentMessage.newBuilder().setMessage(message))
                .build();
        assertThat(event(sent).content()).isEqualTo(event(message).content());
    }

    @Test
    void tellsAnEditWithItsNewText() {
        Message edit = Message.newBuilder()
                .setEditedMessage(FutureProofMessage.newBuilder()
                        .setMessage(Message.newBuilder()
                                .setProtocolMessage(ProtocolMessage.newBuilder()
                                        .setType(ProtocolMessage.Type.MESSAGE_EDIT)
                                        .setKey(MessageKey.newBuilder()
                                                .setRemoteJid("491700000001@s.whatsapp.net")
                                                .setFromMe(true)
                                                .setId("FIRST"))
                                        .setEditedMessage(Message.newBuilder().setConversation("better")))))
                .build();
        MessageEvent event = event(edit);
        assertThat(event.content().kind()).isEqualTo(MessageKind.EDIT);
        assertThat(event.content().text()).isEqualTo("better");
        assertThat(event.content().target().id()).isEqualTo("FIRST");
        assertThat(event.content().target().fromMe()).isFalse();
        assertThat(event.content().target().remoteJid()).isEqualTo("491511111111@s.whatsapp.net");
    }

    /** As deep as protobuf reads at all. */
    @Test
    void looksIntoDeepMessagesOnlySoFar() {
        Message deep = Message.newBuilder().setConversation("bottom").build();
        for (int i = 0; i < 20; i++) {
            deep = Message.newBuilder()
                    .setExtendedTextMessage(ExtendedTextMessage.newBuilder()
                            .setText("level")
                            .setContextInfo(ContextInfo.newBuilder()
                                    .setStanzaId("Q" + i)
                                    .setQuotedMessage(deep)))
                    .build();
            deep = Message.newBuilder()
                    .setEphemeralMessage(FutureProofMessage.newBuilder().setMessage(deep))
                    .build();
        }
        assertThat(event(deep).content().quoted().text()).isEqualTo("level");
    }

    @Test
    void namesAMessageTheSameEachTime() {
        StoredMessage one = stored(Message.newBuilder().setConversation("a").build());
        StoredMessage later = new StoredMessage(row().setPlaintext(ByteString.copyFromUtf8(""))
                .setReceivedAtMillis(5)
                .setOffline(false)
                .build());
        assertThat(later.deliveryId()).isEqualTo(one.deliveryId()).matches("[0-9a-f]{32}");
        for (StoredMessageRow other : new StoredMessageRow[] {
            row().setId("OTHER").setPlaintext(ByteString.EMPTY).build(),
            row().setChat("x@g.us").setPlaintext(ByteString.EMPTY).build(),
            row().setSender("x@lid").setPlaintext(ByteString.EMPTY).build(),
            row().setUnreadable("why").build()
        }) {
            assertThat(new StoredMessage(other).deliveryId()).isNotEqualTo(one.deliveryId());
        }
        assertThat(one.toString()).isEqualTo("StoredMessage[3EB0A1]");
        assertThat(one.offline()).isTrue();
        assertThat(one.receivedAt().toEpochMilli()).isEqualTo(1_768_478_400_123L);
    }

    @Test
    void refusesBytesThatItDidNotWrite() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StoredMessage.decode(new byte[] {10, 99}))
                .withMessageContaining("2 bytes");
        assertThatIllegalArgumentException().isThrownBy(() -> HistoryNotice.decode(new byte[] {10, 99}));
    }

    @Test
    void tellsAlsoWhatIsNoMessage() {
        StoredMessage stored = new StoredMessage(
                row().setPlaintext(ByteString.copyFrom(new byte[] {10, 99})).build());
        assertThat(stored.toEvent().content().kind()).isEqualTo(MessageKind.OTHER);
    }
}
