package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.camel.SeenExchanges.Seen;
import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.SentMessage;
import dev.whatsappmd.localserver.SimulatedContact;
import dev.whatsappmd.localserver.SimulatedGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages of people with real Signal sessions, through routes that do well and routes that do not. */
class MessageExchangesTest {
    private static final String ROUTE = """
            - route:
                id: sales
                from:
                  uri: whatsappmd:sales
                  parameters: { events: "connection,message", maximumDeliveries: 2 }
                  steps:
                    - filter:
                        simple: "${header.CamelWhatsAppMdEvent} == 'message'"
                        steps: [ %s ]
            """;
    private static final String SEEN = "{ process: { ref: seen } }";
    private static final String ROUTE_STEP = ", { process: { ref: route } }";

    @TempDir
    Path directory;

    private static LocalWhatsAppServer server;

    @BeforeAll
    static void start() {
        server = LocalWhatsAppServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
        assertThat(server.internalFailures()).isEmpty();
    }

    /** A session that is linked and open, with these steps for messages. */
    private RunningRoutes running(String steps) throws Exception {
        return running(steps, exchange -> {});
    }

    /** As above; {@code route} is what the steps call by this name. */
    private RunningRoutes running(String steps, Processor route) throws Exception {
        RunningRoutes routes = RunningRoutes.onServer(server, directory);
        routes.phone.removeAllDevices();
        routes.context.getRegistry().bind("route", route);
        routes.start("""
                - route:
                    id: codes
                    from:
                      uri: whatsappmd:sales
                      parameters: { events: connection }
                      steps: [ { process: { ref: seen } } ]
                """ + ROUTE.formatted(steps));
        routes.link();
        return routes;
    }

    private static List<Seen> messages(RunningRoutes routes) {
        return routes.seen.stream()
                .filter(one -> one.body() instanceof MessageEvent)
                .toList();
    }

    private static List<String> texts(RunningRoutes routes) {
        return messages(routes).stream()
                .map(one -> ((MessageEvent) one.body()).content().text())
                .toList();
    }

    private static void awaitTexts(RunningRoutes routes, String... expected) {
        await().atMost(RunningRoutes.LIMIT)
                .untilAsserted(() -> assertThat(texts(routes)).containsExactly(expected));
    }

    private static void awaitPending(RunningRoutes routes, long pending, long failed) {
        await().atMost(RunningRoutes.LIMIT).untilAsserted(() -> {
            assertThat(routes.status().pendingDeliveries()).as("pending").isEqualTo(pending);
            assertThat(routes.status().failedDeliveries()).as("failed").isEqualTo(failed);
        });
    }

    @Test
    void aMessageIsOneExchangeWithItsHeaders() throws Exception {
        try (RunningRoutes routes = running(SEEN)) {
            SimulatedContact anna = routes.phone.contact("Anna");
            SentMessage sent = anna.writes("good morning");
            sent.awaitDelivered(RunningRoutes.LIMIT);
            awaitTexts(routes, "good morning");

            Seen seen = messages(routes).get(0);
            assertThat(seen.header(WhatsAppMdConstants.EVENT)).isEqualTo("message");
            assertThat(seen.header(WhatsAppMdConstants.SESSION_ID)).isEqualTo("sales");
            assertThat(seen.header(WhatsAppMdConstants.GENERATION)).isEqualTo(2L);
            assertThat(seen.header(WhatsAppMdConstants.MESSAGE_ID)).isEqualTo(sent.id());
            assertThat(seen.header(WhatsAppMdConstants.FROM_ME)).isEqualTo(false);
            assertThat(seen.header(WhatsAppMdConstants.MESSAGE_KIND)).isEqualTo("text");
            assertThat(seen.header(WhatsAppMdConstants.PUSH_NAME)).isEqualTo("Anna");
            assertThat(seen.header(WhatsAppMdConstants.REDELIVERED)).isEqualTo(false);
            assertThat(seen.header(WhatsAppMdConstants.OFFLINE)).isEqualTo(false);
            assertThat((String) seen.header(WhatsAppMdConstants.DELIVERY_ID)).hasSize(32);
            assertThat(List.of(anna.jid(), anna.lid())).contains((String) seen.header(WhatsAppMdConstants.SENDER));
            assertThat(routes.context.getTypeConverter().convertTo(String.class, seen.body()))
                    .contains("\"text\":\"good morning\"")
                    .contains("\"id\":\"" + sent.id() + "\"");
            awaitPending(routes, 0, 0);
        }
    }

