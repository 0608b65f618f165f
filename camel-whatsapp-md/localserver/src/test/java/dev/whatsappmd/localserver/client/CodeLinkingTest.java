package dev.whatsappmd.localserver.client;

import static dev.whatsappmd.localserver.client.RunningClient.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.SimulatedPhone;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.StanzaFault;
import dev.whatsappmd.localserver.pairing.CodeDesk;
import dev.whatsappmd.localserver.pairing.PairingRefusedException;
import dev.whatsappmd.localserver.record.StanzaMatch;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client as a whole is linked by a code that is typed into a phone, over real sockets. */
class CodeLinkingTest {
    private static final String NUMBER = "4915100000001";
    /** Computing a code takes its time on a slow machine; no test waits for a deadline. */
    private static final Duration FAR = Duration.ofMinutes(2);

    private static final StanzaMatch FINISH = StanzaMatch.iq("set", "md")
            .also("companion_finish", iq -> iq.child("link_code_companion_reg")
                    .filter(body -> body.hasAttribute("stage", "companion_finish"))
                    .isPresent());

    @TempDir
    private Path directory;

    private LocalWhatsAppServer server;
    private SimulatedPhone phone;

    @BeforeEach
    void start() {
        server = LocalWhatsAppServer.start();
        phone = server.phone(NUMBER);
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(server.internalFailures()).isEmpty();
        assertThat(server.recording().failures()).isEmpty();
        assertThat(server.unknownQueries()).isEmpty();
    }

    private RunningClient run(Pairing pairing) {
        return RunningClient.start(server, directory, options -> options.pairing(pairing)
                .connectTimeout(FAR)
                .queryTimeout(FAR)
                .reconnect(ReconnectSettings.defaults()
                        .withDelay(Duration.ofMillis(20))
                        .withJitter(0)));
    }

    private RunningClient runByCode() {
        return run(Pairing.code(NUMBER, Optional.empty()));
    }

    private static String awaitCode(RunningClient client, int nth) {
        return client.awaitUpdate("a code to type", nth, update -> update.pairingCode() != null)
                .pairingCode();
    }

    private static List<String> codes(RunningClient client) {
        return client.updates.stream()
                .map(ConnectionUpdate::pairingCode)
                .filter(Objects::nonNull)
                .toList();
    }

    private static void awaitPhase(RunningClient client, String phase) {
        await().atMost(LIMIT).until(() -> client.client.status().phase().equals(phase));
    }

    // ---- linked

    @Test
    void isLinkedByTheCodeOfTheOptionsRestartsAndOpens() {
        try (RunningClient client = runByCode()) {
            LinkedDevice device = phone.enterCode(awaitCode(client, 1));

            client.awaitPendingReceived(1);
            assertThat(codes(client)).hasSize(1);
            assertThat(client.updates).noneMatch(update -> update.qr() != null);
            ConnectionUpdate restart = client.awaitClose(1);
            assertThat(restart.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.RESTART_REQUESTED);
            assertThat(restart.lastDisconnect().error().output().statusCode()).isEqualTo(515);
            assertThat(client.updates)
                    .filteredOn(update -> Boolean.TRUE.equals(update.isNewLogin()))
                    .hasSize(1);
            assertThat(client.client.status().registered()).isTrue();
            assertThat(server.script().count(Moment.LOGIN)).isEqualTo(1);
            assertThat(device.preKeyCount()).isEqualTo(812);
            assertThat(client.errors).isEmpty();
        }
        try (RunningClient again = runByCode()) {
            again.awaitOpen(1);
            assertThat(codes(again)).isEmpty();
        }
    }

    @Test
    void isLinkedByAnOwnCode() {
        try (RunningClient client = run(Pairing.code("+49 151 00000001", Optional.of("camel-cam")))) {
            assertThat(awaitCode(client, 1)).isEqualTo("CAMELCAM");
            phone.enterCode("came-lcam");
            client.awaitOpen(1);
        }
    }

