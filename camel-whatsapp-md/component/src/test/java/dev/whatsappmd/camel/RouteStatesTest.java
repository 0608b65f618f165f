package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.event.SessionStatus;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.UpgradeFault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ServiceStatus;
import org.apache.camel.spi.SupervisingRouteController;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each start, stop, suspension and removal of a route costs in connections, and what its route is told: nothing is
 * lost, nothing comes twice, all in order.
 */
class RouteStatesTest {
    /** What a route is told of one undisturbed connection of a linked device, without what comes at any time. */
    private static final List<String> CONNECTION = List.of("connecting", "open", "receivedPendingNotifications");

    @TempDir
    private static Path directory;

    private static LinkedSales sales;
    private RunningRoutes routes;
    private int connectionsBefore;

    @BeforeAll
    static void link() throws Exception {
        sales = new LinkedSales(directory);
    }

    @AfterAll
    static void stopServer() {
        sales.close();
    }

    @BeforeEach
    void prepare() {
        routes = sales.routes();
        connectionsBefore = sales.server.connections().size();
    }

    @AfterEach
    void stop() {
        sales.server.script().clear();
        routes.close();
    }

    private static String route(String id) {
        return route(id, "");
    }

    private static String route(String id, String more) {
        return """
                - route:
                    id: %s%s
                    from: { uri: "whatsappmd:sales", steps: [ { process: { ref: seen } } ] }
                """.formatted(id, more);
    }

    private void connectionsAre(int count) {
        assertThat(sales.server.connections()).hasSize(connectionsBefore + count);
    }

    private void supervise() {
        SupervisingRouteController controller =
                routes.context.getRouteController().supervising();
        controller.setInitialDelay(0);
        controller.setBackOffDelay(50);
        controller.setBackOffMultiplier(1);
        controller.setBackOffMaxAttempts(100);
    }

    /** What the route was told of states and of what was kept for it. */
    private List<String> told(String route) {
        return routes.story(route).stream()
                .filter(told -> !told.equals("isOnline"))
                .toList();
    }

