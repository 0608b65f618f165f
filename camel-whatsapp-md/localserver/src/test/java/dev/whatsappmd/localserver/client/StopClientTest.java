package dev.whatsappmd.localserver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Delivery;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.StanzaFault;
import dev.whatsappmd.localserver.record.StanzaMatch;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A stop returns at once, whatever hangs, and leaves no socket, thread, timer or open store. */
class StopClientTest {
    private static final Duration AT_ONCE = Duration.ofSeconds(2);
    private static final Duration FOR_EVER = Duration.ofHours(1);

    @TempDir
    private static Path linked;

    private static LocalWhatsAppServer server;

    @BeforeAll
    static void link() {
        server = LocalWhatsAppServer.start();
        try (RunningClient client = RunningClient.start(server, linked)) {
            server.phone("4915100000001").scan(client.awaitQr().qr());
            client.awaitPendingReceived(1);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(server.internalFailures()).isEmpty();
    }

    @AfterEach
    void nothingIsLeft() {
        server.script().clear();
        LeftOvers.assertNoSocketTo(server);
        LeftOvers.assertNoThread();
    }

    /** Every deadline is far away: what ends here is ended by the stop. */
    private static ClientOptions.Builder patient(ClientOptions.Builder options) {
        return options.connectTimeout(FOR_EVER)
                .queryTimeout(FOR_EVER)
                .keepAliveInterval(FOR_EVER)
                .keepAliveTimeout(FOR_EVER)
                .routeDecisionTimeout(FOR_EVER)
                .reconnect(ReconnectSettings.defaults()
                        .withMaxDelay(FOR_EVER)
                        .withDelay(FOR_EVER)
                        .withJitter(0));
    }

    private RunningClient run() {
        return run(options -> options);
    }

    private RunningClient run(UnaryOperator<ClientOptions.Builder> more) {
        return RunningClient.start(server, linked, options -> more.apply(patient(options)));
    }

    private static void assertStopsAtOnce(RunningClient client) {
        long before = System.nanoTime();
        client.client.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .as("time to stop")
                .isLessThan(AT_ONCE);
        assertThat(client.client.status().phase()).isEqualTo("stopped");
        List<ConnectionUpdate> told = List.copyOf(client.updates);
        assertThat(told.get(told.size() - 1)).matches(ConnectionUpdate::closes);
        client.client.reconnect();
        client.close();
        assertThat(client.updates).as("after the stop").isEqualTo(told);
        assertThat(client.errors).isEmpty();
    }

    private static void assertClosedByUs(RunningClient client) {
        ConnectionUpdate last = client.updates.get(client.updates.size() - 1);
        assertThat(last.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.CLOSED_BY_US);
        assertThat(last.lastDisconnect().error().output().statusCode()).isEqualTo(428);
        assertThat(last.reconnect().action()).isEqualTo("none");
    }

    static Stream<Arguments> hanging() {
        return Stream.of(Moment.ACCEPT, Moment.UPGRADE, Moment.HELLO, Moment.LOGIN, Moment.SUCCESS, Moment.ACTIVE)
                .flatMap(moment -> Stream.of(
                        Arguments.of(moment, ServerFault.silence()), Arguments.of(moment, ServerFault.stall())));
    }

    @ParameterizedTest
    @MethodSource("hanging")
    void whileTheServerHangs(Moment moment, ServerFault fault) {
        int connections = server.connections().size();
        server.script().onNext(moment, fault);
        RunningClient client = run();
        ServerConnection hanging = server.awaitConnection(connections + 1, RunningClient.LIMIT);
        server.awaitUntil("the fault", RunningClient.LIMIT, () -> !hanging.record()
                .faults()
                .isEmpty());
        assertStopsAtOnce(client);
        assertClosedByUs(client);
        assertThat(server.connections()).hasSize(connections + 1);
    }

    @ParameterizedTest
    @MethodSource("quiet")
    void whileAnOpenConnectionHangs(ServerFault fault) {
        RunningClient client = run();
        client.awaitPendingReceived(1);
        server.inflict(fault);
        assertStopsAtOnce(client);
        assertClosedByUs(client);
    }

    static Stream<ServerFault> quiet() {
        return Stream.of(ServerFault.silence(), ServerFault.stall(), Delivery.byteByByte());
    }

    @Test
    void whileTheConnectHangs() throws IOException {
        try (FullServer full = new FullServer()) {
            RunningClient client = run(options -> options.serverUrl(full.url()));
            await().atMost(RunningClient.LIMIT).until(() -> Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread -> thread.getName().startsWith("WebSocketConnectReadThread")));
            assertStopsAtOnce(client);
            assertClosedByUs(client);
        }
    }

    @Test
    void whileCodesAreShown(@TempDir Path nothingYet) {
        RunningClient client = RunningClient.start(server, nothingYet, StopClientTest::patient);
        client.awaitQr();
        assertStopsAtOnce(client);
        assertClosedByUs(client);
    }

    @Test
    void whileAQuestionIsNotAnswered() {
        server.script().onNextStanza(StanzaMatch.iq("set", "passive"), StanzaFault.noAnswer());
        RunningClient client = run();
        server.awaitLive(Moment.SUCCESS, RunningClient.LIMIT);
        server.awaitUntil("the question", RunningClient.LIMIT, () -> !server.connections()
                .get(server.connections().size() - 1)
                .record()
                .faults()
                .isEmpty());
        assertStopsAtOnce(client);
        assertClosedByUs(client);
    }

    @Test
    void whileItWaitsForTheNextAttempt() {
        RunningClient client = run();
        client.awaitPendingReceived(1);
        server.closeWith(ServerClose.streamError(503));
        client.awaitClose(1);
        await().atMost(RunningClient.LIMIT)
                .until(() -> client.client.status().phase().equals("waiting"));
        assertStopsAtOnce(client);
        assertThat(client.updates).filteredOn(ConnectionUpdate::closes).hasSize(1);
    }

    @Test
    void whileItIsParked() {
        RunningClient client = run();
        client.awaitPendingReceived(1);
        server.closeWith(ServerClose.conflict("replaced"));
        await().atMost(RunningClient.LIMIT)
                .until(() -> client.client.status().phase().equals("parked"));
        assertStopsAtOnce(client);
    }

    @Test
    void whileARouteHasNotSaidItsLastWord() {
        RunningClient client = run();
        client.lastWord = null;
        client.awaitPendingReceived(1);
        server.closeWith(ServerClose.streamError(503));
        client.awaitClose(1);
        assertStopsAtOnce(client);
    }

    @Test
    void whenItHasEndedForGood() {
        RunningClient client = run();
        client.awaitPendingReceived(1);
        server.closeWith(ServerClose.failure(403));
        await().atMost(RunningClient.LIMIT)
                .until(() -> client.client.status().phase().equals("halted"));
        assertStopsAtOnce(client);
    }

    @Test
    void tellsTheServerWhenNothingHangs() {
        RunningClient client = run();
        client.awaitPendingReceived(1);
        ServerConnection connection = server.awaitOpen(RunningClient.LIMIT);
        assertStopsAtOnce(client);
        assertClosedByUs(client);
        server.awaitClosed(connection, RunningClient.LIMIT);
        assertThat(connection.record().end().orElseThrow().code()).isEqualTo(1000);
    }
}