    @Test
    void isLinkedToAHostedAccount() {
        SimulatedPhone hosted =
                server.newPhone("4915100000003").hosted().hostedDevice().create();
        try (RunningClient client = run(Pairing.code("4915100000003", Optional.empty()))) {
            hosted.enterCode(awaitCode(client, 1));
            client.awaitOpen(1);
        }
    }

    @Test
    void isLinkedByARequestedCodeWhileCodesToScanAreShown() {
        try (RunningClient client = run(Pairing.qr())) {
            CompletableFuture<String> code = client.client.requestPairingCode(NUMBER, Optional.empty());
            assertThat(code).succeedsWithin(LIMIT);
            assertThat(codes(client)).containsExactly(code.join());
            client.awaitQr();

            phone.enterCode(code.join());

            client.awaitOpen(1);
        }
    }

    @Test
    void isLinkedByAScanWhileACodeIsShown() {
        try (RunningClient client = run(Pairing.qr())) {
            assertThat(client.client.requestPairingCode(NUMBER, Optional.empty()))
                    .succeedsWithin(LIMIT);
            phone.scan(client.awaitQr().qr());
            client.awaitOpen(1);
        }
    }

    @Test
    void takesTheRightCodeAfterAWrongOne() {
        try (RunningClient client = run(Pairing.code(NUMBER, Optional.of("CAMELCAM")))) {
            awaitCode(client, 1);
            assertThatThrownBy(() -> phone.enterCode("CAMELCAT"))
                    .isInstanceOf(PairingRefusedException.class)
                    .hasMessageContaining("wrong code");
            assertThat(phone.devices()).isEmpty();

            phone.enterCode("CAMELCAM");

            client.awaitOpen(1);
            assertThat(codes(client)).hasSize(1);
        }
    }

    @Test
    void answersAPhoneThatBeginsThreeTimes() throws Exception {
        try (RunningClient client = runByCode()) {
            CompletableFuture<LinkedDevice> linking = phone.startEnterCode(awaitCode(client, 1), 3);
            linking.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            client.awaitOpen(1);
        }
    }

    // ---- codes that become void

    @Test
    void showsAnotherCodeWhenTheServerTakesOneBack() {
        try (RunningClient client = runByCode()) {
            String first = awaitCode(client, 1);

            phone.refreshCode();

            String second = awaitCode(client, 2);
            assertThat(second).isNotEqualTo(first);
            server.takeStanza(StanzaMatch.tag("ack").with("class", "notification"), LIMIT);
            phone.enterCode(second);
            client.awaitOpen(1);
        }
    }

    @Test
    void linksWithTheSecretOfTheCodeAfterARotation() {
        try (RunningClient client = run(Pairing.qr())) {
            String before = client.awaitQr().qr();
            CompletableFuture<String> code = client.client.requestPairingCode(NUMBER, Optional.empty());
            assertThat(code).succeedsWithin(LIMIT);

            server.liveConnections().get(0).sendRotateQr();

            String after = client.awaitUpdate("the code to scan again", 2, update -> update.qr() != null)
                    .qr();
            assertThat(after).isNotEqualTo(before);
            phone.enterCode(code.join());
            client.awaitOpen(1);
        }
    }

    @Test
    void linksByAScanAfterARotation() {
        try (RunningClient client = run(Pairing.qr())) {
            client.awaitQr();
            server.liveConnections().get(0).sendRegistrationRefresh();
            phone.scan(client.awaitUpdate("the code to scan again", 2, update -> update.qr() != null)
                    .qr());
            client.awaitOpen(1);
        }
    }

    // ---- lost connections

    @Test
    void asksAgainWhenTheConnectionIsLostBeforeTheCodeIsTaken() {
        server.script().onNextStanza(CodeDesk.HELLO, ServerClose.tcpReset());
        try (RunningClient client = runByCode()) {
            String code = awaitCode(client, 1);
            assertThat(client.awaitClose(1).lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.TRANSPORT_LOST);
            phone.enterCode(code);
            client.awaitOpen(1);
        }
    }

