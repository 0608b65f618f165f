package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.ClientPayloads;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Linking this device: the codes, the window they are shown in, and what the phone answers. */
class PairingTest {
    /** 60 s for the first code and 20 s for each of five more. */
    private static final Duration WINDOW = Duration.ofSeconds(160);

    /** Codes are shown; another second, and the first has been for one second. */
    private static MachineWorld showing(int refs) {
        MachineWorld world = MachineWorld.of(Identities.NEW);
        world.start();
        world.handshake();
        world.receive(Stanzas.pairDevice(refs));
        return world;
    }

    private static void alive(MachineWorld world, Duration time) {
        world.advanceUnanswered(time);
    }

    // ---- codes

    @Test
    void answersPairDeviceBeforeItShowsTheFirstCode() {
        MachineWorld world = MachineWorld.of(Identities.NEW);
        world.start();
        world.handshake();
        assertThat(world.codes()).isEmpty();
        world.course.clear();

        world.receive(Stanzas.pairDevice(6));

        assertThat(world.course).containsSubsequence("send result", "tell qr");
        assertThat(world.sent.get(0).attribute("id")).contains("pair-device-1");
        assertThat(world.codes()).containsExactly("ref-0");
    }

    @Test
    void showsWhatThePhoneHasToScan() {
        ConnectionUpdate first = showing(6).updates.get(1);
        Base64.Encoder base64 = Base64.getEncoder();
        assertThat(first.qr())
                .isEqualTo("https://wa.me/settings/linked_devices#ref-0,"
                        + base64.encodeToString(Identities.NEW.noiseKey().publicKey()) + ","
                        + base64.encodeToString(Identities.NEW.identityKey().publicKey()) + ","
                        + base64.encodeToString(Identities.NEW.advSecret()) + ",1");
    }

    @Test
    void showsTheFirstCodeForAMinuteAndEachFurtherOneForTwentySeconds() {
        MachineWorld world = showing(6);
        List<Integer> shownAfter = new ArrayList<>();
        for (int second = 1; second < WINDOW.toSeconds(); second++) {
            int before = world.codes().size();
            alive(world, Duration.ofSeconds(1));
            if (world.codes().size() > before) {
                shownAfter.add(second);
            }
        }
        assertThat(shownAfter).containsExactly(60, 80, 100, 120, 140);
        assertThat(world.codes()).containsExactly("ref-0", "ref-1", "ref-2", "ref-3", "ref-4", "ref-5");
        assertThat(world.closes()).isEmpty();
    }

    @Test
    void endsTheWindowWithTheLastCode() {
        MachineWorld world = showing(6);

        alive(world, WINDOW);

        LastDisconnect last = world.lastClose().lastDisconnect();
        assertThat(last.kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
        assertThat(last.error().output().statusCode()).isEqualTo(408);
        assertThat(last.reason()).isEqualTo("timedOut");
        assertThat(world.lastClose().reconnect().action()).isEqualTo("stop");
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        assertThat(world.log).noneMatch(line -> line.startsWith("WARN"));
    }

    @Test
    void opensANewWindowWhenAPersonAsks() {
        MachineWorld world = showing(6);
        alive(world, WINDOW);
        world.routesDone();

        world.reconnect();
        world.handshake();
        world.receive(Stanzas.pairDevice("again", 6));
        alive(world, WINDOW.minusSeconds(1));
        assertThat(world.closes()).hasSize(1);
        alive(world, Duration.ofSeconds(1));

        assertThat(world.closes()).hasSize(2);
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
    }

    @Test
    void waitsForCodesNoLongerThanConnectTimeout() {
        MachineWorld world = MachineWorld.of(Identities.NEW);
        world.start();
        world.handshake();
        alive(world, Duration.ofSeconds(20));
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.UNREACHABLE);
        assertThat(world.machine.phase()).isEqualTo(Phase.WAITING);
    }

