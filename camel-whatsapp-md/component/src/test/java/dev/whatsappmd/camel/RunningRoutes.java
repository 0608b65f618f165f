package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.camel.SeenExchanges.Seen;
import dev.whatsappmd.engine.event.SessionStatus;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.SimulatedPhone;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** Camel with routes from YAML text, a server and a phone; every exchange that comes to {@code process: {ref: seen}}. */
final class RunningRoutes implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(20);

    final LocalWhatsAppServer server;
    final SimulatedPhone phone;
    final DefaultCamelContext context = new DefaultCamelContext();
    final SeenExchanges exchanges = new SeenExchanges();
    final List<Seen> seen = exchanges.all();
    private final boolean ownsServer;

    /** On a server of their own, which is closed with them. */
    RunningRoutes(LocalWhatsAppServer server, Path directory) {
        this(server, directory, true);
        unmanaged();
    }

    /** On a server that others use too, one after the other. */
    static RunningRoutes onServer(LocalWhatsAppServer server, Path directory) {
        return new RunningRoutes(server, directory, false).unmanaged();
    }

    /** As {@link #onServer}, with Camel's management on. */
    static RunningRoutes managed(LocalWhatsAppServer server, Path directory) {
        return new RunningRoutes(server, directory, false);
    }

    private RunningRoutes unmanaged() {
        context.disableJMX();
        return this;
    }

    private RunningRoutes(LocalWhatsAppServer server, Path directory, boolean ownsServer) {
        this.server = server;
        this.ownsServer = ownsServer;
        this.phone = server.phone("4915100000001");
        WhatsAppMdConfiguration options = component().getConfiguration();
        options.setServerUrl(server.url());
        options.setServerRootKey(server.rootKeyHex());
        options.setStoreDirectory(directory.toString());
        options.setReconnectDelay(Duration.ofMillis(20));
        options.setReconnectJitter(0.0);
        context.getRegistry().bind("seen", exchanges);
    }

    WhatsAppMdComponent component() {
        return context.getComponent("whatsappmd", WhatsAppMdComponent.class);
    }

    /** Loads routes and starts Camel if it has not been. */
    RunningRoutes start(String yaml) throws Exception {
        PluginHelper.getRoutesLoader(context)
                .loadRoutes(ResourceHelper.fromString("test" + Math.abs(yaml.hashCode()) + ".yaml", yaml));
        context.start();
        return this;
    }

    /** Scans the first code that comes and waits until the session has opened and taken in what was kept for it. */
    LinkedDevice link() {
        LinkedDevice device = phone.scan((String) exchanges.awaitQr().header(WhatsAppMdConstants.QR));
        awaitReceived(1);
        return device;
    }

    Seen await(String what, Predicate<Seen> wanted) {
        return exchanges.await(what, wanted);
    }

    Seen await(String what, int nth, Predicate<Seen> wanted) {
        return exchanges.await(what, nth, wanted);
    }

    Seen awaitClose(int code) {
        return exchanges.awaitClose(code);
    }

    void awaitReceived(int nth) {
        exchanges.awaitReceived(nth);
    }

    /** Waits for the session's finer state. */
    SessionStatus awaitPhase(String phase) {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertThat(status().phase())
                .isEqualTo(phase));
        return status();
    }

    SessionStatus status() {
        return component()
                .sessions()
                .find("sales")
                .flatMap(SharedSession::status)
                .orElseThrow();
    }

    /** What the connection exchanges said in short, in their order. */
    List<String> story() {
        return exchanges.story();
    }

    /** What the connection exchanges of this route said in short, in their order. */
    List<String> story(String route) {
        return exchanges.story(route);
    }

    /** The threads that belong to sessions. */
    static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.contains("WhatsAppMd") || name.startsWith("WebSocket"))
                .collect(Collectors.toSet());
    }

    private static org.awaitility.core.ConditionFactory await() {
        return org.awaitility.Awaitility.await();
    }

    @Override
    public void close() {
        context.stop();
        server.awaitAllClosed(LIMIT);
        if (ownsServer) {
            server.close();
            assertThat(server.internalFailures()).isEmpty();
        }
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(threads())
                .as("threads after the context's stop")
                .isEmpty());
    }
}
