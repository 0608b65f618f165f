package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.SessionStatus;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Camel with two consumers of the session {@code sales}: {@code bridged}, whose handlers are told by class what ended the
 * connection, and {@code plain}, to which every close is a normal exchange.
 */
final class TwoRoutes extends RouteBuilder implements AutoCloseable {
    private static final List<Class<? extends DisconnectedException>> CLASSES = List.of(
            LoggedOutException.class,
            ConnectionReplacedException.class,
            AccountRestrictedException.class,
            UntrustedServerException.class,
            DisconnectedException.class);

    private final String options;
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final List<Told> told = new CopyOnWriteArrayList<>();

    /**
     * An exchange at the moment it came by.
     *
     * @param handler the class whose handler got it; null for the route itself
     */
    record Told(
            String route,
            @Nullable Class<?> handler,
            ConnectionUpdate update,
            Map<String, Object> headers,
            @Nullable Throwable exception) {
        boolean is(String state, long generation) {
            return state.equals(headers.get(WhatsAppMdConstants.CONNECTION_STATE)) && update.generation() == generation;
        }
    }

    /** @param options of the session beside those, as in a URI: {@code &name=value&...} */
    TwoRoutes(LocalWhatsAppServer server, Path directory, String options) {
        this.options = "storeDirectory=" + directory + options;
        context.disableJMX();
        WhatsAppMdConfiguration shared = component().getConfiguration();
        shared.setServerUrl(server.url());
        shared.setServerRootKey(server.rootKeyHex());
        shared.setReconnectDelay(Duration.ofMillis(20));
    }

    @Override
    public void configure() {
        CLASSES.forEach(type -> onException(type).handled(true).process(tell(type)));
        from("whatsappmd:sales?bridgeErrorHandler=true&" + options)
                .routeId("bridged")
                .process(tell(null));
        from("whatsappmd:sales?events=connection&" + options).routeId("plain").process(tell(null));
    }

    private Processor tell(@Nullable Class<?> handler) {
        return exchange -> told.add(new Told(
                exchange.getFromRouteId(),
                handler,
                exchange.getMessage().getBody(ConnectionUpdate.class),
                new HashMap<>(exchange.getMessage().getHeaders()),
                exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)));
    }

    TwoRoutes start() throws Exception {
        context.addRoutes(this);
        context.start();
        return this;
    }

    @Override
    public void close() {
        context.stop();
    }

    private WhatsAppMdComponent component() {
        return context.getComponent("whatsappmd", WhatsAppMdComponent.class);
    }

    SessionStatus status() {
        return component()
                .sessions()
                .find("sales")
                .flatMap(SharedSession::status)
                .orElseThrow();
    }

    /** What both were told so far, in the order it came. */
    List<Told> told() {
        return told;
    }

    List<Told> told(String route) {
        return told.stream().filter(one -> one.route().equals(route)).toList();
    }

    /** Waits until each of both has been told this. */
    void awaitBoth(String what, Predicate<Told> wanted) {
        await("bridged", what, wanted);
        await("plain", what, wanted);
    }

    Told await(String route, String what, Predicate<Told> wanted) {
        Awaitility.await()
                .atMost(RunningRoutes.LIMIT)
                .pollInterval(Duration.ofMillis(2))
                .pollDelay(Duration.ZERO)
                .untilAsserted(() -> assertThat(told(route))
                        .as("%s, told to %s", what, route)
                        .anyMatch(wanted));
        return told(route).stream().filter(wanted).findFirst().orElseThrow();
    }
}
