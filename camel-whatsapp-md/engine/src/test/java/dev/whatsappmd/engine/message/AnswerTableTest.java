package dev.whatsappmd.engine.message;

import static dev.whatsappmd.engine.message.IntakeWorld.event;
import static dev.whatsappmd.engine.message.IntakeWorld.events;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.event.MessageKind;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Happening.CallCame;
import dev.whatsappmd.engine.message.Happening.Dropped;
import dev.whatsappmd.engine.message.Happening.IdentityChanged;
import dev.whatsappmd.engine.message.Happening.PresenceChanged;
import dev.whatsappmd.engine.message.Happening.ReceiptCame;
import dev.whatsappmd.engine.message.Happening.UnknownTag;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.signal.SignalAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of answers (docs/wire.md), row by row. */
class AnswerTableTest {
    private static final Jid GROUP = Jid.parse("120363000000000001@g.us");
    private static final String OWN_PHONE = "491700000001@s.whatsapp.net";

    private final IntakeWorld world = IntakeWorld.linked();
    private final Contact ann = new Contact("491511111111:2@s.whatsapp.net").meets(world, 1);

    private static Node receipt(Node stanza, Optional<String> type) {
        return Node.builder("receipt")
                .attribute("id", stanza.attribute("id"))
                .attribute("to", stanza.attribute("from"))
                .attribute("recipient", stanza.attribute("recipient"))
                .attribute("participant", stanza.attribute("participant"))
                .attribute("type", type)
                .build();
    }

    private static Node ack(Node stanza, Optional<String> error) {
        return Node.builder("ack")
                .attribute("id", stanza.attribute("id"))
                .attribute("to", stanza.attribute("from"))
                .attribute("class", "message")
                .attribute("error", error)
                .attribute("participant", stanza.attribute("participant"))
                .attribute("recipient", stanza.attribute("recipient"))
                .attribute("type", stanza.attribute("type"))
                .attribute("from", IntakeWorld.PN)
                .build();
    }

    // ---- a message that was read

    @Test
    void aReadMessageGetsAnInactiveReceiptWhileNotOnline() {
        Node stanza = ann.writes(Contact.text("hello"));
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(receipt(stanza, Optional.of("inactive")));
        assertThat(taken.cleared()).isTrue();
        assertThat(event(taken).content().text()).isEqualTo("hello");
        assertThat(taken.changesTheStore()).isTrue();
    }

    @Test
    void aReadMessageGetsAReceiptWithoutTypeWhileOnline() {
        world.online = true;
        Node stanza = ann.writes(Contact.text("hello"));
        assertThat(world.answer(stanza)).isEqualTo(receipt(stanza, Optional.empty()));
    }

    @Test
    void ownMessagesGetASenderReceiptWithTheRecipient() {
        Contact phone = new Contact(OWN_PHONE).meets(world, 2);
        Message sent = Message.newBuilder()
                .setDeviceSentMessage(Message.DeviceSentMessage.newBuilder()
                        .setDestinationJid("491511111111@s.whatsapp.net")
                        .setMessage(Contact.text("from my phone")))
                .build();
        Node stanza = phone.stanza()
                .attribute("recipient", "491511111111@s.whatsapp.net")
                .child(phone.enc(sent))
                .build();
        world.online = true;
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(receipt(stanza, Optional.of("sender")));
        assertThat(event(taken).key().fromMe()).isTrue();
        assertThat(event(taken).key().remoteJid()).isEqualTo("491511111111@s.whatsapp.net");
        assertThat(event(taken).content().text()).isEqualTo("from my phone");
        assertThat(event(taken).status()).isEqualTo(2);
    }

    @Test
    void peerMessagesGetAPeerReceiptAndAreNoMessages() {
        Contact phone = new Contact(OWN_PHONE).meets(world, 2);
        Node stanza = phone.stanza()
                .attribute("category", "peer")
                .child(phone.enc(Contact.text("for the machine")))
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(receipt(stanza, Optional.of("peer_msg")));
        assertThat(events(taken)).isEmpty();
    }

    @Test
    void aRepeatedMessageGetsTheSameReceiptAndIsNotDeliveredAgain() {
        Node stanza = ann.writes(Contact.text("once"));
        List<Node> first = world.take(stanza).answers();
        world.restart();
        Taken second = world.take(stanza);
        assertThat(second.answers()).isEqualTo(first);
        assertThat(second.happenings()).isEmpty();
    }