    private static List<String> all(Object... parts) {
        List<String> all = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof List<?> several) {
                several.forEach(one -> all.add(one.toString()));
            } else {
                all.add(part.toString());
            }
        }
        return all;
    }

    @ParameterizedTest(name = "supervised: {0}")
    @ValueSource(booleans = {false, true})
    void eachStartIsOneConnectionAndAStopIsNotTold(boolean supervised) throws Exception {
        if (supervised) {
            supervise();
        }
        routes.start(route("a")).awaitReceived(1);
        for (int starts = 2; starts < 4; starts++) {
            routes.context.getRouteController().stopRoute("a");
            sales.server.awaitAllClosed(RunningRoutes.LIMIT);
            routes.context.getRouteController().startRoute("a");
            routes.awaitReceived(starts);
        }

        connectionsAre(3);
        assertThat(told("a")).isEqualTo(all(CONNECTION, CONNECTION, CONNECTION));
    }

    @ParameterizedTest(name = "supervised: {0}")
    @ValueSource(booleans = {false, true})
    void routeThatIsStartedLateConnectsNoEarlier(boolean supervised) throws Exception {
        if (supervised) {
            supervise();
        }
        routes.start(route("a", "\n    autoStartup: false"));
        connectionsAre(0);

        routes.context.getRouteController().startRoute("a");
        routes.awaitReceived(1);
        routes.start(route("b"));
        // A supervisor does not start what comes later by itself.
        routes.context.getRouteController().startRoute("b");
        sales.server.closeWith(ServerClose.streamError(503));
        routes.exchanges.awaitReceived("b", 1);

        connectionsAre(2);
        routes.exchanges.awaitReceived("a", 2);
        assertThat(told("a")).isEqualTo(all(CONNECTION, "close 503", CONNECTION));
        assertThat(told("b")).isEqualTo(all("close 503", CONNECTION));
    }

    @Test
    void supervisedRouteThatCannotStartIsTriedUntilItCan() throws Exception {
        supervise();
        int upgrades = sales.server.script().count(Moment.UPGRADE);
        sales.server.script().onUpgrade(upgrades + 1, UpgradeFault.httpStatus(503));
        sales.server.script().onUpgrade(upgrades + 2, UpgradeFault.httpStatus(503));

        routes.start(route("a").replace("sales\"", "sales?testConnectionOnStartup=true\""))
                .awaitReceived(1);

        // Two tests in vain, one that went well, and the connection.
        connectionsAre(4);
        assertThat(told("a")).isEqualTo(CONNECTION);
    }

    @Test
    void consumerThatIsNotUpYetConnectsWhenItIs() throws Exception {
        routes.start(route("a", "\n    autoStartup: false"));
        WhatsAppMdConsumer consumer = (WhatsAppMdConsumer)
                routes.context.getEndpoint("whatsappmd:sales").createConsumer(routes.exchanges);

        // As when a supervisor starts a route while Camel's own start ends.
        consumer.onCamelContextFullyStarted(routes.context, false);
        connectionsAre(0);
        consumer.start();

        await().atMost(RunningRoutes.LIMIT)
                .untilAsserted(() -> assertThat(sales.server.liveConnections()).hasSize(1));
        consumer.shutdown();
        connectionsAre(1);
    }

    @Test
    void consumerThatIsStillStartingDoesNotConnectYet() throws Exception {
        int greeted = sales.server.script().count(Moment.HELLO);
        sales.server.script().onNext(Moment.HELLO, ServerFault.silence());
        routes.start(route("a", "\n    autoStartup: false"));
        Endpoint endpoint =
                routes.context.getEndpoint("whatsappmd:sales?testConnectionOnStartup=true&connectTimeout=2s");
        WhatsAppMdConsumer consumer = (WhatsAppMdConsumer) endpoint.createConsumer(routes.exchanges);
        FutureTask<Void> start = new FutureTask<>(consumer::start, null);
        new Thread(start, "starts").start();
        sales.server.await(Moment.HELLO, greeted + 1, RunningRoutes.LIMIT);

        // As when a supervisor's start of a route and Camel's own overlap.
        consumer.onCamelContextFullyStarted(routes.context, false);

        assertThat(routes.component().sessions().find("sales").flatMap(SharedSession::running))
                .isEmpty();
        assertThatThrownBy(() -> start.get(RunningRoutes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .hasMessageContaining("session sales cannot connect to");
        connectionsAre(1);
        consumer.shutdown();
    }

    @Test
    void suspendedRouteIsToldLaterWhatIsPending() throws Exception {
        routes.start(route("a")).awaitReceived(1);

        routes.context.getRouteController().suspendRoute("a");
        sales.server.awaitAllClosed(RunningRoutes.LIMIT);
        assertThat(told("a")).isEqualTo(CONNECTION);
        routes.context.getRouteController().resumeRoute("a");
        routes.awaitReceived(2);

        connectionsAre(2);
        assertThat(told("a")).isEqualTo(all(CONNECTION, "close 428", CONNECTION));
    }

    @Test
    void suspendedCamelGivesUpTheConnectionUntilItIsResumed() throws Exception {
        routes.start(route("a") + route("b")).awaitReceived(2);

        routes.context.suspend();
        sales.server.awaitAllClosed(RunningRoutes.LIMIT);
        assertThat(routes.context.getStatus()).isEqualTo(ServiceStatus.Suspended);
        await().atMost(RunningRoutes.LIMIT).until(() -> routes.component()
                .sessions()
                .find("sales")
                .orElseThrow()
                .running()
                .isEmpty());
        routes.context.resume();
        routes.awaitReceived(4);

        connectionsAre(2);
        for (String route : List.of("a", "b")) {
            assertThat(told(route)).isEqualTo(all(CONNECTION, "close 428", CONNECTION));
        }
    }

    @Test
    void suspendedRouteOfSuspendedCamelCanBeStoppedAndStarted() throws Exception {
        routes.start(route("a")).awaitReceived(1);
        routes.context.suspend();
        sales.server.awaitAllClosed(RunningRoutes.LIMIT);

        routes.context.resume();
        routes.awaitReceived(2);
        routes.context.getRouteController().stopRoute("a");
        routes.context.getRouteController().startRoute("a");
        routes.awaitReceived(3);

        connectionsAre(3);
        assertThat(told("a")).isEqualTo(all(CONNECTION, "close 428", CONNECTION, CONNECTION));
    }

    @Test
    void whatThreeConsumersOfOneSessionHearDependsOnTheirState() throws Exception {
        routes.start(route("runs") + route("suspended") + route("stopped")).awaitReceived(3);
        routes.context.getRouteController().suspendRoute("suspended");
        routes.context.getRouteController().stopRoute("stopped");

        sales.server.closeWith(ServerClose.streamError(503));
        routes.exchanges.awaitReceived("runs", 2);
        sales.server.closeWith(ServerClose.streamError(515));
        routes.exchanges.awaitReceived("runs", 3);
        assertThat(told("suspended")).isEqualTo(CONNECTION);
        assertThat(told("stopped")).isEqualTo(CONNECTION);

        routes.context.getRouteController().resumeRoute("suspended");
        routes.context.getRouteController().startRoute("stopped");

        routes.awaitReceived(9);
        connectionsAre(3);
        List<String> whole = all(CONNECTION, "close 503", CONNECTION, "close 515", CONNECTION);
        for (String route : List.of("runs", "suspended", "stopped")) {
            assertThat(told(route)).as(route).isEqualTo(whole);
        }
    }

    @Test
    void whatIsPendingForAStoppedRouteIsDroppedWithTheSession() throws Exception {
        routes.start(route("runs") + route("stopped")).awaitReceived(2);
        routes.context.getRouteController().stopRoute("stopped");
        sales.server.closeWith(ServerClose.streamError(503));
        routes.exchanges.awaitReceived("runs", 2);

        routes.context.getRouteController().stopRoute("runs");
        routes.context.getRouteController().startRoute("stopped");
        routes.exchanges.awaitReceived("stopped", 2);

        connectionsAre(3);
        assertThat(told("stopped")).isEqualTo(all(CONNECTION, CONNECTION));
    }

    @Test
    void whatIsPendingForARemovedRouteIsDroppedWithIt() throws Exception {
        routes.start(route("runs") + route("removed")).awaitReceived(2);
        routes.context.getRouteController().stopRoute("removed");
        sales.server.closeWith(ServerClose.streamError(503));
        routes.exchanges.awaitReceived("runs", 2);

        assertThat(routes.context.removeRoute("removed")).isTrue();
        routes.start("# again\n" + route("removed"));
        sales.server.closeWith(ServerClose.streamError(429));
        routes.await("the next close", one -> one.route().equals("removed") && one.closes(429));

        assertThat(told("removed")).isEqualTo(all(CONNECTION, "close 429"));
        connectionsAre(2);
    }

    @Test
    void nothingIsLostOrToldTwiceHoweverOftenARouteComesAndGoes() throws Exception {
        routes.start(route("runs") + route("comes")).awaitReceived(2);

        for (int i = 0; i < 3; i++) {
            routes.context.getRouteController().suspendRoute("comes");
            sales.server.closeWith(ServerClose.streamError(503));
            routes.context.getRouteController().resumeRoute("comes");
            routes.exchanges.awaitReceived("runs", 2 * i + 2);
            routes.context.getRouteController().stopRoute("comes");
            sales.server.closeWith(ServerClose.streamError(515));
            routes.context.getRouteController().startRoute("comes");
            routes.exchanges.awaitReceived("runs", 2 * i + 3);
        }

        routes.exchanges.awaitReceived("comes", 7);
        connectionsAre(7);
        assertThat(told("comes")).isEqualTo(told("runs"));
        assertThat(told("runs")).filteredOn("open"::equals).hasSize(7);
    }

    @Test
    void othersCanStillSendWhileCamelShutsDown() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Exchange> sent = new ArrayList<>();
        routes.context.getRegistry().bind("hold", (Processor) exchange -> {
            begun.countDown();
            goOn.await();
        });
        routes.context.getRegistry().bind("sent", (Processor) sent::add);
        routes.start(route("a") + """
                        - route:
                            from:
                              uri: "seda:send"
                              steps:
                                - process: { ref: hold }
                                - to: "whatsappmd:sales?operation=status"
                                - process: { ref: sent }
                        """).awaitReceived(1);
        routes.context.createProducerTemplate().sendBody("seda:send", "");
        assertThat(begun.await(RunningRoutes.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        WhatsAppMdConsumer consumer =
                (WhatsAppMdConsumer) routes.context.getRoute("a").getConsumer();
        FutureTask<Void> shutdown = new FutureTask<>(() -> {
            routes.context.stop();
            return null;
        });
        new Thread(shutdown, "stops Camel").start();
        await().atMost(RunningRoutes.LIMIT).until(consumer::isSuspended);

        goOn.countDown();
        shutdown.get(RunningRoutes.LIMIT.toSeconds(), TimeUnit.SECONDS);

        assertThat(sent).hasSize(1);
        assertThat(sent.get(0).getMessage().getBody(SessionStatus.class).phase())
                .as("the session, while its own route was suspended")
                .isEqualTo("open");
        sales.server.awaitAllClosed(RunningRoutes.LIMIT);
        connectionsAre(1);
        ServerConnection connection =
                sales.server.connections().get(sales.server.connections().size() - 1);
        assertThat(connection.record().end().orElseThrow().code())
                .as("closed in good order")
                .isEqualTo(1000);
    }
}