    @Test
    void takesAnOfferWithoutCodesForAnErrorOfTheServer() {
        MachineWorld world = showing(0);
        assertThat(world.sent).hasSize(1);
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PROTOCOL_ERROR);
    }

    @Test
    void showsTheCodesOfASecondOfferInWhatIsLeftOfTheWindow() {
        MachineWorld world = showing(6);
        alive(world, Duration.ofSeconds(70));

        world.receive(Stanzas.pairDevice("fresh", 6));

        assertThat(world.codes()).endsWith("ref-1", "fresh-0");
        assertThat(world.until(SessionTimer.PAIRING_WINDOW)).isEqualTo(WINDOW.minusSeconds(70));
        assertThat(world.until(SessionTimer.QR)).isEqualTo(Duration.ofSeconds(60));
    }

    // ---- trouble on the way

    static List<Node> trouble() {
        return List.of(Stanzas.streamError("503"), Stanzas.failure("503"), Node.of("xmlstreamend"));
    }

    @ParameterizedTest
    @MethodSource("trouble")
    void goesOnInTheSameWindowAfterTroubleOnTheWay(Node end) {
        MachineWorld world = showing(6);
        alive(world, Duration.ofSeconds(70));

        world.receive(end);
        long left = WINDOW.minusSeconds(70).toMillis();
        long lost = world.now;
        assertThat(world.lastClose().reconnect().action()).isEqualTo("backoff");
        world.nextAttempt();
        world.handshake();
        world.receive(Stanzas.pairDevice("next", 6));

        assertThat(world.until(SessionTimer.PAIRING_WINDOW).toMillis()).isEqualTo(left - (world.now - lost));
        alive(world, Duration.ofSeconds(100));
        assertThat(world.codes()).containsExactly("ref-0", "ref-1", "next-0", "next-1", "next-2");
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
        assertThat(world.closes()).hasSize(2);
    }

    @Test
    void endsTheWindowAtOnceWhenTheNextAttemptWouldBeBehindIt() {
        MachineWorld world = showing(6);
        alive(world, WINDOW.minusSeconds(1));
        world.now += 500;

        world.lost();

        assertThat(world.closes()).hasSize(1);
        LastDisconnect last = world.lastClose().lastDisconnect();
        assertThat(last.kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
        assertThat(last.error().message()).contains("last: connection lost");
        assertThat(world.machine.phase()).isEqualTo(Phase.HALTED);
        assertThat(world.dialed).hasSize(1);
    }

    @Test
    void showsNoCodeOnceTheWindowIsOver() {
        MachineWorld world = showing(6);
        alive(world, WINDOW.minusSeconds(3));
        world.lost();
        world.nextAttempt();
        world.advance(Duration.ofSeconds(5));
        world.handshake();
        int shown = world.codes().size();

        world.receive(Stanzas.pairDevice("late", 6));

        assertThat(world.codes()).hasSize(shown);
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
    }

    @Test
    void keepsTheMeaningOfWhatIsNoTroubleOnTheWay() {
        MachineWorld world = showing(6);

        world.receive(Stanzas.failure("402"));

        // An hour is far behind the window, and still a ban is a ban.
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.TEMPORARILY_BANNED);
        assertThat(world.machine.phase()).isEqualTo(Phase.PARKED);
        world.nextAttempt();
        world.handshake();
        world.receive(Stanzas.pairDevice("later", 6));
        assertThat(world.until(SessionTimer.PAIRING_WINDOW)).isEqualTo(WINDOW);
    }

    // ---- a phone that has not joined multi-device

    @Test
    void keepsTheCodeWhenThePhoneHasNotJoinedMultiDevice() {
        MachineWorld world = showing(6);

        world.receive(Stanzas.ib("downgrade_webclient"));

        assertThat(world.updates).last().satisfies(update -> assertThat(update.event())
                .isEqualTo("pairingUnsupported"));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRING);
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
    }

    @Test
    void saysThatThePhoneWasTheReasonWhenTheWindowEnds() {
        MachineWorld world = showing(6);
        world.receive(Stanzas.ib("downgrade_webclient"));

        alive(world, WINDOW);

        LastDisconnect last = world.lastClose().lastDisconnect();
        assertThat(last.kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_UNSUPPORTED);
        assertThat(last.error().output().statusCode()).isEqualTo(411);
        assertThat(last.reason()).isEqualTo("multideviceMismatch");
        assertThat(world.lastClose().reconnect().action()).isEqualTo("stop");
    }

    @Test
    void forgetsThePhoneThatCouldNotBeLinkedInTheNextWindow() {
        MachineWorld world = showing(6);
        world.receive(Stanzas.ib("downgrade_webclient"));
        alive(world, WINDOW);
        world.reconnect();
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        alive(world, WINDOW);
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
    }

    // ---- another secret

    @Test
    void drawsTheCodeAgainWithANewSecretThatIsSavedFirst() {
        MachineWorld world = showing(6);
        alive(world, Duration.ofSeconds(61));
        world.course.clear();

        world.receive(Stanzas.newSecretWanted());

        assertThat(world.course).containsSubsequence("Save", "send ack", "tell qr");
        assertThat(world.codes()).containsExactly("ref-0", "ref-1", "ref-1");
        assertThat(world.stored().advSecret()).isNotEqualTo(Identities.NEW.advSecret());
        assertThat(world.until(SessionTimer.QR)).isEqualTo(Duration.ofSeconds(19));
        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRED);
    }

    @Test
    void drawsTheCodeAgainAlsoWhenThereIsNothingToAcknowledge() {
        MachineWorld world = showing(6);
        world.receive(Node.builder("notification")
                .attribute("from", "s.whatsapp.net")
                .child("companion_reg_refresh")
                .build());
        assertThat(world.sent).noneMatch(node -> node.is("ack"));
        assertThat(world.codes()).containsExactly("ref-0", "ref-0");
        assertThat(world.stored().advSecret()).isNotEqualTo(Identities.NEW.advSecret());
    }

    @Test
    void drawsNoCodeOfAnEarlierConnection() {
        MachineWorld world = showing(6);
        world.lost();
        world.nextAttempt();
        world.handshake();

        world.receive(Stanzas.newSecretWanted());

        assertThat(world.codes()).containsExactly("ref-0");
        assertThat(world.stored().advSecret()).isNotEqualTo(Identities.NEW.advSecret());
    }

    @Test
    void keepsTheSecretOfALinkedDevice() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.receive(Stanzas.newSecretWanted());
        assertThat(world.stored().advSecret()).isEqualTo(Identities.LINKED.advSecret());
    }

    // ---- the phone's answer

    @Test
    void savesTheLinkBeforeItConfirmsIt() {
        MachineWorld world = showing(6);
        world.course.clear();

        world.receive(Stanzas.pairSuccess(world.stored(), new Random(1)));

        assertThat(world.course).containsSubsequence("Save", "send result pair-device-sign", "tell isNewLogin");
        Credentials.Account account = world.stored().account().orElseThrow();
        assertThat(account.id()).hasToString("4915550001234:7@s.whatsapp.net");
        assertThat(account.pairedAt()).isEqualTo(world.wall());
        assertThat(world.armed()).doesNotContain(SessionTimer.QR, SessionTimer.PAIRING_WINDOW);
    }

    @Test
    void logsInAtOnceWithTheStoredCredentialsAfterTheRestart() {
        MachineWorld world = MachineWorld.in(Phase.PAIRED);

        world.receive(Stanzas.streamError("515"));

        ConnectionUpdate close = world.lastClose();
        assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.RESTART_REQUESTED);
        assertThat(close.reconnect().action()).isEqualTo("now");
        assertThat(close.reconnect().delay()).isZero();
        // It waits for no route.
        assertThat(world.machine.awaitsLastWord()).isZero();
        world.advance(Duration.ZERO);
        assertLoggingIn(world);
        world.open();
    }

    @Test
    void logsInAfterABareCloseToo() {
        MachineWorld world = MachineWorld.in(Phase.PAIRED);

        world.lost();

        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.TRANSPORT_LOST);
        world.nextAttempt();
        assertLoggingIn(world);
        world.open();
    }

    private static void assertLoggingIn(MachineWorld world) {
        Credentials.Account account = world.stored().account().orElseThrow();
        assertThat(world.dialed).hasSize(2);
        assertThat(world.dialed.get(1).clientPayload())
                .isEqualTo(ClientPayloads.login(
                        account.id(),
                        MachineWorld.settings(ReconnectSettings.defaults(), Map.of())
                                .device()));
        assertThat(world.dialed.get(1).noiseKey()).isEqualTo(Identities.NEW.noiseKey());
    }

    @Test
    void showsNoCodeAfterTheLink() {
        MachineWorld world = MachineWorld.in(Phase.PAIRED);

        world.receive(Stanzas.pairDevice("late", 6));

        assertThat(world.codes()).containsExactly("ref-0");
        assertThat(world.sent).last().satisfies(answer -> assertThat(answer.hasAttribute("type", "error"))
                .isTrue());
    }

    @Test
    void refusesALinkThatWasNotMadeWithItsCode() {
        MachineWorld world = showing(6);
        Credentials other = NewCredentials.generate(new Random(99));

        world.receive(Stanzas.pairSuccess(other, new Random(1)));

        Node reply = world.sent.get(world.sent.size() - 1);
        assertThat(reply.attribute("id")).contains("pair-success-1");
        assertThat(reply.attribute("type")).contains("error");
        assertThat(reply.child("error").orElseThrow().attribute("code")).contains("401");
        assertThat(world.course).doesNotContain("Save");
        assertThat(world.stored().account()).isEmpty();
        LastDisconnect last = world.lastClose().lastDisconnect();
        assertThat(last.kind()).isEqualTo(WhatsAppDisconnectKind.LINK_REJECTED);
        assertThat(last.error().output().statusCode()).isEqualTo(401);
        assertThat(world.lastClose().reconnect().action()).isEqualTo("stop");
    }

    @Test
    void refusesALinkThatCannotBeRead() {
        MachineWorld world = showing(6);

        world.receive(Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "set")
                .attribute("id", "pair-success-1")
                .child("pair-success")
                .build());

        assertThat(world.sent
                        .get(world.sent.size() - 1)
                        .child("error")
                        .orElseThrow()
                        .attribute("code"))
                .contains("500");
        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.LINK_REJECTED);
        assertThat(world.stored().account()).isEmpty();
    }

    @Test
    void opensAFullWindowAfterARefusedLink() {
        MachineWorld world = showing(6);
        alive(world, Duration.ofSeconds(100));
        world.receive(Stanzas.pairSuccess(NewCredentials.generate(new Random(99)), new Random(1)));
        world.reconnect();
        world.handshake();
        world.receive(Stanzas.pairDevice(6));
        assertThat(world.until(SessionTimer.PAIRING_WINDOW)).isEqualTo(WINDOW);
    }
}
