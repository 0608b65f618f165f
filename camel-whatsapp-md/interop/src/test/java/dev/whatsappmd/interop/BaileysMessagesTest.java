package dev.whatsappmd.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.LocalWhatsAppServerExtension;
import dev.whatsappmd.localserver.MessageLedger.Seen;
import dev.whatsappmd.localserver.MessageLoad;
import dev.whatsappmd.localserver.SentMessage;
import dev.whatsappmd.localserver.SimulatedContact;
import dev.whatsappmd.localserver.SimulatedGroup;
import dev.whatsappmd.localserver.SimulatedPhone;
import dev.whatsappmd.localserver.contact.Addressing;
import dev.whatsappmd.localserver.contact.MessageDraft;
import dev.whatsappmd.localserver.contact.MessageFault;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The people who write to our client write to Baileys: what it can read, another implementation of Signal could read. */
class BaileysMessagesTest {
    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private LocalWhatsAppServer server;
    private SimulatedPhone phone;
    private BaileysClient baileys;
    private LinkedDevice device;

    @BeforeEach
    void link() {
        assumeThat(NodeTools.missing()).isEmpty();
        server = whatsApp.server();
        phone = server.phone("4915100000001");
        baileys = BaileysClient.start(server);
        device = phone.scan(baileys.awaitUpdate("qr").path("qr").asText());
        baileys.awaitConnection("open", 0);
        server.awaitOpen(BaileysClient.LIMIT);
        server.awaitUntil("pre-keys of Baileys", BaileysClient.LIMIT, () -> device.preKeyCount() > 0);
    }

    @AfterEach
    void stop() throws Exception {
        if (baileys != null) {
            baileys.close();
        }
    }

    @Test
    void textsByNumberAndByLidInGroupsAndFromTheOwnPhone() {
        SimulatedContact anna = phone.contact("Anna");
        SimulatedContact ben =
                phone.newContact("Ben").addressing(Addressing.NUMBER).devices(2).create();
        SimulatedGroup family = phone.group("Family", anna, ben);
        List<SentMessage> sent = List.of(
                anna.writes("by LID"),
                ben.writes("by number"),
                anna.writesIn(family, "group, with the key"),
                anna.writesIn(family, "group, without"),
                anna.rotatesKey(family).writesIn(family, "group, with a new key"),
                ben.writes(MessageDraft.text("second device").from(ben.devices().get(1))),
                anna.addressing(Addressing.NUMBER_AND_LID).writes("by number after LID"),
                phone.own().addressing(Addressing.LID_AND_NUMBER).writesTo(ben, "from the own phone"));
        sent.forEach(message -> message.awaitDelivered(BaileysClient.LIMIT));

        awaitTexts(sent.size());
        assertThat(seen())
                .extracting(Seen::text)
                .containsExactlyInAnyOrder(
                        "by LID",
                        "by number",
                        "group, with the key",
                        "group, without",
                        "group, with a new key",
                        "second device",
                        "by number after LID",
                        "from the own phone");
        assertThat(message("by LID").path("remoteJid").asText()).isEqualTo(anna.lid());
        assertThat(message("by number").path("remoteJid").asText()).isEqualTo(ben.jid());
        assertThat(message("group, without").path("remoteJid").asText()).isEqualTo(family.jid());
        assertThat(message("group, without").path("participant").asText()).isEqualTo(anna.lid());
        assertThat(message("from the own phone").path("fromMe").asBoolean()).isTrue();
        assertThat(message("by LID").path("pushName").asText()).isEqualTo("Anna");
        device.awaitNothingOwed(BaileysClient.LIMIT);
    }

    @Test
    void whatWasWrittenWhileItWasAway() {
        MessageLoad load =
                MessageLoad.of(phone, 3).contacts(4).groups(1).begin().write(10);
        awaitTexts(10);
        int before = baileys.count();
        baileys.command(Map.of("do", "end"));
        baileys.awaitEnd(before);
        server.awaitAllClosed(BaileysClient.LIMIT);
        load.write(40);
        baileys.command(Map.of("do", "connect"));

        awaitTexts(50);
        assertThat(load.ledger().compare(seen()).isWhole())
                .as("%s", load.ledger().compare(seen()))
                .isTrue();
        assertThat(seen()).doesNotHaveDuplicates();
        device.awaitNothingOwed(BaileysClient.LIMIT);
    }

    @Test
    void whatItCannotReadIsWrittenAgain() {
        SimulatedContact anna = phone.contact("Anna");
        anna.writes("before").awaitDelivered(BaileysClient.LIMIT);
        for (MessageFault fault : List.of(MessageFault.UNKNOWN_SESSION, MessageFault.TAMPERED)) {
            SentMessage broken = anna.writes(MessageDraft.text(fault.name()).broken(fault));
            broken.awaitRetries(1, BaileysClient.LIMIT).awaitDelivered(BaileysClient.LIMIT);
            assertThat(broken.fate().nack()).hasValue(500);
        }
        SimulatedGroup family = phone.group("Family", anna);
        anna.writesIn(family, "in the group").awaitDelivered(BaileysClient.LIMIT);
        anna.writesIn(family, MessageDraft.text("GROUP").broken(MessageFault.TAMPERED))
                .awaitRetries(1, BaileysClient.LIMIT)
                .awaitDelivered(BaileysClient.LIMIT);

        awaitTexts(5);
        assertThat(seen())
                .extracting(Seen::text)
                .containsExactly("before", "UNKNOWN_SESSION", "TAMPERED", "in the group", "GROUP");
        device.awaitNothingOwed(BaileysClient.LIMIT);
    }

    private void awaitTexts(int count) {
        baileys.await(count + " messages with a text", 0, event -> seen().size() >= count);
    }

    private List<Seen> seen() {
        return baileys.events("message").stream()
                .filter(event -> event.hasNonNull("text"))
                .map(event ->
                        new Seen(event.path("id").asText(), event.path("text").asText()))
                .toList();
    }

    private JsonNode message(String text) {
        return baileys.events("message").stream()
                .filter(event -> event.path("text").asText().equals(text))
                .findFirst()
                .orElseThrow();
    }
}
