package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.record.StanzaMatch;
import dev.whatsappmd.localserver.transport.LinkEnd;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sockets, websocket requests, bytes that make no sense, and what is left when a server is closed. */
class TransportTest {
    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    @Test
    void listensOnLoopbackOnly() throws Exception {
        int port = whatsApp.server().port();
        List<InetAddress> others = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .toList();
        for (InetAddress address : others) {
            assertThatThrownBy(() -> {
                        try (Socket socket = new Socket()) {
                            socket.connect(new InetSocketAddress(address, port), 1000);
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        try (Socket socket = new Socket("127.0.0.1", port)) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    @Test
    void answers404ForAnotherPathAnd400ForNoWebsocketRequest() throws Exception {
        assertThat(request("GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"))
                .startsWith("HTTP/1.1 404 Not Found\r\n");
        assertThat(request("POST /ws/chat HTTP/1.1\r\nHost: x\r\n\r\n")).startsWith("HTTP/1.1 400 Bad Request\r\n");
        assertThat(request("GET /ws/chat HTTP/1.1\r\nHost: x\r\nX: " + "y".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400");
    }

    @Test
    void anOrderlyCloseEndsTheStreamAndAResetResetsIt() throws Exception {
        LocalWhatsAppServer server = whatsApp.server();
        try (Socket socket = upgraded()) {
            server.awaitConnection(1, TestClient.LIMIT).closeWith(ServerClose.socketClose(1000));
            // Bytes that are still under way when the server closes must not turn its end into a reset.
            socket.getOutputStream().write(new byte[100]);
            byte[] closeFrame = socket.getInputStream().readAllBytes();
            assertThat(closeFrame).startsWith(0x88, 2, 0x03, 0xe8);
        }
        try (Socket socket = upgraded()) {
            server.awaitConnection(2, TestClient.LIMIT).closeWith(ServerClose.tcpReset());
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    private Socket upgraded() throws IOException {
        Socket socket = new Socket("127.0.0.1", whatsApp.server().port());
        socket.setSoTimeout(10_000);
        socket.getOutputStream()
                .write(("GET /ws/chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(head(socket.getInputStream())).startsWith("HTTP/1.1 101 ");
        return socket;
    }

    @Test
    void takesARequestThatComesByteByByteAndRecordsItsQuery() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", whatsApp.server().port())) {
            socket.setTcpNoDelay(true);
            String request = "GET /ws/chat?ED=AQID HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Origin: https://web.whatsapp.com\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "Sec-WebSocket-Version: 13\r\n\r\n";
            for (byte next : request.getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(next);
            }
            String answer = head(socket.getInputStream());
            assertThat(answer).startsWith("HTTP/1.1 101 ").contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        }
        var upgrade = whatsApp.server()
                .awaitConnection(1, TestClient.LIMIT)
                .record()
                .request()
                .orElseThrow();
        assertThat(upgrade.query()).containsEntry("ED", "AQID");
        assertThat(upgrade.header("origin")).contains("https://web.whatsapp.com");
    }

    @Test
    void endsAConnectionThatSendsGarbageInsteadOfAnIntro() {
        try (TestClient client = TestClient.open(whatsApp.server())) {
            client.sendBytes("hello server".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.awaitEnd().code()).isEqualTo(1002);
        }
        assertThat(whatsApp.server().recording().failures()).hasSize(1);
    }

    @Test
    void endsAConnectionWhoseHandshakeMessageIsNone() {
        try (TestClient client = TestClient.open(whatsApp.server())) {
            client.sendFrame(new byte[] {1, 2, 3});
            assertThat(client.awaitEnd().code()).isEqualTo(1002);
        }
        assertThat(whatsApp.server().recording().failures().get(0).cause()).isPresent();
    }

    @Test
    void endsAConnectionWhoseFrameDoesNotDecrypt() {
        try (TestClient client = Linked.by(whatsApp.server().phone("4915100000001"), whatsApp.server())
                .login(whatsApp.server())) {
            client.sendFrame(new byte[64]);
            assertThat(client.awaitEnd().code()).isEqualTo(1002);
        }
    }

    @Test
    void saysNotWellFormedWhenAStanzaCannotBeDecoded() {
        try (TestClient client = Linked.by(whatsApp.server().phone("4915100000001"), whatsApp.server())
                .login(whatsApp.server())) {
            client.sendPlaintext(new byte[] {0, (byte) 0xf8, 3, 1});
            assertThat(client.take(StanzaMatch.tag("stream:error")).child("xml-not-well-formed"))
                    .isPresent();
            client.awaitEnd();
        }
    }

    @Test
    void endsAConnectionThatSendsText() {
        try (TestClient client = TestClient.open(whatsApp.server())) {
            client.sendText("<stream>");
            assertThat(client.awaitEnd().code()).isEqualTo(1003);
        }
    }

    @Test
    void takesAHandshakeThatComesInPiecesOfOneByte() {
        try (TestClient client = TestClient.open(whatsApp.server())) {
            client.splitInto(1);
            client.shakeHands(whatsApp.server(), NewCredentials.generate(TestClient.RANDOM));
            client.take(StanzaMatch.tag("iq").child("pair-device"));
        }
    }

    @Test
    void tellsWhoEndedAConnection() {
        LocalWhatsAppServer server = whatsApp.server();
        TestClient inOrder = TestClient.open(server);
        ServerConnection first = server.awaitConnection(1, TestClient.LIMIT);
        inOrder.close();
        server.awaitClosed(first, TestClient.LIMIT);
        assertThat(first.record().end().orElseThrow()).isEqualTo(new LinkEnd(LinkEnd.By.CLIENT, 1000, ""));

        TestClient dropped = TestClient.open(server);
        ServerConnection second = server.awaitConnection(2, TestClient.LIMIT);
        dropped.abort();
        server.awaitClosed(second, TestClient.LIMIT);
        assertThat(second.record().end().orElseThrow().code()).isEqualTo(1006);
        assertThat(second.record().end().orElseThrow().by()).isNotEqualTo(LinkEnd.By.SERVER);
    }

    @Test
    void bigStanzasGoThroughInBothDirections() {
        LocalWhatsAppServer server = whatsApp.server();
        Linked linked = Linked.by(server.phone("4915100000001"), server);
        byte[] big = new byte[3_000_000];
        TestClient.RANDOM.nextBytes(big);
        try (TestClient client = linked.goActive(server)) {
            client.send(Node.builder("presence").bytes(big).build());
            assertThat(server.takeStanza("presence", TestClient.LIMIT)
                            .node()
                            .bytes()
                            .orElseThrow())
                    .isEqualTo(big);
            server.awaitOpen(TestClient.LIMIT)
                    .send(Node.builder("notification").bytes(big).build());
            assertThat(client.take(StanzaMatch.tag("notification")).bytes().orElseThrow())
                    .isEqualTo(big);
        }
    }

    @Test
    void closeLeavesNoThreadNoSocketAndIsDoneTwiceWithoutHarm() {
        LocalWhatsAppServer server = LocalWhatsAppServer.start();
        String name = "localserver-" + server.port();
        assertThat(threads()).contains(name);
        try (TestClient client =
                Linked.by(server.phone("4915100000001"), server).goActive(server)) {
            server.awaitOpen(TestClient.LIMIT);
            server.close();
            server.close();
            assertThat(client.awaitEnd().code()).isIn(1001, 1006);
        }
        assertThat(threads()).doesNotContain(name);
        assertThat(server.recording().all()).noneMatch(connection -> connection.isLive());
        assertThat(server.recording().all().get(1).reached(Moment.OPEN)).isTrue();
        assertThatThrownBy(() -> new Socket("127.0.0.1", server.port()).close()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> server.phone("4915100000001"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the server is closed");
    }

    @Test
    void saysThatAPortIsTaken() {
        int port = whatsApp.server().port();
        assertThatThrownBy(() -> LocalWhatsAppServer.builder().port(port).start())
                .hasMessageContaining("could not listen on 127.0.0.1:" + port);
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).collect(Collectors.toSet());
    }

    private String request(String text) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", whatsApp.server().port())) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static String head(InputStream input) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = input.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }
}