    @Test
    void aMessageThatBringsOnlyAKeyIsReceivedAndNotDelivered() {
        Node stanza =
                ann.groupStanza(GROUP).child(ann.enc(ann.distribution(GROUP))).build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(receipt(stanza, Optional.of("inactive")));
        assertThat(taken.happenings()).isEmpty();
    }

    // ---- messages that nobody decrypts here

    @Test
    void aChannelsMessageIsAckedAndDelivered() {
        Node stanza = Node.builder("message")
                .attribute("id", "N1")
                .attribute("from", "120363111@newsletter")
                .attribute("type", "text")
                .attribute("server_id", "17")
                .child(Node.builder("plaintext")
                        .bytes(Contact.text("news").toByteArray())
                        .build())
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(ack(stanza, Optional.empty()));
        assertThat(event(taken).content().text()).isEqualTo("news");
        assertThat(event(taken).key().serverId()).isEqualTo("17");
    }

    @Test
    void aChannelsMessageThatIsNoMessageIsAckedAndDropped() {
        Node stanza = Node.builder("message")
                .attribute("id", "N1")
                .attribute("from", "120363111@newsletter")
                .child(Node.builder("plaintext").bytes(new byte[] {10, 127}).build())
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(ack(stanza, Optional.empty()));
        assertThat(taken.happenings()).singleElement().isInstanceOf(Dropped.class);
    }

    /** Else whoever gets a stanza through could write in anybody's name. */
    @Test
    void plainTextFromAnybodyElseIsAckedAndNotBelieved() {
        Node stanza = ann.stanza()
                .child(Node.builder("plaintext")
                        .bytes(Contact.text("trust me").toByteArray())
                        .build())
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(ack(stanza, Optional.empty()));
        assertThat(taken.happenings()).singleElement().isInstanceOf(Dropped.class);
    }

    @Test
    void unavailableMessagesAreAcked() {
        Node once = ann.stanza()
                .child(Node.builder("unavailable")
                        .attribute("type", "view_once")
                        .build())
                .build();
        Taken taken = world.take(once);
        assertThat(taken.answers()).containsExactly(ack(once, Optional.empty()));
        assertThat(event(taken).key().isViewOnce()).isTrue();
        assertThat(event(taken).messageStubType()).isNull();

        Node bot = ann.stanza()
                .child(Node.builder("unavailable")
                        .attribute("type", "bot_unavailable_fanout")
                        .build())
                .build();
        assertThat(world.take(bot).happenings()).isEmpty();

        Node other = ann.stanza().child("unavailable").build();
        taken = world.take(other);
        assertThat(taken.answers()).containsExactly(ack(other, Optional.empty()));
        assertThat(event(taken).content().kind()).isEqualTo(MessageKind.UNREADABLE);
        assertThat(event(taken).messageStubType()).isEqualTo(2);
    }

    @Test
    void aMediaNotifyIsAcked() {
        Node stanza = Node.builder("message")
                .attribute("id", "M1")
                .attribute("from", OWN_PHONE)
                .attribute("type", "medianotify")
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(ack(stanza, Optional.empty()));
        assertThat(taken.happenings()).isEmpty();
    }

    // ---- messages that make no sense

    @ParameterizedTest
    @CsvSource({
        "4915@zzz,,",
        "no-address,,",
        "@s.whatsapp.net,,",
        "s.whatsapp.net,,",
        "4915@s.whatsapp.net,,4916@s.whatsapp.net",
        "491700000001@s.whatsapp.net,,no-address",
        "120363000000000001@g.us,,",
        "120363000000000001@g.us,no-address,",
        "120363000000000001@g.us,1203@g.us,",
        "status@broadcast,,",
    })
    void anEnvelopeWithoutSenseIs487(String from, String participant, String recipient) {
        Node stanza = Node.builder("message")
                .attribute("id", "X1")
                .attribute("from", from)
                .attribute("participant", Optional.ofNullable(participant))
                .attribute("recipient", Optional.ofNullable(recipient))
                .child(ann.enc(Contact.text("?")))
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(ack(stanza, Optional.of("487")));
        assertThat(events(taken)).isEmpty();
    }

    @Test
    void aMessageWithoutAnIdIs487AndWithoutASenderNothing() {
        Node noId = Node.builder("message").attribute("from", OWN_PHONE).build();
        Taken taken = world.take(noId);
        assertThat(taken.answers()).containsExactly(ack(noId, Optional.of("487")));
        assertThat(taken.cleared()).isFalse();
        assertThat(world.take(Node.builder("message").attribute("id", "X").build())
                        .answers())
                .isEmpty();
    }

