package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.message.Happening;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.contact.Addressing;
import dev.whatsappmd.localserver.contact.MessageDraft;
import dev.whatsappmd.localserver.contact.MessageFault;
import dev.whatsappmd.localserver.contact.SentMedia;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** People with real Signal sessions write to a device that reads with the engine's rooms signal and message. */
class ContactTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final LocalWhatsAppServer server = LocalWhatsAppServer.start();
    private final SimulatedPhone phone = server.phone("4915100000001");
    private Companion companion;

    @BeforeEach
    void link() {
        companion = Companion.link(server, phone, directory, 30);
    }

    @AfterEach
    void stop() {
        companion.close();
        server.close();
        assertThat(server.internalFailures()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Addressing.class)
    void aTextArrivesWhateverAddressItsSenderShows(Addressing addressing) {
        SimulatedContact anna = phone.newContact("Anna").addressing(addressing).create();
        SentMessage first = anna.writes("first").awaitDelivered(LIMIT);
        anna.writes("second").awaitDelivered(LIMIT);

        server.awaitAllAnswered(LIMIT);
        assertThat(companion.texts()).containsExactly("first", "second");
        MessageEvent event = companion.messages.get(0);
        assertThat(event.key().id()).isEqualTo(first.id());
        assertThat(event.key().remoteJid()).isEqualTo(addressing.byLid() ? anna.lid() : anna.jid());
        assertThat(event.key().remoteJidAlt())
                .isEqualTo(
                        switch (addressing) {
                            case NUMBER, LID -> null;
                            case NUMBER_AND_LID -> anna.lid();
                            case LID_AND_NUMBER -> anna.jid();
                        });
        assertThat(event.pushName()).isEqualTo("Anna");
        assertThat(first.fate().receipts()).containsExactly("inactive");
        assertThat(companion.device.preKeyCount()).isEqualTo(29);
    }

    @Test
    void aSessionGoesOnWhenTheSenderShowsAnotherAddress() {
        SimulatedContact anna =
                phone.newContact("Anna").addressing(Addressing.NUMBER).create();
        anna.writes("by number").awaitDelivered(LIMIT);
        anna.addressing(Addressing.LID_AND_NUMBER).writes("by both").awaitDelivered(LIMIT);
        anna.addressing(Addressing.LID).writes("by LID").awaitDelivered(LIMIT);
        assertThat(companion.texts()).containsExactly("by number", "by both", "by LID");
        server.awaitAllAnswered(LIMIT);
    }

    @Test
    void eachDeviceOfAPersonHasASessionOfItsOwn() {
        SimulatedContact anna = phone.newContact("Anna").devices(3).create();
        for (int device : anna.devices()) {
            anna.writes(MessageDraft.text("from " + device).from(device)).awaitDelivered(LIMIT);
        }
        assertThat(companion.texts()).containsExactly("from 0", "from 1", "from 2");
        assertThat(companion.messages)
                .extracting(event -> event.sender().device())
                .containsExactly(0, 1, 2);
        assertThat(companion.device.preKeyCount()).isEqualTo(27);
        assertThatThrownBy(() -> anna.writes(MessageDraft.text("x").from(7)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no device 7");
    }

    @Test
    void everyLinkedDeviceOfTheAccountGetsACopyOfItsOwn(@TempDir Path another) {
        try (Companion second = Companion.link(server, phone, another, 10)) {
            SimulatedContact anna = phone.contact("Anna");
            SentMessage text = anna.writes("to both").awaitDelivered(LIMIT);
            server.awaitAllAnswered(LIMIT);
            assertThat(companion.texts()).containsExactly("to both");
            assertThat(second.texts()).containsExactly("to both");
            assertThat(text.fate(second.device).deliveries()).isEqualTo(1);
            assertThat(text.stanza(second.device)).isNotEqualTo(text.stanza(companion.device));
            assertThatThrownBy(text::fate)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("2 devices");
        }
    }

    @Test
    void writesPkmsgUntilTheDeviceHasWrittenBack() {
        SimulatedContact anna = phone.contact("Anna");
        SentMessage first = anna.writes("first").awaitDelivered(LIMIT);
        SentMessage second = anna.writes("second").awaitDelivered(LIMIT);
        companion.writes("A1", anna.lid(), "hello Anna");
        assertThat(anna.awaitReceived(1, LIMIT).text()).contains("hello Anna");
        SentMessage third = anna.writes("third").awaitDelivered(LIMIT);

        assertThat(List.of(first, second, third))
                .extracting(message -> encType(message, 0))
                .containsExactly("pkmsg", "pkmsg", "msg");
        companion.writes("A2", anna.lid(), "again");
        assertThat(anna.awaitReceived(2, LIMIT).text()).contains("again");
        assertThat(companion.texts()).containsExactly("first", "second", "third");
        server.awaitAllAnswered(LIMIT);
    }

    @Test
    void aClientCanWriteFirst() {
        SimulatedContact ben = phone.newContact("Ben").devices(2).create();
        companion.writes("B1", ben.lid().replace("@", ":1@"), "hello Ben");
        assertThat(ben.awaitReceived(1, LIMIT).device()).isEqualTo(1);
        SentMessage answer = ben.writes(MessageDraft.text("hello").from(1)).awaitDelivered(LIMIT);
        assertThat(encType(answer, 0)).isEqualTo("msg");
    }

    @Test
    void reactionsEditsMediaAndWhatIsTakenBack() {
        SimulatedContact anna = phone.contact("Anna");
        SentMessage text = anna.writes("helo");
        anna.edits(text, "hello");
        anna.reactsTo(text, "👍");
        SentMessage photo =
                anna.sends(SentMedia.invented(SentMedia.Kind.IMAGE, "image/jpeg", "a photo", new Random(1)));
        anna.takesBack(photo).awaitDelivered(LIMIT);
        server.awaitAllAnswered(LIMIT);
        assertThat(companion.messages)
                .extracting(event -> event.content().kind().name())
                .containsExactly("TEXT", "EDIT", "REACTION", "IMAGE", "REVOKE");
        assertThat(companion.messages.get(3).content().media().caption()).isEqualTo("a photo");
    }

    @ParameterizedTest
    @EnumSource(MessageFault.class)
    void whatCannotBeReadIsAskedForAndComesInTheEnd(MessageFault fault) {
        SimulatedContact anna = phone.contact("Anna");
        anna.writes("before").awaitDelivered(LIMIT);
        SentMessage broken = anna.writes(MessageDraft.text("broken").broken(fault));
        if (fault == MessageFault.NO_PROTOBUF) {
            assertThat(broken.awaitNack(LIMIT)).isEqualTo(491);
            assertThat(broken.fate().copies()).isEqualTo(1);
        } else {
            broken.awaitRetries(1, LIMIT).awaitDelivered(LIMIT);
            assertThat(broken.fate().copies()).isEqualTo(2);
            assertThat(broken.fate().acks()).isEqualTo(1);
            assertThat(companion.texts()).containsExactly("before", "broken");
        }
        anna.writes("after").awaitDelivered(LIMIT);
        assertThat(companion.texts()).startsWith("before").endsWith("after");
        server.awaitAllAnswered(LIMIT);
    }

    @Test
    void keysComeWithTheSecondRequestAndMakeANewSession() {
        SimulatedContact anna = phone.contact("Anna");
        anna.writes("before").awaitDelivered(LIMIT);
        companion.writes("A1", anna.lid(), "hello");
        anna.awaitReceived(1, LIMIT);
        SentMessage stubborn = anna.writes(MessageDraft.text("stubborn").broken(MessageFault.TAMPERED, 3));
        stubborn.awaitRetries(3, LIMIT).awaitDelivered(LIMIT);
        assertThat(encType(stubborn, 0)).isEqualTo("pkmsg");
        assertThat(companion.texts()).containsExactly("before", "stubborn");
        server.awaitAllAnswered(LIMIT);
    }

    @Test
    void askingAgainIsBounded() {
        SimulatedContact anna = phone.contact("Anna");
        SentMessage hopeless = anna.writes(MessageDraft.text("hopeless").broken(MessageFault.TAMPERED, 50));
        hopeless.await("five requests, six copies", LIMIT, fate -> fate.copies() == 6);
        anna.writes("after").awaitDelivered(LIMIT);
        server.awaitAllAnswered(LIMIT);
        assertThat(hopeless.fate().retriesAsked()).isEqualTo(5);
        assertThat(hopeless.fate().copies()).isEqualTo(6);
        assertThat(companion.texts()).containsExactly("after");

        SentMessage ignored = anna.answersRetries(false)
                .writes(MessageDraft.text("ignored").broken(MessageFault.TAMPERED))
                .awaitRetries(1, LIMIT);
        server.awaitAllAnswered(LIMIT);
        assertThat(ignored.fate().copies()).isEqualTo(1);
    }

    @Test
    void aRepeatedStanzaIsAnsweredAndNotTakenTwice() {
        SimulatedContact anna = phone.contact("Anna");
        SentMessage once = anna.writes("once").again().again();
        once.await("three receipts", LIMIT, fate -> fate.deliveries() == 3);
        server.awaitAllAnswered(LIMIT);
        once.again();
        once.await("a fourth receipt", LIMIT, fate -> fate.deliveries() == 4);
        server.awaitAllAnswered(LIMIT);
        assertThat(companion.texts()).containsExactly("once");
    }

    @Test
    void whatIsShuffledArrivesOnceEach() {
        SimulatedContact anna = phone.contact("Anna");
        List<String> written = new ArrayList<>();
        phone.shuffled(7, () -> {
            for (int i = 0; i < 40; i++) {
                anna.writes("text " + i);
                written.add("text " + i);
            }
            OddStanza.oneOfEach("odd", anna.jid()).forEach(phone::deliver);
        });
        server.awaitAllAnswered(LIMIT);
        assertThat(companion.texts()).doesNotContainSequence(written).containsAll(written);
        assertThat(companion.happenings)
                .filteredOn(Happening.UnknownTag.class::isInstance)
                .hasSize(1);
    }

    @Test
    void oneTimePreKeysAreUsedUpAndThenNone() {
        companion.device.keepPreKeys(6);
        for (int i = 0; i < 8; i++) {
            phone.contact("Contact " + i).writes("text " + i).awaitDelivered(LIMIT);
        }
        assertThat(companion.device.preKeyCount()).isZero();
        assertThat(companion.texts()).hasSize(8);
        server.awaitAllAnswered(LIMIT);
        assertThat(server.recording().stanzas().stream()
                        .map(stanza -> stanza.node())
                        .filter(node ->
                                node.is("notification") && node.child("count").isPresent())
                        .map(node -> node.child("count").orElseThrow().attribute("value", "")))
                .containsExactly("4", "3", "2", "1", "0");
    }

    @Test
    void whatWasWrittenWhileTheDeviceWasAwayComesInOrder() {
        SimulatedContact anna = phone.contact("Anna");
        anna.writes("before").awaitDelivered(LIMIT);
        companion.disconnect();
        for (int i = 0; i < 50; i++) {
            anna.writes("away " + i);
        }
        assertThat(companion.device.owed()).hasSize(50);
        companion.connect();
        server.awaitAllAnswered(LIMIT);
        assertThat(companion.texts()).hasSize(51).endsWith("away 48", "away 49");
        assertThat(companion.messages.subList(1, 51)).allMatch(MessageEvent::offline);
    }

    @Test
    void theServerKnowsContactsAndTheirDevices() {
        SimulatedContact anna = phone.newContact("Anna").devices(2).create();
        assertThat(companion.devicesOf(anna.jid())).containsExactly("0", "1");
        assertThat(companion.devicesOf(anna.lid())).containsExactly("0", "1");
        assertThat(companion.devicesOf("4915999999999@s.whatsapp.net")).isEmpty();
    }

    @Test
    void aContactIsMadeOnceForAName() {
        SimulatedContact anna = phone.contact("Anna");
        assertThat(phone.contact("Anna")).isSameAs(anna);
        assertThat(phone.contact("Ben").number()).isNotEqualTo(anna.number());
        assertThatThrownBy(() -> phone.newContact("Anna").create())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("contact(name)");
        assertThatThrownBy(() -> phone.newContact("Carl").number(anna.number()).create())
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> phone.newContact("Carl").devices(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not 0");
    }

    @Test
    void anIdIsUsedOnce() {
        SimulatedContact anna = phone.contact("Anna");
        assertThat(anna.writes(MessageDraft.text("one").withId("MYID")).id()).isEqualTo("MYID");
        assertThatThrownBy(() -> anna.writes(MessageDraft.text("two").withId("MYID")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use another id");
    }

    private String encType(SentMessage message, int part) {
        List<Node> parts = message.stanza(companion.device).children("enc");
        return parts.get(part).attribute("type", "");
    }
}
