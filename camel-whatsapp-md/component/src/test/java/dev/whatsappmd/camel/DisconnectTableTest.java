package dev.whatsappmd.camel;

import static dev.whatsappmd.camel.WhatsAppMdConstants.CONNECTION_STATE;
import static dev.whatsappmd.camel.WhatsAppMdConstants.DISCONNECT_CODE;
import static dev.whatsappmd.camel.WhatsAppMdConstants.DISCONNECT_KIND;
import static dev.whatsappmd.camel.WhatsAppMdConstants.DISCONNECT_ORIGIN;
import static dev.whatsappmd.camel.WhatsAppMdConstants.DISCONNECT_REASON;
import static dev.whatsappmd.camel.WhatsAppMdConstants.QR;
import static dev.whatsappmd.camel.WhatsAppMdConstants.RECEIVED_PENDING_NOTIFICATIONS;
import static dev.whatsappmd.camel.WhatsAppMdConstants.RECONNECT_ACTION;
import static dev.whatsappmd.camel.WhatsAppMdConstants.RECONNECT_ATTEMPT;
import static dev.whatsappmd.camel.WhatsAppMdConstants.RECONNECT_DELAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.camel.TableRow.End;
import dev.whatsappmd.camel.TableRow.Phase;
import dev.whatsappmd.camel.TwoRoutes.Told;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every end that the server can bring about, in every phase of a session, as two routes of one context hear of it: exactly
 * one close each, with the headers, the exception, the action and the delay of the table; and after each the same stored
 * identity logs in again.
 */
class DisconnectTableTest {
    private static final Duration LIMIT = RunningRoutes.LIMIT;
    private static final Set<String> NOT_FOR_LOGS =
            Set.of("appeal_token", "url", "message", "logout_message_header", "logout_message_subtext");

    private static final AtomicInteger NOTIFICATIONS = new AtomicInteger();

    @TempDir
    private static Path directory;

    private static LinkedSales sales;
    private static LocalWhatsAppServer server;
    private static StoredLink.Identity identity;

    @BeforeAll
    static void linkOnce() throws Exception {
        sales = new LinkedSales(directory);
        server = sales.server;
        identity = sales.stored.identity();
    }

    @AfterAll
    static void stop() {
        sales.close();
    }