    @Test
    void aMessageWithNothingEncryptedIs488AndTold() {
        Node stanza = ann.stanza().child("multicast").build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(ack(stanza, Optional.of("488")));
        assertThat(event(taken).messageStubParameters()).containsExactly("Message absent from node");
    }

    @Test
    void aPlaintextThatIsNoMessageIs491() {
        Node stanza = ann.stanza()
                .child(ann.encBytes(Padding.add(new byte[] {10, 127, 1}, 5)))
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(ack(stanza, Optional.of("491")));
        assertThat(events(taken)).isEmpty();
    }

    @Test
    void aMessageMadeWithAnothersSecretIs495() {
        Node stanza = Node.builder("message")
                .attribute("id", "B1")
                .attribute("from", "867051314767696@bot")
                .attribute("type", "text")
                .child(Contact.enc("msmsg", new byte[] {1, 2, 3}))
                .build();
        assertThat(world.answer(stanza)).isEqualTo(ack(stanza, Optional.of("495")));
    }

    // ---- receipts, notifications, calls

    @Test
    void aReceiptIsAckedWithItsTypeAndNoOther() {
        Node plain = Node.builder("receipt")
                .attribute("id", "R1")
                .attribute("from", "4915@s.whatsapp.net")
                .attribute("t", "1768478000")
                .build();
        Taken taken = world.take(plain);
        assertThat(taken.answers().get(0).attributes())
                .containsOnlyKeys("id", "to", "class")
                .containsEntry("class", "receipt");
        ReceiptCame came = (ReceiptCame) taken.happenings().get(0);
        assertThat(came.receipt().type()).isEqualTo("delivery");
        assertThat(came.receipt().status()).isEqualTo(3);
        assertThat(came.receipt().timestamp()).isEqualTo(1_768_478_000L);

        Node read = plain.toBuilder().attribute("type", "read").build();
        assertThat(world.answer(read).attribute("type")).contains("read");
    }

    @Test
    void aRetryReceiptIsAckedThoughNothingIsSentAgain() {
        Node retry = Node.builder("receipt")
                .attribute("id", "R1")
                .attribute("from", "4915:3@s.whatsapp.net")
                .attribute("type", "retry")
                .child(Node.builder("retry").attribute("count", "1").build())
                .build();
        Taken taken = world.take(retry);
        assertThat(taken.answers()).singleElement().satisfies(ack -> assertThat(ack.attribute("type"))
                .contains("retry"));
        ReceiptCame came = (ReceiptCame) taken.happenings().get(0);
        assertThat(came.receipt().type()).isEqualTo("retry");
        assertThat(came.receipt().status()).isNull();
    }

