package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.UpgradeFault;
import dev.whatsappmd.localserver.transport.LinkEnd;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults before there is a websocket, seen from the TCP connection. */
class EarlyFaultTest {
    private static final int QUIET = 150;

    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private LocalWhatsAppServer server;

    @BeforeEach
    void start() {
        server = whatsApp.server();
    }

    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"ACCEPT", "UPGRADE"})
    void resetsTheConnection(Moment moment) throws IOException {
        server.script().onNext(moment, ServerClose.tcpReset());
        try (RawSocket socket = RawSocket.connect(server)) {
            assertThatThrownBy(() -> socket.askForWebSocket().readToTheEnd())
                    .isInstanceOf(SocketException.class)
                    .hasMessageMatching("(?i).*(reset|broken pipe|abort).*");
        }
        assertEnded("TCP reset");
    }

    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"ACCEPT", "UPGRADE"})
    void endsTheConnectionWithoutAWord(Moment moment) throws IOException {
        server.script().onNext(moment, ServerClose.socketClose(1001));
        try (RawSocket socket = RawSocket.connect(server)) {
            if (moment == Moment.UPGRADE) {
                socket.askForWebSocket();
            }
            assertThat(socket.readToTheEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"ACCEPT", "UPGRADE"})
    void silenceAcceptsAndNeverAnswersTheRequest(Moment moment) throws IOException {
        server.script().onNext(moment, ServerFault.silence());
        ServerConnection silent;
        try (RawSocket socket = RawSocket.connect(server)) {
            socket.askForWebSocket();
            assertThat(socket.isQuietFor(QUIET)).isTrue();
            silent = server.awaitConnection(1, TestClient.LIMIT);
            assertThat(silent.isLive()).isTrue();
            assertThat(silent.record().reached(Moment.UPGRADE)).isEqualTo(moment == Moment.UPGRADE);
        }
        server.awaitClosed(silent, TestClient.LIMIT);
    }

    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"ACCEPT", "UPGRADE"})
    void aStallLeavesTheSocketAlone(Moment moment) throws IOException {
        server.script().onNext(moment, ServerFault.stall());
        try (RawSocket socket = RawSocket.connect(server)) {
            socket.askForWebSocket();
            assertThat(socket.isQuietFor(QUIET)).isTrue();
        }
        // Another connection comes through meanwhile, and only the server's own end tells of the client's.
        try (RawSocket other = RawSocket.connect(server)) {
            assertThat(other.askForWebSocket().read(12)).isEqualTo("HTTP/1.1 101".getBytes());
        }
        assertThat(server.awaitConnection(1, TestClient.LIMIT).isLive()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"ACCEPT", "UPGRADE"})
    void aStallThatEndsGoesOnWhereItStopped(Moment moment) throws IOException {
        server.script().onNext(moment, ServerFault.stallFor(Duration.ofMillis(400)));
        try (RawSocket socket = RawSocket.connect(server)) {
            socket.askForWebSocket();
            assertThat(socket.isQuietFor(100)).isTrue();
            assertThat(socket.read(12)).isEqualTo("HTTP/1.1 101".getBytes());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Moment.class,
            names = {"ACCEPT", "UPGRADE"})
    void garbageStandsWhereTheAnswerShould(Moment moment) throws IOException {
        ServerFault.Garbage garbage = (ServerFault.Garbage) ServerFault.garbage();
        server.script().onNext(moment, garbage);
        try (RawSocket socket = RawSocket.connect(server)) {
            socket.askForWebSocket();
            assertThat(socket.read(garbage.length())).isEqualTo(garbage.bytes());
            assertThat(socket.read(12)).isEqualTo("HTTP/1.1 101".getBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 302, 403, 503})
    void answersTheRequestWithAnotherStatus(int status) throws IOException {
        server.script().onUpgrade(1, UpgradeFault.httpStatus(status));
        try (RawSocket socket = RawSocket.connect(server)) {
            assertThat(socket.askForWebSocket().readTextToTheEnd()).startsWith("HTTP/1.1 " + status + " ");
        }
        assertEnded("HTTP " + status);
        try (RawSocket socket = RawSocket.connect(server)) {
            assertThat(socket.askForWebSocket().read(12)).isEqualTo("HTTP/1.1 101".getBytes());
        }
    }

    @Test
    void agreesToAnotherRequest() throws IOException {
        server.script().onUpgrade(1, UpgradeFault.wrongKey());
        try (RawSocket socket = RawSocket.connect(server)) {
            assertThat(socket.askForWebSocket().readTextToTheEnd())
                    .startsWith("HTTP/1.1 101 ")
                    .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        }
        assertEnded("wrong key");
    }

    private void assertEnded(String why) {
        ServerConnection connection = server.awaitConnection(1, TestClient.LIMIT);
        server.awaitClosed(connection, TestClient.LIMIT);
        LinkEnd end = connection.record().end().orElseThrow();
        assertThat(end.by()).isEqualTo(LinkEnd.By.SERVER);
        assertThat(end.reason()).contains(why);
        assertThat(connection.record().faults()).hasSize(1);
    }
}
