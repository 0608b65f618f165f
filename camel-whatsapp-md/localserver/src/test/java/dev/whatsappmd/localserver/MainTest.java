package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The server by hand: arguments, commands, and codes found in the input. */
class MainTest {
    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void printsTheOptionsThatARouteNeedsAndEndsWithItsInput(@TempDir Path folder) throws Exception {
        Path properties = folder.resolve("local.properties");

        run("help\nstatus\nquit\n", "--phone", "4915100000007", "--properties", properties.toString());

        assertThat(printed())
                .contains("4915100000007")
                .containsPattern("serverUrl: ws://127\\.0\\.0\\.1:\\d+/ws/chat")
                .containsPattern("serverRootKey: [0-9a-f]{64}")
                .containsPattern("whatsappmd:demo\\?serverUrl=ws://\\S+&serverRootKey=[0-9a-f]{64}")
                .contains("scan <text of a code>")
                .contains("no connection at all")
                .endsWith("Server closed." + System.lineSeparator());
        assertThat(Files.readString(properties))
                .contains("camel.component.whatsappmd.server-url=ws://127.0.0.1:")
                .contains("camel.component.whatsappmd.server-root-key=");
    }

    @Test
    void saysWhichArgumentIsWrong() {
        assertThatThrownBy(() -> run("", "--colour")).hasMessage("unknown option --colour");
        assertThatThrownBy(() -> run("", "--port")).hasMessage("--port needs a value");
        assertThatThrownBy(() -> run("", "--port", "many")).hasMessage("--port needs a number, not many");
        assertThatThrownBy(() -> run("", "--phone", "0151")).hasMessageContaining("international digits");
        run("", "--help");
        assertThat(printed()).contains("usage:");
    }

    @Test
    void autoScanLinksACodeInTheMiddleOfALogLine() throws Exception {
        LocalWhatsAppServer server = whatsApp.server();
        SimulatedPhone phone = server.phone("4915100000001");
        Console console = new Console(server, phone, true, out);
        Credentials credentials = NewCredentials.generate(TestClient.RANDOM);
        try (TestClient client = TestClient.connect(server, credentials)) {
            String code = Linked.codes(client, credentials).get(0);
            CompletableFuture<Boolean> scanning = CompletableFuture.supplyAsync(
                    () -> console.execute("12:00:01 INFO route1 - Qr is \"" + code + "\", scan it"));
            Node success = client.take(StanzaMatch.tag("iq").child("pair-success"));
            client.send(Linked.accepted(success, credentials).reply());
            assertThat(scanning.get(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(printed()).contains("Linked as device 1.");
        assertThat(console.execute("12:00:02 INFO route1 - nothing here")).isTrue();
        assertThat(printed()).doesNotContain("no command");
    }

    @Test
    void commandsReachTheClient() {
        LocalWhatsAppServer server = whatsApp.server();
        SimulatedPhone phone = server.phone("4915100000001");
        Linked linked = Linked.by(phone, server);
        Console console = new Console(server, phone, false, out);
        try (TestClient client = linked.goActive(server)) {
            console.execute("conflict");
            assertThat(client.take(StanzaMatch.tag("stream:error")).child("conflict"))
                    .isPresent();
        }
        server.awaitAllClosed(TestClient.LIMIT);
        console.execute("failure 403");
        try (TestClient client = TestClient.connect(server, linked.credentials())) {
            assertThat(client.take(StanzaMatch.tag("failure")).attribute("reason"))
                    .contains("403");
        }
        try (TestClient client = linked.goActive(server)) {
            console.execute("close 503");
            assertThat(client.take(StanzaMatch.tag("stream:error")).attribute("code"))
                    .contains("503");
        }
        try (TestClient client = linked.goActive(server)) {
            console.execute("ping");
            client.take(StanzaMatch.iq("get", "urn:xmpp:ping"));
            console.execute("remove 1");
            assertThat(client.take(StanzaMatch.tag("stream:error")).attribute("code"))
                    .contains("401");
        }
        console.execute("close");
        console.execute("dance");
        console.execute("scan 2@abc");
        console.execute("remove 7");
        console.execute("code");
        console.execute("code ABCD-1234");
        assertThat(printed())
                .contains("! a pairing code is 8 letters or digits")
                .contains("! no client shows a code for this phone")
                .contains("stream:error 503 for 1 connection.")
                .contains("! a number is missing, like: close 503")
                .contains("! no command dance; try help")
                .contains("! not the text of a linking QR code")
                .contains("! no device 7 is linked");
        assertThat(phone.devices()).isEmpty();
    }

    private void run(String input, String... arguments) {
        Main.run(arguments, new BufferedReader(new StringReader(input)), out);
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
