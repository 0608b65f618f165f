package dev.whatsappmd.localserver.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.Delivery;
import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.MessageLedger.Comparison;
import dev.whatsappmd.localserver.MessageLoad;
import dev.whatsappmd.localserver.SentMessage;
import dev.whatsappmd.localserver.SimulatedContact;
import dev.whatsappmd.localserver.SimulatedGroup;
import dev.whatsappmd.localserver.SimulatedPhone;
import dev.whatsappmd.localserver.account.OfflineMode;
import dev.whatsappmd.localserver.account.OwedPolicy;
import dev.whatsappmd.localserver.contact.Addressing;
import dev.whatsappmd.localserver.contact.MessageDraft;
import dev.whatsappmd.localserver.contact.MessageFault;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** People write to the real client with its real store: each text is delivered once, in order, and answered. */
class MessagesClientTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final LocalWhatsAppServer server =
            LocalWhatsAppServer.builder().owedPolicy(OwedPolicy.strict()).start();
    private final SimulatedPhone phone = server.phone("4915100000001");
    private final Arrivals arrivals = new Arrivals();
    private RunningClient client;
    private LinkedDevice device;

    @BeforeEach
    void link() {
        client = RunningClient.start(server, directory, options -> options, arrivals);
        device = phone.scan(client.awaitQr().qr());
        client.awaitPendingReceived(1);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        assertThat(server.internalFailures()).isEmpty();
        assertThat(client.errors).isEmpty();
    }

    private void stopClient() {
        client.close();
        server.awaitAllClosed(LIMIT);
    }

    private void startClient() {
        client = RunningClient.start(server, directory, options -> options, arrivals);
        client.awaitPendingReceived(1);
    }

    @Test
    void textsByNumberAndByLidAndInGroups() {
        SimulatedContact anna = phone.contact("Anna");
        SimulatedContact ben =
                phone.newContact("Ben").addressing(Addressing.NUMBER).devices(2).create();
        SimulatedGroup family = phone.group("Family", anna, ben);
        anna.writes("one");
        ben.writes("two");
        ben.writesIn(family, "three");
        anna.writesIn(family, "four");
        anna.addressing(Addressing.NUMBER_AND_LID).writes("five");
        ben.writes(MessageDraft.text("six").from(ben.devices().get(1)));
        phone.own().writesTo(anna, "seven").awaitReceipt("sender", LIMIT);
        arrivals.awaitSeen(7);
        server.awaitAllAnswered(LIMIT);
        assertThat(arrivals.texts()).containsExactly("one", "two", "three", "four", "five", "six", "seven");
        assertThat(arrivals.messages())
                .extracting(message -> message.key().remoteJid())
                .containsExactly(anna.lid(), ben.jid(), family.jid(), family.jid(), anna.jid(), ben.jid(), anna.jid());
        assertThat(arrivals.deliveries).noneMatch(Delivery::redelivered);
        assertThat(arrivals.deliveries.stream().map(Delivery::deliveryId)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(
            value = MessageFault.class,
            names = {"TAMPERED", "WRONG_PRE_KEY", "UNKNOWN_SESSION", "BAD_PADDING", "UNKNOWN_TYPE", "EMPTY"})
    void whatCannotBeReadIsAskedForAndComes(MessageFault fault) {
        SimulatedContact anna = phone.contact("Anna");
        anna.writes("before").awaitDelivered(LIMIT);
        anna.writes(MessageDraft.text("broken").broken(fault, 2))
                .awaitRetries(2, LIMIT)
                .awaitDelivered(LIMIT);
        anna.writes("after").awaitDelivered(LIMIT);
        arrivals.awaitSeen(3);
        server.awaitAllAnswered(LIMIT);
        assertThat(arrivals.texts()).containsExactly("before", "broken", "after");
        assertThat(arrivals.messages().stream().map(MessageEvent::messageStubType))
                .containsExactly(null, MessageEvent.CIPHERTEXT, null, null);
    }

    @Test
    void aRepeatedStanzaIsAnsweredAndNotDeliveredTwiceAlsoAfterARestart() {
        SimulatedContact anna = phone.contact("Anna");
        SentMessage once = anna.writes("once").again();
        once.await("two receipts", LIMIT, fate -> fate.deliveries() == 2);
        stopClient();
        once.again();
        startClient();
        once.await("three receipts", LIMIT, fate -> fate.deliveries() == 3);
        anna.writes("after").awaitDelivered(LIMIT);
        arrivals.awaitSeen(2);
        server.awaitAllAnswered(LIMIT);
        assertThat(arrivals.texts()).containsExactly("once", "after");
    }

    @ParameterizedTest
    @CsvSource({"STRICT_PULL, 1000", "ONE_SHOT_PULL, 200", "PUSH, 200"})
    void anOfflineQueueInEveryMode(OfflineMode mode, int count) {
        server.offlineMode(mode);
        MessageLoad load =
                MessageLoad.of(phone, 11).contacts(20).groups(3).begin().write(20);
        arrivals.awaitSeen(20);
        stopClient();
        load.write(count);
        assertThat(device.owed()).hasSize(count);
        startClient();
        server.awaitAllAnswered(LIMIT);
        arrivals.awaitSeen(20 + count);
        Comparison comparison = load.ledger().compare(arrivals.seen());
        assertThat(comparison.isExact()).as("%s", comparison).isTrue();
        assertThat(arrivals.messages().stream().filter(MessageEvent::offline)).hasSize(count);
    }

    @Test
    void troubleAndRestartsLoseNothing() {
        MessageLoad load =
                MessageLoad.of(phone, 12).contacts(8).groups(2).disturbed(0.3).begin();
        for (int round = 0; round < 3; round++) {
            load.write(40);
            stopClient();
            load.write(40);
            startClient();
        }
        server.awaitAllAnswered(LIMIT);
        arrivals.awaitSeen(240);
        Comparison comparison = load.ledger().compare(arrivals.seen());
        assertThat(comparison.isWhole()).as("%s", comparison).isTrue();
    }

    @Test
    void theOrderIsAnyAndNothingIsLost() {
        MessageLoad load =
                MessageLoad.of(phone, 13).contacts(5).groups(2).begin().write(10);
        phone.shuffled(13, () -> load.write(100));
        server.awaitAllAnswered(LIMIT);
        arrivals.awaitSeen(110);
        Comparison comparison = load.ledger().compare(arrivals.seen());
        assertThat(comparison.isWhole()).as("%s", comparison).isTrue();
        assertThat(comparison.overtaken()).isNotEmpty();
    }
}
