package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.SimulatedPhone;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * A server, and the session {@code sales} that was linked with it a month ago: once for a class of tests, each of which
 * takes a copy of its store instead of linking again.
 */
final class LinkedSales implements AutoCloseable {
    private static final String ROUTE = """
            - route:
                id: sales
                from: { uri: "whatsappmd:sales", steps: [ { process: { ref: seen } } ] }
            """;

    final LocalWhatsAppServer server = LocalWhatsAppServer.start();
    final SimulatedPhone phone;
    final LinkedDevice device;
    final StoredLink stored;
    private final Path directory;
    private int copies;

    /** @param directory where the copies are made */
    LinkedSales(Path directory) throws Exception {
        this.directory = directory;
        Path first = directory.resolve("linked");
        try (RunningRoutes routes = RunningRoutes.onServer(server, first)) {
            phone = routes.phone;
            device = routes.start(ROUTE).link();
        }
        stored = new StoredLink(first).pairedAt(Instant.now().minus(Duration.ofDays(30)));
    }

    /** The same device in a directory of its own. Only one of all copies can be on line at a time. */
    StoredLink copy() {
        try {
            return stored.copyTo(unused());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A directory that is not there yet: for a device that was never linked. */
    synchronized Path unused() {
        copies++;
        return directory.resolve("copy" + copies);
    }

    /** Routes that run this session. */
    RunningRoutes routes() {
        return RunningRoutes.onServer(server, copy().directory());
    }

    /** As {@link #routes}, with Camel's management on. */
    RunningRoutes managedRoutes() {
        return RunningRoutes.managed(server, copy().directory());
    }

    @Override
    public void close() {
        server.awaitAllClosed(RunningRoutes.LIMIT);
        server.close();
        assertThat(server.internalFailures()).isEmpty();
        assertThat(server.recording().failures()).isEmpty();
    }
}