    @Test
    void aRequestedCodeComesAlsoWhenTheConnectionIsLostMeanwhile() {
        server.script().onNextStanza(CodeDesk.HELLO, ServerClose.streamError(503));
        try (RunningClient client = run(Pairing.qr())) {
            CompletableFuture<String> code = client.client.requestPairingCode(NUMBER, Optional.empty());
            assertThat(code).succeedsWithin(LIMIT);
            assertThat(client.awaitClose(1).lastDisconnect().kind())
                    .isEqualTo(WhatsAppDisconnectKind.SERVER_UNAVAILABLE);
            phone.enterCode(code.join());
            client.awaitOpen(1);
        }
    }

    @Test
    void neverLogsInWithACodeThatWasAborted() {
        server.script().onNextStanza(FINISH, ServerClose.tcpReset());
        try (RunningClient client = runByCode()) {
            String first = awaitCode(client, 1);
            assertThatThrownBy(() -> phone.enterCode(first))
                    .isInstanceOf(PairingRefusedException.class)
                    .hasMessageContaining("connection ended");

            String second = awaitCode(client, 2);
            assertThat(second).isNotEqualTo(first);
            assertThat(server.script().count(Moment.REGISTRATION)).isEqualTo(2);
            assertThat(server.script().count(Moment.LOGIN)).isZero();
            phone.enterCode(second);
            client.awaitOpen(1);
        }
    }

    @Test
    void showsACodeAgainThatWasShownBesideCodesToScan() {
        try (RunningClient client = run(Pairing.qr())) {
            assertThat(client.client.requestPairingCode(NUMBER, Optional.of("CAMELCAM")))
                    .succeedsWithin(LIMIT);

            server.closeWith(ServerClose.streamError(503));

            assertThat(awaitCode(client, 2)).isEqualTo("CAMELCAM");
            phone.enterCode("CAMELCAM");
            client.awaitOpen(1);
        }
    }

    @Test
    void endsTheWindowWhenItsCodesAreUsedUp() {
        try (RunningClient client = runByCode()) {
            for (int i = 1; i <= 3; i++) {
                awaitCode(client, i);
                server.closeWith(ServerClose.streamError(503));
            }
            ConnectionUpdate close = client.awaitClose(4);
            assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
            assertThat(close.lastDisconnect().error().message()).contains("3 pairing codes");
            assertThat(close.reconnect().action()).isEqualTo("stop");
            awaitPhase(client, "halted");

            assertThat(client.client.relink()).succeedsWithin(LIMIT);
            phone.enterCode(awaitCode(client, 4));
            client.awaitOpen(1);
        }
    }

    // ---- refused