    @Test
    void messagesOfAChatAndOfAGroupComeInTheirOrder() throws Exception {
        try (RunningRoutes routes = running(SEEN)) {
            SimulatedContact anna = routes.phone.contact("Anna");
            SimulatedGroup team = routes.phone.group("Team", anna, routes.phone.contact("Ben"));
            IntStream.rangeClosed(1, 20).forEach(i -> {
                if (i % 2 == 0) {
                    anna.writes("m" + i);
                } else {
                    anna.writesIn(team, "m" + i);
                }
            });
            awaitTexts(
                    routes, IntStream.rangeClosed(1, 20).mapToObj(i -> "m" + i).toArray(String[]::new));
            awaitPending(routes, 0, 0);
        }
    }

    @Test
    void aRouteThatFailsGetsItAgainAndThenItIsKeptUntilSomebodyAsks() throws Exception {
        AtomicInteger failing = new AtomicInteger(2);
        Processor fails = exchange -> {
            if (failing.getAndDecrement() > 0) {
                throw new IOException("not now");
            }
        };
        try (RunningRoutes routes = running(SEEN + ROUTE_STEP, fails)) {
            routes.phone.contact("Anna").writes("hello").awaitDelivered(RunningRoutes.LIMIT);
            awaitTexts(routes, "hello", "hello");
            awaitPending(routes, 0, 1);
            assertThat(messages(routes))
                    .extracting(one -> one.header(WhatsAppMdConstants.REDELIVERED))
                    .containsExactly(false, true);
            assertThat(messages(routes))
                    .extracting(one -> one.header(WhatsAppMdConstants.DELIVERY_ID))
                    .containsOnly(messages(routes).get(0).header(WhatsAppMdConstants.DELIVERY_ID));

            Object again = routes.context
                    .createProducerTemplate()
                    .requestBody("whatsappmd:sales?operation=redeliver", (Object) null);

            assertThat(again).isEqualTo(1L);
            awaitTexts(routes, "hello", "hello", "hello");
            awaitPending(routes, 0, 0);
        }
    }

    @Test
    void aHandledFailureCountsAsDone() throws Exception {
        try (RunningRoutes routes = running("""
                { doTry: {
                    steps: [ { process: { ref: seen } }, { throwException: { exceptionType: java.io.IOException, message: no } } ],
                    doCatch: [ { exception: [ java.io.IOException ], steps: [ { log: handled } ] } ] } }""")) {
            routes.phone.contact("Anna").writes("hello").awaitDelivered(RunningRoutes.LIMIT);
            awaitTexts(routes, "hello");
            awaitPending(routes, 0, 0);
        }
    }

    @Test
    void aRollbackThatIsOnlyMarkedIsNoCompletion() throws Exception {
        try (RunningRoutes routes = running(SEEN + ROUTE_STEP, exchange -> exchange.setRollbackOnly(true))) {
            routes.phone.contact("Anna").writes("hello").awaitDelivered(RunningRoutes.LIMIT);
            awaitTexts(routes, "hello", "hello");
            awaitPending(routes, 0, 1);
        }
    }