    static Stream<Arguments> cells() {
        return TableRows.all().stream()
                .flatMap(row -> row.ends().keySet().stream().map(phase -> Arguments.of(row, phase)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("cells")
    void endsAsTheTableSays(TableRow row, Phase phase) throws Exception {
        End end = row.ends().get(phase);
        StoredLink stored = Phase.LINKED.contains(phase) ? sales.copy() : new StoredLink(sales.unused());
        List<Told> story;
        try (TwoRoutes routes =
                new TwoRoutes(server, stored.directory(), row.options().replace("SERVER", url()))) {
            bringAbout(row, phase, routes);
            routes.awaitBoth("the close", one -> one.is("close", 1));
            if (row.comesBack(phase)) {
                routes.awaitBoth("the next connection", one -> one.update().generation() > 1 && isBack(one, phase));
            } else if (!row.lasts() || end.delay() == null) {
                assertThat(routes.status().phase()).isEqualTo(end.phase());
            }
            story = routes.told();
        }
        for (String route : List.of("bridged", "plain")) {
            isToldOnceAndInOrder(row, phase, story, route);
        }
        Credentials after = stored.credentials();
        assertThat(after.revocation().map(Credentials.Revocation::code))
                .isEqualTo(end.revokes(phase) ? Optional.of(end.code()) : Optional.empty());
        isSameIdentity(after, story, phase);
        if (!row.comesBack(phase)) {
            // A start of the routes is the way out of a stop, a park and a long wait.
            try (TwoRoutes routes = new TwoRoutes(server, stored.directory(), "").start()) {
                routes.awaitBoth("the connection after a restart", one -> isBack(one, phase));
            }
            after = stored.credentials();
            isSameIdentity(after, story, phase);
            assertThat(after.revocation()).isEmpty();
        }
        sales.device.awaitNothingOwed(LIMIT);
    }

    private static String url() {
        return "ws://127.0.0.1:" + server.port();
    }

    private static boolean isBack(Told one, Phase phase) {
        return phase == Phase.PAIRING ? one.headers().containsKey(QR) : hasReceivedAll(one);
    }

    private static void isToldOnceAndInOrder(TableRow row, Phase phase, List<Told> story, String route) {
        End end = row.ends().get(phase);
        List<Told> told =
                story.stream().filter(one -> one.route().equals(route)).toList();
        assertThat(told.stream().filter(one -> one.is("close", 1)))
                .as("closes told to %s", route)
                .hasSize(1);
        List<String> states = told.stream()
                .filter(one -> one.headers().containsKey(CONNECTION_STATE))
                .map(one ->
                        one.headers().get(CONNECTION_STATE) + " " + one.update().generation())
                .toList();
        assertThat(states).as("states told to %s", route).startsWith("connecting 1");
        if (row.comesBack(phase)) {
            assertThat(states).containsSubsequence("close 1", "connecting 2");
        } else if (!row.lasts()) {
            assertThat(states).endsWith("close 1");
        }
        Told close = told.stream().filter(one -> one.is("close", 1)).findFirst().orElseThrow();
        saysWhy(close, row, end);
        boolean fails = route.equals("bridged") && end.exception() != null;
        assertThat(close.handler()).as("the handler of %s", route).isEqualTo(fails ? end.exception() : null);
        if (fails) {
            assertThat(close.exception()).isExactlyInstanceOf(end.exception());
            DisconnectedException exception = (DisconnectedException) close.exception();
            assertThat(exception.getStatusCode()).isEqualTo(end.code());
            assertThat(exception.getReason()).isEqualTo(end.reason());
            assertThat(exception.getKind()).hasToString(end.kind());
            assertThat(exception.getAction()).isEqualTo(end.action());
            assertThat(exception.getUpdate()).isSameAs(close.update());
        } else {
            assertThat(close.exception()).isNull();
        }
    }

    private static void saysWhy(Told close, TableRow row, End end) {
        assertThat(close.headers())
                .containsEntry(DISCONNECT_CODE, end.code())
                .containsEntry(DISCONNECT_REASON, end.reason())
                .containsEntry(DISCONNECT_ORIGIN, end.origin())
                .containsEntry(DISCONNECT_KIND, end.kind())
                .containsEntry(RECONNECT_ACTION, end.action())
                .containsEntry(RECONNECT_ATTEMPT, end.delay() == null ? 0 : 1);
        if (end.delay() == null) {
            assertThat(close.headers()).doesNotContainKey(RECONNECT_DELAY);
        } else {
            assertThat((Long) close.headers().get(RECONNECT_DELAY))
                    .isBetween(end.delay().least(), end.delay().most());
        }
        LastDisconnect last = close.update().lastDisconnect();
        assertThat(last.error().message()).isNotBlank();
        if (row.fault() instanceof ServerClose.Stanza said
                && List.of("stream", "failure").contains(end.origin())) {
            assertThat(last.error().data())
                    .as("what the server said, kept")
                    .containsAllEntriesOf(said.stanza().attributes());
            said.stanza().attributes().entrySet().stream()
                    .filter(attribute -> NOT_FOR_LOGS.contains(attribute.getKey()))
                    .forEach(attribute -> assertThat(saidToPeople(close))
                            .as(attribute.getKey())
                            .noneMatch(told -> told.contains(attribute.getValue())));
        }
    }

    /** What goes into logs. */
    private static List<String> saidToPeople(Told close) {
        return Stream.of(
                        close.update().lastDisconnect().error().message(),
                        String.valueOf(close.exception()),
                        close.update().toString())
                .toList();
    }

    private static void isSameIdentity(Credentials stored, List<Told> story, Phase phase) {
        if (Phase.LINKED.contains(phase)) {
            assertThat(StoredLink.Identity.of(stored)).isEqualTo(identity);
        } else {
            String shown = (String) story.stream()
                    .filter(one -> one.headers().containsKey(QR))
                    .findFirst()
                    .orElseThrow()
                    .headers()
                    .get(QR);
            assertThat(StoredLink.keysForQr(stored))
                    .as("the keys of the first code")
                    .isEqualTo(StoredLink.keysOfQr(shown));
            assertThat(stored.account().isPresent()).isEqualTo(phase == Phase.PAIRED);
        }
    }

    private static void bringAbout(TableRow row, Phase phase, TwoRoutes routes) throws Exception {
        switch (phase) {
            case BEFORE_LOGIN -> {
                if (row.fault() != null) {
                    Moment first = row.fault().fits(Moment.HELLO) ? Moment.HELLO : Moment.UPGRADE;
                    server.script().onNext(first, row.fault());
                }
            }
            case LOGIN -> server.script().onNext(Moment.LOGIN, row.fault());
            case PAIRED -> server.script().onNext(Moment.PAIRED, row.fault());
            case CATCHING_UP -> {
                sales.device.deliver(notification());
                server.script().onNext(Moment.ACTIVE, row.fault());
            }
            case PAIRING, OPEN -> {
                // Now, when the routes have been told so.
            }
        }
        routes.start();
        switch (phase) {
            case PAIRED -> scan(routes);
            case PAIRING -> {
                routes.awaitBoth("a QR code", one -> one.headers().containsKey(QR));
                server.inflict(row.fault());
            }
            case OPEN -> {
                routes.awaitBoth("all that was pending", DisconnectTableTest::hasReceivedAll);
                server.inflict(row.fault());
            }
            case BEFORE_LOGIN, LOGIN, CATCHING_UP -> {
                // By itself, as the script says.
            }
        }
    }

    private static Node notification() {
        return Node.builder("notification")
                .attribute("from", "4915100000009@s.whatsapp.net")
                .attribute("type", "picture")
                .attribute("id", "waits-" + NOTIFICATIONS.incrementAndGet())
                .build();
    }

    private static LinkedDevice scan(TwoRoutes routes) {
        Told shown = routes.await("plain", "a QR code", one -> one.headers().containsKey(QR));
        return sales.phone.scan((String) shown.headers().get(QR));
    }

    private static boolean hasReceivedAll(Told one) {
        return Boolean.TRUE.equals(one.headers().get(RECEIVED_PENDING_NOTIFICATIONS));
    }
}