    @Test
    void aReceiptThatMakesNoSenseIsAcked() {
        Node stanza = Node.builder("receipt")
                .attribute("id", "R1")
                .attribute("from", "???")
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).hasSize(1);
        assertThat(taken.happenings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"picture", "w:gp2", "account_sync", "server_sync", "neverheardof"})
    void aNotificationIsAckedWithItsType(String type) {
        Node ack = world.answer(notification(type));
        assertThat(ack.attribute("class")).contains("notification");
        assertThat(ack.attribute("type")).contains(type);
        assertThat(ack.attribute("from")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"encrypt", "devices"})
    void aNotificationAboutKeysOrDevicesIsAckedWithoutType(String type) {
        assertThat(world.answer(notification(type)).attributes()).containsOnlyKeys("id", "to", "class");
    }

    private static Node notification(String type) {
        return Node.builder("notification")
                .attribute("id", "77")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", type)
                .build();
    }

    @Test
    void aNewIdentityDropsSessionsAndIdentitiesOfAllDevices() {
        world.take(ann.writes(Contact.text("hello")));
        SignalAddress address = SignalAddress.of(ann.jid);
        assertThat(world.signal.hasSession(address)).isTrue();
        Node changed = Node.builder("notification")
                .attribute("id", "78")
                .attribute("from", "491511111111@s.whatsapp.net")
                .attribute("type", "encrypt")
                .child("identity")
                .build();
        Taken taken = world.take(changed);
        assertThat(taken.answers()).hasSize(1);
        assertThat(taken.happenings()).containsExactly(new IdentityChanged(Jid.parse("491511111111@s.whatsapp.net")));
        assertThat(world.signal.hasSession(address)).isFalse();
        assertThat(world.signal.identity(address)).isEmpty();
        assertThat(taken.happenings().toString()).doesNotContain("491511111111");
    }

    @Test
    void aCallIsAcked() {
        Node call = Node.builder("call")
                .attribute("id", "C1")
                .attribute("from", "4915:2@s.whatsapp.net")
                .attribute("t", "1768478000")
                .child(Node.builder("offer")
                        .attribute("call-id", "CALL")
                        .attribute("call-creator", "4915:2@s.whatsapp.net")
                        .child("audio")
                        .child("video")
                        .build())
                .build();
        Taken taken = world.take(call);
        assertThat(taken.answers().get(0).attributes())
                .containsOnlyKeys("id", "to", "class")
                .containsEntry("class", "call");
        CallCame came = (CallCame) taken.happenings().get(0);
        assertThat(came.call().status()).isEqualTo("offer");
        assertThat(came.call().isVideo()).isTrue();
        assertThat(came.call().isGroup()).isFalse();

        Node empty = Node.builder("call")
                .attribute("id", "C2")
                .attribute("from", "4915@s.whatsapp.net")
                .build();
        assertThat(world.take(empty).answers()).hasSize(1);
    }

    // ---- everything else

    @Test
    void anUnknownTagIsAckedUnderItsName() {
        Node stanza = Node.builder("status")
                .attribute("id", "S1")
                .attribute("from", "4915@s.whatsapp.net")
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers().get(0).attribute("class")).contains("status");
        assertThat(taken.cleared()).isTrue();
        assertThat(taken.happenings()).containsExactly(new UnknownTag("status"));
    }

    @Test
    void aPingIsAnsweredAndAnyOtherRequestRefusedAsAnIq() {
        Node ping = Node.builder("iq")
                .attribute("id", "9")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "get")
                .attribute("xmlns", "urn:xmpp:ping")
                .build();
        assertThat(world.answer(ping)).isEqualTo(Answers.result(ping));
        Node other = ping.toBuilder().attribute("xmlns", "w:new").build();
        assertThat(world.answer(other)).isEqualTo(Answers.unknownRequest(other));
        assertThat(world.answer(other.toBuilder().attribute("type", "set").build())
                        .hasAttribute("type", "error"))
                .isTrue();
        for (String answered : List.of("result", "error", "")) {
            assertThat(world.take(ping.toBuilder().attribute("type", answered).build())
                            .answers())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ib", "ack", "presence", "chatstate", "success", "failure", "stream:error", "xmlstreamend"})
    void nothingIsOwedToThese(String tag) {
        Taken taken = world.take(Node.builder(tag)
                .attribute("id", "1")
                .attribute("from", "4915@s.whatsapp.net")
                .build());
        assertThat(taken.answers()).isEmpty();
        assertThat(taken.cleared()).isFalse();
        assertThat(taken.changesTheStore()).isFalse();
    }

    @Test
    void presencesAreTold() {
        Node there = Node.builder("presence")
                .attribute("from", "4915@s.whatsapp.net")
                .attribute("type", "unavailable")
                .attribute("last", "1768470000")
                .build();
        PresenceChanged changed =
                (PresenceChanged) world.take(there).happenings().get(0);
        assertThat(changed.presence().presences().get("4915@s.whatsapp.net").lastKnownPresence())
                .isEqualTo("unavailable");
        assertThat(changed.presence().presences().get("4915@s.whatsapp.net").lastSeen())
                .isEqualTo(1_768_470_000L);
        Node recording = Node.builder("chatstate")
                .attribute("from", GROUP.toString())
                .attribute("participant", "17:5@lid")
                .child(Node.builder("composing").attribute("media", "audio").build())
                .build();
        changed = (PresenceChanged) world.take(recording).happenings().get(0);
        assertThat(changed.presence().id()).isEqualTo(GROUP.toString());
        assertThat(changed.presence().presences().get("17@lid").lastKnownPresence())
                .isEqualTo("recording");
    }

    /** A kind of content that comes with a later version of the protocol. */
    @Test
    void contentThatNobodyKnowsYetIsDelivered() {
        ByteString unknown = ByteString.copyFrom(new byte[] {(byte) 0xBA, 0x3E, 2, 8, 1});
        Node stanza = ann.stanza()
                .child(ann.encBytes(Padding.add(unknown.toByteArray(), 3)))
                .build();
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).containsExactly(receipt(stanza, Optional.of("inactive")));
        assertThat(event(taken).content().kind()).isEqualTo(MessageKind.OTHER);
        assertThat(event(taken).raw()).isEqualTo(unknown.toByteArray());
    }
}