    @Test
    void behindASedaItIsDoneWhenTheRouteThereIs() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (RunningRoutes routes = running("{ to: \"seda:later\" }", exchange -> held.await(60, TimeUnit.SECONDS))) {
            routes.start("""
                    - route:
                        id: later
                        from: { uri: "seda:later", steps: [ { process: { ref: seen } }, { process: { ref: route } } ] }
                    """);
            routes.phone.contact("Anna").writes("hello").awaitDelivered(RunningRoutes.LIMIT);
            awaitTexts(routes, "hello");
            awaitPending(routes, 1, 0);
            held.countDown();
            awaitPending(routes, 0, 0);
        }
    }

    @Test
    void aSlowRouteHoldsUpNeitherTheServersAnswersNorTheConnection() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (RunningRoutes routes =
                running("{ process: { ref: route } }, " + SEEN, exchange -> held.await(60, TimeUnit.SECONDS))) {
            SimulatedContact anna = routes.phone.contact("Anna");
            for (int i = 1; i <= 30; i++) {
                anna.writes("m" + i).awaitDelivered(RunningRoutes.LIMIT);
            }
            awaitPending(routes, 30, 0);
            assertThat(routes.status().generation()).isEqualTo(2);
            held.countDown();
            awaitTexts(
                    routes, IntStream.rangeClosed(1, 30).mapToObj(i -> "m" + i).toArray(String[]::new));
            awaitPending(routes, 0, 0);
        }
    }

    @Test
    void whatIsPendingAtAStopComesFirstAtTheNextStart() throws Exception {
        String[] first = {"m1", "m2"};
        Processor fails = exchange -> {
            throw new IOException("not now");
        };
        try (RunningRoutes routes = running(SEEN + ROUTE_STEP, fails)) {
            SimulatedContact anna = routes.phone.contact("Anna");
            anna.writes("m1").awaitDelivered(RunningRoutes.LIMIT);
            anna.writes("m2").awaitDelivered(RunningRoutes.LIMIT);
            awaitTexts(routes, first);
        }
        try (RunningRoutes next = RunningRoutes.onServer(server, directory)) {
            next.phone.contact("Anna").writes("m3");
            next.start(ROUTE.formatted(SEEN));
            awaitTexts(next, "m1", "m2", "m3");
            assertThat(messages(next))
                    .extracting(one -> one.header(WhatsAppMdConstants.REDELIVERED))
                    .containsExactly(true, true, false);
            assertThat(messages(next).get(2).header(WhatsAppMdConstants.OFFLINE))
                    .isEqualTo(true);
            awaitPending(next, 0, 0);
        }
    }

    @Test
    void aSuspendedRouteGetsItsMessagesWhenItIsResumed() throws Exception {
        try (RunningRoutes routes = running(SEEN)) {
            routes.context.getRouteController().suspendRoute("sales");
            SimulatedContact anna = routes.phone.contact("Anna");
            anna.writes("m1").awaitDelivered(RunningRoutes.LIMIT);
            anna.writes("m2").awaitDelivered(RunningRoutes.LIMIT);
            awaitPending(routes, 2, 0);
            assertThat(texts(routes)).isEmpty();
            routes.context.getRouteController().resumeRoute("sales");
            awaitTexts(routes, "m1", "m2");
            awaitPending(routes, 0, 0);
        }
    }

    @Test
    void whatNoRouteAskedForIsAnsweredAndDropped() throws Exception {
        try (RunningRoutes routes = RunningRoutes.onServer(server, directory)) {
            routes.phone.removeAllDevices();
            routes.start("""
                    - route:
                        from: { uri: "whatsappmd:sales", steps: [ { process: { ref: seen } } ] }
                    """);
            routes.link();
            routes.phone.contact("Anna").writes("hello").awaitDelivered(RunningRoutes.LIMIT);
            assertThat(routes.status().pendingDeliveries()).isZero();
            assertThat(messages(routes)).isEmpty();
        }
    }

    @Test
    void anExchangeThatIsSentOnKeepsItsBody() throws Exception {
        try (RunningRoutes routes = running("{ convertBodyTo: { type: String } }, { to: \"mock:json\" }")) {
            routes.phone.contact("Anna").writes("grüß dich").awaitDelivered(RunningRoutes.LIMIT);
            var mock = routes.context.getEndpoint("mock:json", org.apache.camel.component.mock.MockEndpoint.class);
            await().atMost(RunningRoutes.LIMIT).until(() -> mock.getReceivedCounter() == 1);
            Exchange exchange = mock.getReceivedExchanges().get(0);
            assertThat(exchange.getMessage().getBody(String.class)).contains("grüß dich");
        }
    }
}
