package dev.whatsappmd.localserver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.localserver.LocalWhatsAppServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Looks for what a stopped client must not leave behind. */
final class LeftOvers {
    private static final List<String> SOCKET_TABLES = List.of("/proc/self/net/tcp", "/proc/self/net/tcp6");
    /** ESTABLISHED, SYN_SENT and CLOSE_WAIT: somebody in this process still holds the socket. */
    private static final List<String> HELD = List.of("01", "02", "08");

    private LeftOvers() {}

    /** No thread of a transport, whoever started it. */
    static void assertNoThread() {
        await().atMost(RunningClient.LIMIT)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("WebSocket")));
    }

    /** No socket that a client holds open to this server; looked for where the system has a table of them (Linux). */
    static void assertNoSocketTo(LocalWhatsAppServer server) {
        String port = String.format(Locale.ROOT, ":%04X", server.port());
        await().atMost(RunningClient.LIMIT).untilAsserted(() -> assertThat(SOCKET_TABLES.stream()
                        .flatMap(LeftOvers::lines)
                        .map(line -> line.strip().split("\\s+"))
                        .filter(fields -> fields.length > 3 && fields[2].endsWith(port) && HELD.contains(fields[3])))
                .as("sockets to port %s", server.port())
                .isEmpty());
    }

    private static Stream<String> lines(String table) {
        try {
            return Files.exists(Path.of(table)) ? Files.readAllLines(Path.of(table)).stream() : Stream.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