    @Test
    void endsTheWindowWithWhatTheServerSays() {
        Runnable again = server.refusePairingCodes(429, "rate-overlimit");
        try (RunningClient client = runByCode()) {
            ConnectionUpdate close = client.awaitClose(1);
            assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PAIRING_EXPIRED);
            assertThat(close.lastDisconnect().error().message()).contains("error 429", "wait some hours", "`relink`");
            awaitPhase(client, "halted");
            assertFails(client.client.requestPairingCode(NUMBER, Optional.empty()), "halted", "`relink`");
            assertThat(codes(client)).isEmpty();

            again.run();
            assertThat(client.client.relink()).succeedsWithin(LIMIT);
            phone.enterCode(awaitCode(client, 1));
            client.awaitOpen(1);
        }
    }

    @Test
    void saysWhyThereIsNoCode() {
        Runnable again = server.refusePairingCodes(404, "item-not-found");
        try (RunningClient client = run(Pairing.qr())) {
            assertFails(client.client.requestPairingCode(NUMBER, Optional.empty()), "error 404", "check phoneNumber");
            assertThat(client.client.requestPairingCode("0151", Optional.empty()))
                    .failsWithin(LIMIT)
                    .withThrowableThat()
                    .withCauseInstanceOf(IllegalArgumentException.class)
                    .withMessageContaining("phoneNumber");

            again.run();
            CompletableFuture<String> code = client.client.requestPairingCode(NUMBER, Optional.empty());
            assertThat(code).succeedsWithin(LIMIT);
            phone.enterCode(code.join());
            client.awaitOpen(1);
            assertFails(client.client.requestPairingCode(NUMBER, Optional.empty()), "linked already");
            assertFails(client.client.relink(), "this device is linked; log it out first");
        }
    }

    @Test
    void answersEveryRequestAlsoWhenItIsStopped() {
        server.script().onNextStanza(CodeDesk.HELLO, StanzaFault.noAnswer());
        try (RunningClient client = run(Pairing.qr())) {
            CompletableFuture<String> first = client.client.requestPairingCode(NUMBER, Optional.empty());
            server.takeStanza(CodeDesk.HELLO, LIMIT);
            assertFails(client.client.requestPairingCode(NUMBER, Optional.empty()), "one is being asked for already");
            assertThat(first).isNotDone();

            client.client.close();

            assertFails(first, "the session was stopped");
            assertFails(client.client.requestPairingCode(NUMBER, Optional.empty()), "not running");
        }
        LeftOvers.assertNoSocketTo(server);
    }

    private static void assertFails(CompletableFuture<?> operation, String... why) {
        assertThat(operation)
                .failsWithin(LIMIT)
                .withThrowableThat()
                .withCauseInstanceOf(IllegalStateException.class)
                .satisfies(failure -> assertThat(failure).hasMessageContainingAll(why));
    }

    // ---- the link is taken back, and presence

    @Test
    void isRelinkedWithANewIdentityAfterARevocation() {
        try (RunningClient client = runByCode()) {
            LinkedDevice device = phone.enterCode(awaitCode(client, 1));
            client.awaitPendingReceived(1);

            phone.removeDevice(device);

            ConnectionUpdate close = client.awaitClose(2);
            assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.LINK_REJECTED);
            awaitPhase(client, "halted");
            assertFails(client.client.requestPairingCode(NUMBER, Optional.empty()), "halted", "`relink`");

            assertThat(client.client.relink()).succeedsWithin(LIMIT);
            LinkedDevice fresh = phone.enterCode(awaitCode(client, 2));
            client.awaitOpen(2);
            assertThat(phone.devices()).containsExactly(fresh);
            assertThat(fresh.identityKey()).isNotEqualTo(device.identityKey());
            assertThat(client.client.status().registered()).isTrue();
        }
    }

    @Test
    void saysThatTheLinkWasTakenBackAtOnce() {
        server.script().onNext(Moment.PAIRED, ServerClose.unlink());
        try (RunningClient client = runByCode()) {
            LinkedDevice device = phone.enterCode(awaitCode(client, 1));

            ConnectionUpdate close = client.awaitClose(1);
            assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.LINK_REJECTED);
            assertThat(close.reconnect().action()).isEqualTo("stop");
            assertThat(device.isRemoved()).isTrue();
            awaitPhase(client, "halted");
        }
    }

    @Test
    void showsPresenceOnceItIsOpen() {
        try (RunningClient client = runByCode()) {
            String code = awaitCode(client, 1);
            assertFails(client.client.presence(true), "cannot show presence", "pairing, not open");
            phone.enterCode(code);
            client.awaitPendingReceived(1);

            assertThat(client.client.presence(true)).succeedsWithin(LIMIT);
            server.takeStanza(
                    StanzaMatch.tag("presence").with("type", "available").with("name", "Simulated Phone"), LIMIT);
            assertThat(client.client.presence(false)).succeedsWithin(LIMIT);
            server.takeStanza(StanzaMatch.tag("presence").with("type", "unavailable"), LIMIT);
            // Not online by default when it opens, then as it was asked.
            assertThat(client.updates)
                    .extracting(ConnectionUpdate::isOnline)
                    .filteredOn(Objects::nonNull)
                    .containsExactly(false, true, false);
        }
    }
}
