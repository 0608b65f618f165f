package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.message.Happening;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message.HistorySyncNotification;
import dev.whatsappmd.engine.proto.e2e.Message.HistorySyncType;
import dev.whatsappmd.localserver.contact.Addressing;
import dev.whatsappmd.localserver.contact.MessageDraft;
import dev.whatsappmd.localserver.contact.MessageFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups, status posts, and what the account's own phone sends. */
class GroupTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final LocalWhatsAppServer server = LocalWhatsAppServer.start();
    private final SimulatedPhone phone = server.phone("4915100000001");
    private Companion companion;
    private SimulatedContact anna;
    private SimulatedContact ben;
    private SimulatedGroup family;

    @BeforeEach
    void link() {
        companion = Companion.link(server, phone, directory, 30);
        anna = phone.contact("Anna");
        ben = phone.newContact("Ben").addressing(Addressing.NUMBER).create();
        family = phone.group("Family", anna, ben);
    }

    @AfterEach
    void stop() {
        companion.close();
        server.close();
        assertThat(server.internalFailures()).isEmpty();
    }

    @Test
    void theSenderKeyComesWithTheFirstMessageAndAgainWhenItIsNew() {
        List<SentMessage> sent = List.of(
                anna.writesIn(family, "one").awaitDelivered(LIMIT),
                anna.writesIn(family, "two").awaitDelivered(LIMIT),
                ben.writesIn(family, "three").awaitDelivered(LIMIT),
                anna.rotatesKey(family).writesIn(family, "four").awaitDelivered(LIMIT),
                anna.writesIn(family, "five").awaitDelivered(LIMIT));
        assertThat(sent)
                .extracting(this::encTypes)
                .containsExactly("pkmsg skmsg", "skmsg", "pkmsg skmsg", "pkmsg skmsg", "skmsg");
        assertThat(companion.texts()).containsExactly("one", "two", "three", "four", "five");
        MessageEvent first = companion.messages.get(0);
        assertThat(first.key().remoteJid()).isEqualTo(family.jid());
        assertThat(first.key().participant()).isEqualTo(anna.lid());
        assertThat(first.key().participantAlt()).isEqualTo(anna.jid());
        assertThat(companion.messages.get(2).key().participant()).isEqualTo(ben.jid());
        server.awaitAllAnswered(LIMIT);
    }

    @Test
    void whoIsTakenOutCannotWriteAndTheOthersHaveNewKeys() {
        anna.writesIn(family, "one").awaitDelivered(LIMIT);
        family.removes(ben);
        SentMessage second = anna.writesIn(family, "two").awaitDelivered(LIMIT);
        assertThat(encTypes(second)).isEqualTo("pkmsg skmsg");
        assertThatThrownBy(() -> ben.writesIn(family, "three"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not in the group");
        assertThat(companion.texts()).containsExactly("one", "two");
    }

    @Test
    void aMessageInAGroupIsSentAgainToWhoAsksAlone() {
        anna.writesIn(family, "one").awaitDelivered(LIMIT);
        SentMessage broken = anna.writesIn(family, MessageDraft.text("broken").broken(MessageFault.TAMPERED, 2));
        broken.awaitRetries(2, LIMIT).awaitDelivered(LIMIT);
        assertThat(encTypes(broken)).isEqualTo("pkmsg");
        assertThat(broken.stanza(companion.device).child("enc").orElseThrow().attribute("count"))
                .contains("2");
        anna.writesIn(family, "after").awaitDelivered(LIMIT);
        assertThat(companion.texts()).containsExactly("one", "broken", "after");
        server.awaitAllAnswered(LIMIT);
    }

    @Test
    void reactionsAndStatusPosts() {
        SentMessage text = ben.writesIn(family, "text");
        anna.reactsTo(text, "🎉").awaitDelivered(LIMIT);
        anna.postsStatus("my status").awaitDelivered(LIMIT);
        server.awaitAllAnswered(LIMIT);
        assertThat(companion.messages)
                .extracting(event -> event.content().kind().name())
                .containsExactly("TEXT", "REACTION", "TEXT");
        assertThat(companion.messages.get(1).key().remoteJid()).isEqualTo(family.jid());
        assertThat(companion.messages.get(2).key().remoteJid()).isEqualTo("status@broadcast");
    }

    @Test
    void whatTheOwnPhoneWroteToOthers() {
        OwnMessages own = phone.own();
        own.writesTo(ben, "to Ben").awaitReceipt("sender", LIMIT);
        phone.own()
                .addressing(Addressing.LID_AND_NUMBER)
                .writesTo(anna, "to Anna")
                .awaitReceipt("sender", LIMIT);
        own.writesIn(family, "to all").awaitReceipt("sender", LIMIT);
        assertThat(companion.texts()).containsExactly("to Ben", "to Anna", "to all");
        assertThat(companion.messages).allMatch(event -> event.key().fromMe());
        assertThat(companion.messages)
                .extracting(event -> event.key().remoteJid())
                .containsExactly(ben.jid(), anna.lid(), family.jid());
        server.awaitAllAnswered(LIMIT);
    }

    @Test
    void whatOnlyThePhoneMaySay() {
        byte[] notification = HistorySyncNotification.newBuilder()
                .setSyncType(HistorySyncType.RECENT)
                .setChunkOrder(1)
                .setProgress(50)
                .build()
                .toByteArray();
        phone.own().offersHistory(notification).awaitReceipt("peer_msg", LIMIT);
        phone.own()
                .sharesAppStateKey(new byte[] {0, 0, 0, 0, 1, 2}, new byte[32])
                .awaitReceipt("peer_msg", LIMIT);
        phone.own().tellsLids(anna, ben).awaitReceipt("peer_msg", LIMIT);
        server.awaitAllAnswered(LIMIT);
        assertThat(companion.happenings)
                .extracting(Object::getClass)
                .containsExactly(
                        (Class) Happening.HistoryOffered.class,
                        Happening.AppStateKeysShared.class,
                        Happening.LidMappingsCame.class);
        assertThat(((Happening.LidMappingsCame) companion.happenings.get(2)).count())
                .isEqualTo(2);

        ben.writes("by number alone").awaitDelivered(LIMIT);
        assertThat(companion.messages.get(0).key().remoteJidAlt()).isEqualTo(ben.lid());
        assertThatThrownBy(() -> phone.own().offersHistory(new byte[] {1}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private String encTypes(SentMessage message) {
        return String.join(
                " ",
                message.stanza(companion.device).children("enc").stream()
                        .map((Node enc) -> enc.attribute("type", ""))
                        .toList());
    }
}
