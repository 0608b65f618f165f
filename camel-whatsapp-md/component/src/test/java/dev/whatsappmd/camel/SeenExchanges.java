package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.awaitility.Awaitility;

/** Every exchange that comes by, for {@code process: { ref: seen }} in a route. */
final class SeenExchanges implements Processor {
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

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

        boolean hasQr() {
            return headers.containsKey(WhatsAppMdConstants.QR);
        }

        boolean hasCode() {
            return headers.containsKey(WhatsAppMdConstants.PAIRING_CODE);
        }

        /** Whether all that was kept for the device has been taken in. */
        boolean hasReceivedAll() {
            return Boolean.TRUE.equals(header(WhatsAppMdConstants.RECEIVED_PENDING_NOTIFICATIONS));
        }
    }

    @Override
    public void process(Exchange exchange) {
        seen.add(new Seen(
                exchange.getUnitOfWork().getRoute().getRouteId(),
                new HashMap<>(exchange.getMessage().getHeaders()),
                new HashMap<>(exchange.getProperties()),
                exchange.getMessage().getBody(),
                exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)));
    }

    /** In the order they came. */
    List<Seen> all() {
        return seen;
    }

    Seen await(String what, Predicate<Seen> wanted) {
        return await(what, 1, wanted);
    }

    Seen await(String what, int nth, Predicate<Seen> wanted) {
        Awaitility.await()
                .atMost(RunningRoutes.LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(seen.stream().filter(wanted).count())
                        .as("%s among %s", what, seen.stream().map(Seen::body).toList())
                        .isGreaterThanOrEqualTo(nth));
        return seen.stream().filter(wanted).skip(nth - 1L).findFirst().orElseThrow();
    }

    Seen awaitQr() {
        return await("a QR code", Seen::hasQr);
    }

    Seen awaitClose(int code) {
        return await("close " + code, one -> one.closes(code));
    }

    void awaitReceived(int nth) {
        await("all that was pending", nth, Seen::hasReceivedAll);
    }

    /** What they said in short. */
    List<String> story() {
        return seen.stream().map(SeenExchanges::inShort).toList();
    }

    /** What those of this route said in short. */
    List<String> story(String route) {
        return seen.stream()
                .filter(one -> one.route().equals(route))
                .map(SeenExchanges::inShort)
                .toList();
    }

    void awaitReceived(String route, int nth) {
        await("all that was pending, told to " + route, nth, one -> one.route().equals(route) && one.hasReceivedAll());
    }

    private static String inShort(Seen one) {
        if (one.state() != null) {
            Object code = one.header(WhatsAppMdConstants.DISCONNECT_CODE);
            return code == null ? one.state() : one.state() + " " + code;
        }
        if (one.hasQr()) {
            return "qr";
        }
        if (one.hasCode()) {
            return "code";
        }
        if (one.headers.containsKey(WhatsAppMdConstants.IS_NEW_LOGIN)) {
            return "isNewLogin";
        }
        return one.headers.containsKey(WhatsAppMdConstants.IS_ONLINE) ? "isOnline" : "receivedPendingNotifications";
    }
}
