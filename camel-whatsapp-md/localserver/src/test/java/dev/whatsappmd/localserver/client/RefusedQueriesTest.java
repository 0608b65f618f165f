package dev.whatsappmd.localserver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.fault.LoginFault;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.StanzaFault;
import dev.whatsappmd.localserver.record.StanzaMatch;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Questions of the client that are refused or never answered: only what cannot be done without ends the connection. */
class RefusedQueriesTest {
    private static final Duration STEP = Duration.ofSeconds(2);

    private static final StanzaMatch COUNT = StanzaMatch.iq("get", "encrypt").child("count");
    private static final StanzaMatch UPLOAD = StanzaMatch.iq("set", "encrypt").child("list");
    private static final StanzaMatch DIGEST = StanzaMatch.iq("get", "encrypt").child("digest");
    private static final StanzaMatch ACTIVE = StanzaMatch.iq("set", "passive").child("active");
    private static final StanzaMatch UNLINK = StanzaMatch.iq("set", "md").child("remove-companion-device");

    private static final StanzaFault REFUSED = StanzaFault.iqError(500, "internal-server-error");

    @TempDir
    private Path directory;

    private LocalWhatsAppServer server;

    @BeforeEach
    void start() {
        server = LocalWhatsAppServer.start();
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(server.internalFailures()).isEmpty();
        assertThat(server.recording().failures()).isEmpty();
    }

    private RunningClient run() {
        return RunningClient.start(server, directory, options -> options.connectTimeout(STEP)
                .queryTimeout(STEP)
                .reconnect(ReconnectSettings.defaults()
                        .withDelay(Duration.ofMillis(20))
                        .withJitter(0)));
    }

    private LinkedDevice link(RunningClient client) {
        return server.phone("4915100000001").scan(client.awaitQr().qr());
    }

    static Stream<Arguments> optional() {
        return Stream.of(COUNT, UPLOAD, DIGEST)
                .flatMap(match -> Stream.of(Arguments.of(match, REFUSED), Arguments.of(match, StanzaFault.noAnswer())));
    }

    @ParameterizedTest
    @MethodSource("optional")
    void opensWithoutTheAnswer(StanzaMatch match, StanzaFault fault) {
        server.script().onNextStanza(match, fault);
        try (RunningClient client = run()) {
            LinkedDevice device = link(client);
            client.awaitPendingReceived(1);
            assertThat(client.updates).filteredOn(ConnectionUpdate::closes).hasSize(1);
            assertThat(server.connections().get(1).record().faults()).containsExactly(fault);
            // What was not done is made up for, here or at the next connection.
            if (match != COUNT || device.preKeyCount() > 0) {
                await().atMost(RunningClient.LIMIT).until(() -> device.preKeyCount() == 812);
            }
        }
        try (RunningClient again = run()) {
            again.awaitPendingReceived(1);
            await().atMost(RunningClient.LIMIT)
                    .until(() -> server.phone("4915100000001").device(1).preKeyCount() == 812);
        }
    }

    @Test
    void aRefusedWordToDeliverEndsTheConnectionAndIsSaidAgain() {
        server.script().onNextStanza(ACTIVE, REFUSED);
        assertEndsOnce(500, WhatsAppDisconnectKind.PROTOCOL_ERROR);
    }

    @Test
    void anUnansweredWordToDeliverEndsTheConnectionAtItsDeadline() {
        server.script().onNextStanza(ACTIVE, StanzaFault.noAnswer());
        assertEndsOnce(408, WhatsAppDisconnectKind.UNREACHABLE);
    }

    @Test
    void aLoginWithoutAnAnswerEndsAtItsDeadlineThoughTheServerTalks() {
        server.script().onNext(Moment.LOGIN, LoginFault.NO_SUCCESS);
        assertEndsOnce(408, WhatsAppDisconnectKind.UNREACHABLE);
    }

    private void assertEndsOnce(int code, WhatsAppDisconnectKind kind) {
        try (RunningClient client = run()) {
            link(client);
            ConnectionUpdate close = client.awaitClose(2);
            assertThat(close.lastDisconnect().error().output().statusCode()).isEqualTo(code);
            assertThat(close.lastDisconnect().kind()).isEqualTo(kind);
            assertThat(close.reconnect().action()).isEqualTo("backoff");
            client.awaitPendingReceived(1);
            assertThat(client.updates).filteredOn(ConnectionUpdate::closes).hasSize(2);
        }
    }

    @Test
    void aSecondSuccessIsNoSecondLogin() {
        server.script().onNext(Moment.LOGIN, LoginFault.TWO_SUCCESSES);
        try (RunningClient client = run()) {
            link(client);
            client.awaitPendingReceived(1);
            assertThat(server.connections().get(1).record().received().stream()
                            .filter(stanza -> ACTIVE.test(stanza.node())))
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @MethodSource("unanswered")
    void aLogoutThatIsNotGrantedFailsAndLeavesTheConnection(StanzaFault fault, String says) {
        try (RunningClient client = run()) {
            LinkedDevice device = link(client);
            client.awaitPendingReceived(1);
            server.script().onNextStanza(UNLINK, fault);
            assertThatThrownBy(() -> client.client.logout().get(10, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(says);
            assertThat(client.client.status().phase()).isEqualTo("open");
            assertThat(device.isRemoved()).isFalse();
            assertThat(client.client.logout()).succeedsWithin(RunningClient.LIMIT);
            assertThat(device.isRemoved()).isTrue();
        }
    }

    static Stream<Arguments> unanswered() {
        return Stream.of(
                Arguments.of(StanzaFault.iqError(503, "service-unavailable"), "503"),
                Arguments.of(StanzaFault.noAnswer(), "did not unlink this device"));
    }
}
