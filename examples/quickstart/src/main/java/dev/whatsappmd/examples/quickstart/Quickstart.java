package dev.whatsappmd.examples.quickstart;

import dev.whatsappmd.examples.quickstart.Timeline.Entry;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.SimulatedPhone;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.camel.main.Main;

/**
 * Runs the route of {@code camel/quickstart.camel.yaml} against a local server and a simulated phone: paired by QR,
 * opened, thrown out in three ways. Ends by itself.
 */
public final class Quickstart {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final PrintStream out;
    private final Timeline timeline;

    Quickstart(PrintStream out) {
        this.out = out;
        this.timeline = new Timeline(out);
    }

    public static void main(String[] args) throws Exception {
        PrintStream utf8 = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(utf8);
        new Quickstart(utf8).run();
    }

    Timeline run() throws Exception {
        Path store = Files.createTempDirectory("whatsappmd-quickstart");
        try (LocalWhatsAppServer server = LocalWhatsAppServer.start()) {
            out.println("A local WhatsApp Multi-Device server listens on " + server.url());
            out.println("No account is needed, and nothing leaves this machine.");
            out.println();
            Main camel = new Main();
            camel.addInitialProperty("quickstart.server-url", server.url());
            camel.addInitialProperty("quickstart.server-root-key", server.rootKeyHex());
            camel.addInitialProperty("quickstart.store", store.toString());
            camel.bind("timeline", timeline);
            camel.start();
            try {
                play(server);
            } finally {
                camel.stop();
            }
            summarize();
            return timeline;
        } finally {
            delete(store);
        }
    }

    private void play(LocalWhatsAppServer server) throws InterruptedException {
        SimulatedPhone phone = server.phone("4915100000001");
        Entry code = timeline.await("QR code", 0, LIMIT, entry -> entry.qr().isPresent());
        timeline.note("▶ the simulated phone scans the code");
        LinkedDevice device = phone.scan(code.qr().orElseThrow());
        awaitOpen(0);

        int before = timeline.mark();
        timeline.note("▶ the server says 503: it has trouble of its own");
        server.closeWith(ServerClose.streamError(503));
        awaitOpen(before);

        before = timeline.mark();
        timeline.note("▶ another connection of this device takes over: 440");
        server.closeWith(ServerClose.conflict("replaced"));
        awaitOpen(before);

        before = timeline.mark();
        timeline.note("▶ the user removes this device on the phone: 401");
        phone.removeDevice(device);
        timeline.await("close", before, LIMIT, entry -> entry.is("close"));
    }

    private void awaitOpen(int after) throws InterruptedException {
        timeline.await("caught up", after, LIMIT, Entry::pendingReceived);
        timeline.await("presence", after, LIMIT, entry -> entry.online().isPresent());
    }

    private void summarize() {
        out.println();
        out.println("What ended the connection, what it meant, what was done:");
        for (Entry close : timeline.closes()) {
            out.printf(
                    Locale.ROOT,
                    "  %-4d %-20s %-20s %-8s %s%n",
                    close.code().orElse(0),
                    close.reason(),
                    close.kind(),
                    close.action(),
                    timeline.openAgainAfter(close)
                            .map(seconds -> String.format(Locale.ROOT, "open again after %.1f s", seconds))
                            .orElse("stays closed until somebody asks"));
        }
        out.println("One scan, one identity, kept through all of it. The route: examples/quickstart/src/main/resources/"
                + "camel/quickstart.camel.yaml");
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
