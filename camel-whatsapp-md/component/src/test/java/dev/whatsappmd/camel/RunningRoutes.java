package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.SessionStatus;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.SimulatedPhone;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** Camel with routes from YAML text, a server and a phone; every exchange that comes to {@code process: {ref: seen}}. */
final class RunningRoutes implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(20);

    final LocalWhatsAppServer server;
    final SimulatedPhone phone;
    final DefaultCamelContext context = new DefaultCamelContext();
    final List<Seen> seen = new CopyOnWriteArrayList<>();

    /** An exchange at the moment it came by. */
    record Seen(
            String route, Map<String, Object> headers, Map<String, Object> properties, Object body, Throwable caught) {
        Object property(String name) {
            return properties.get(name);
        }

        Object header(String constant) {
            return headers.get(constant);
        }

        ConnectionUpdate update() {
            return (ConnectionUpdate) body;
        }

        String state() {
            return (String) header(WhatsAppMdConstants.CONNECTION_STATE);
        }

        boolean closes(int code) {
            return "close".equals(state())
                    && header(WhatsAppMdConstants.DISCONNECT_CODE).equals(code);
        }
    }

    RunningRoutes(LocalWhatsAppServer server, Path directory) {
        this.server = server;
        this.phone = server.phone("4915100000001");
        WhatsAppMdConfiguration options = component().getConfiguration();
        options.setServerUrl(server.url());
        options.setServerRootKey(server.rootKeyHex());
        options.setStoreDirectory(directory.toString());
        options.setReconnectDelay(Duration.ofMillis(20));
        options.setReconnectJitter(0.0);
        context.getRegistry().bind("seen", (Processor) this::see);
        context.disableJMX();
    }

    WhatsAppMdComponent component() {
        return context.getComponent("whatsappmd", WhatsAppMdComponent.class);
    }

    private void see(Exchange exchange) {
        seen.add(new Seen(
                exchange.getUnitOfWork().getRoute().getRouteId(),
                new HashMap<>(exchange.getMessage().getHeaders()),
                new HashMap<>(exchange.getProperties()),
                exchange.getMessage().getBody(),
                exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)));
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
        LinkedDevice device =
                phone.scan((String) await("a QR code", one -> one.headers.containsKey(WhatsAppMdConstants.QR))
                        .header(WhatsAppMdConstants.QR));
        awaitReceived(1);
        return device;
    }

    Seen await(String what, Predicate<Seen> wanted) {
        return await(what, 1, wanted);
    }

    Seen await(String what, int nth, Predicate<Seen> wanted) {
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertThat(
                        seen.stream().filter(wanted).count())
                .as("%s among %s", what, seen.stream().map(Seen::body).toList())
                .isGreaterThanOrEqualTo(nth));
        return seen.stream().filter(wanted).skip(nth - 1L).findFirst().orElseThrow();
    }

    Seen awaitClose(int code) {
        return await("close " + code, one -> one.closes(code));
    }

    void awaitReceived(int nth) {
        await(
                "all that was pending",
                nth,
                one -> Boolean.TRUE.equals(one.header(WhatsAppMdConstants.RECEIVED_PENDING_NOTIFICATIONS)));
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
        return seen.stream().map(RunningRoutes::inShort).toList();
    }

    private static String inShort(Seen one) {
        if (one.state() != null) {
            Object code = one.header(WhatsAppMdConstants.DISCONNECT_CODE);
            return code == null ? one.state() : one.state() + " " + code;
        }
        if (one.headers.containsKey(WhatsAppMdConstants.QR)) {
            return "qr";
        }
        if (one.headers.containsKey(WhatsAppMdConstants.IS_NEW_LOGIN)) {
            return "isNewLogin";
        }
        return one.headers.containsKey(WhatsAppMdConstants.IS_ONLINE) ? "isOnline" : "receivedPendingNotifications";
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
        server.close();
        assertThat(server.internalFailures()).isEmpty();
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(threads())
                .as("threads after the context's stop")
                .isEmpty());
    }
}
