package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.camel.SeenExchanges.Seen;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.record.ConnectionRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.component.file.cluster.FileLockClusterService;
import org.apache.camel.component.master.MasterConsumer;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The consumer inside of {@code master:}, where it has no route of its own and runs on one node only. */
class MasterTest {
    private static final String ROUTE = """
            - route:
                id: sales
                from: { uri: "master:wa-sales:whatsappmd:sales", steps: [ { process: { ref: seen } } ] }
            """;

    private static final String CHECK = "whatsappmd-sales";

    @TempDir
    private static Path directory;

    private static LinkedSales sales;

    @TempDir
    private Path locks;

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
    void count() {
        connectionsBefore = sales.server.connections().size();
    }

    /** Quick to take a lock that is free, very slow to think that its holder is gone. */
    private RunningRoutes clustered(RunningRoutes routes) throws Exception {
        FileLockClusterService cluster = new FileLockClusterService();
        cluster.setRoot(locks.toString());
        cluster.setAcquireLockDelay(100, TimeUnit.MILLISECONDS);
        cluster.setAcquireLockInterval(100, TimeUnit.MILLISECONDS);
        cluster.setHeartbeatTimeoutMultiplier(600);
        routes.context.addService(cluster);
        return routes;
    }

    private List<ConnectionRecord> connections() {
        return sales.server.connections().stream()
                .skip(connectionsBefore)
                .map(ServerConnection::record)
                .toList();
    }

    @Test
    void connectsOnceStopsWithItsRouteAndStartsAgain() throws Exception {
        try (RunningRoutes routes = clustered(sales.routes())) {
            routes.start(ROUTE).awaitReceived(1);
            assertThat(connections()).hasSize(1);

            routes.context.getRouteController().stopRoute("sales");

            sales.server.awaitAllClosed(RunningRoutes.LIMIT);
            await().atMost(RunningRoutes.LIMIT)
                    .untilAsserted(() -> assertThat(RunningRoutes.threads()).isEmpty());
            assertThat(routes.component().sessions().find("sales")).isEmpty();
            List<String> first = List.copyOf(routes.story());
            assertThat(first)
                    .as("a route that has stopped before its consumer is not told of the close")
                    .startsWith("connecting")
                    .noneMatch(told -> told.startsWith("close"));
            assertThat(routes.seen).allMatch(one -> one.route().equals("sales"));

            routes.context.getRouteController().startRoute("sales");

            routes.awaitReceived(2);
            assertThat(connections()).hasSize(2);
            assertThat(routes.story().subList(first.size(), routes.story().size()))
                    .isEqualTo(first);
        }
    }

    @Test
    void nextNodeTakesOverWhenTheFirstStops() throws Exception {
        Path store = sales.copy().directory();
        try (RunningRoutes first = clustered(RunningRoutes.onServer(sales.server, store))) {
            first.start(ROUTE).awaitReceived(1);
            try (RunningRoutes second = clustered(RunningRoutes.onServer(sales.server, store))) {
                second.start(ROUTE);

                first.context.stop();

                second.awaitReceived(1);
                List<ConnectionRecord> connections = connections();
                assertThat(connections).hasSize(2);
                assertThat(connections.get(0).closedAt()).as("end of the first").hasValueSatisfying(end -> assertThat(
                                end)
                        .isBeforeOrEqualTo(connections.get(1).acceptedAt()));
                for (RunningRoutes node : List.of(first, second)) {
                    assertThat(node.story()).startsWith("connecting").noneMatch(told -> told.startsWith("close"));
                }
                assertThat(sales.server.liveConnections()).hasSize(1);
            }
        }
    }

    @Test
    void nodeThatWaitsDoesNothing() throws Exception {
        Path store = sales.copy().directory();
        try (RunningRoutes first = clustered(RunningRoutes.onServer(sales.server, store))) {
            first.start(ROUTE).awaitReceived(1);
            try (CamelContext second = waitingNode(store)) {
                sales.server.closeWith(ServerClose.streamError(503));
                first.awaitReceived(2);
                sales.server.closeWith(ServerClose.streamError(515));
                first.awaitReceived(3);

                WhatsAppMdComponent component = second.getComponent("whatsappmd", WhatsAppMdComponent.class);
                assertThat(component.sessions().find("sales")).isEmpty();
                assertThat(check(second)).isEmpty();
                assertThat(connections()).hasSize(3);
            }
        }
    }

    /** A node that has asked for the lock, and has not got it. */
    private CamelContext waitingNode(Path store) throws Exception {
        RunningRoutes node = clustered(RunningRoutes.onServer(sales.server, store));
        node.start(ROUTE);
        MasterConsumer consumer =
                (MasterConsumer) node.context.getRoute("sales").getConsumer();
        assertThat(consumer.isMaster()).isFalse();
        return node.context;
    }

    /**
     * {@code master:} hands options on only when one of them is not its own: bridgeErrorHandler alone does not get through,
     * so it is set beside another one, or on the component.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closesGoToTheHandlersOfTheRouteWhichHaveTheLastWord(boolean byComponent) throws Exception {
        try (RunningRoutes routes = clustered(sales.routes())) {
            routes.component().setBridgeErrorHandler(byComponent);
            routes.start("""
                    - onException:
                        exception: [ dev.whatsappmd.camel.DisconnectedException ]
                        onWhen: { simple: "${exception.statusCode} == 503" }
                        handled: { constant: "true" }
                        steps:
                          - process: { ref: seen }
                          - setHeader: { name: CamelWhatsAppMdReconnectAction, constant: "park:1h" }
                    - route:
                        id: sales
                        from:
                          uri: "master:wa-sales:whatsappmd:sales"
                          parameters: { %s }
                          steps: [ { process: { ref: seen } } ]
                    """.formatted(byComponent ? "" : "bridgeErrorHandler: true, events: connection"))
                    .awaitReceived(1);

            sales.server.closeWith(ServerClose.streamError(503));

            Seen close = routes.awaitClose(503);
            assertThat(close.caught()).isExactlyInstanceOf(DisconnectedException.class);
            assertThat(close.body()).isInstanceOf(ConnectionUpdate.class);
            assertThat(close.route()).isEqualTo("sales");
            assertThat(routes.awaitPhase("parked").reconnect().delay()).isGreaterThan(3_500_000L);
        }
    }

    @Test
    void healthIsKnownAsLongAsItLeads() throws Exception {
        try (RunningRoutes routes = clustered(sales.routes())) {
            routes.start(ROUTE.replace("whatsappmd:sales", "whatsappmd:sales?on.503=stop"))
                    .awaitReceived(1);
            HealthCheck check = check(routes.context).orElseThrow();
            assertThat(check.isLiveness()).isFalse();
            assertThat(check.call().getState()).isEqualTo(HealthCheck.State.UP);

            sales.server.closeWith(ServerClose.streamError(503));
            routes.awaitPhase("halted");

            assertThat(check.call().getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(check.call().getDetails()).containsEntry("disconnect.code", 503);

            routes.context.getRouteController().stopRoute("sales");

            assertThat(check(routes.context)).isEmpty();
        }
    }

    @Test
    void checkOfASessionStaysAsLongAsOneOfItsConsumersRuns() throws Exception {
        try (RunningRoutes routes = clustered(sales.routes())) {
            routes.start(ROUTE + """
                    - route:
                        id: more
                        from: { uri: "master:wa-more:whatsappmd:sales?events=connection", steps: [ { process: { ref: seen } } ] }
                    """);
            routes.exchanges.awaitReceived("sales", 1);
            await().atMost(RunningRoutes.LIMIT).untilAsserted(() -> assertThat(routes.context.getEndpoints())
                    .filteredOn(WhatsAppMdEndpoint.class::isInstance)
                    .hasSize(2));
            sales.server.closeWith(ServerClose.streamError(503));
            routes.exchanges.awaitReceived("more", 1);

            routes.context.getRouteController().stopRoute("sales");
            assertThat(check(routes.context)).isPresent();
            assertThat(check(routes.context).orElseThrow().call().getState()).isEqualTo(HealthCheck.State.UP);
            routes.context.getRouteController().stopRoute("more");
            assertThat(check(routes.context)).isEmpty();
        }
    }

    @Test
    void consumerIsManagedAsLongAsItLeads() throws Exception {
        try (RunningRoutes routes = clustered(sales.managedRoutes())) {
            routes.start(ROUTE).awaitReceived(1);
            ObjectName consumer = consumers(routes.context).iterator().next();

            assertThat(server(routes.context).getAttribute(consumer, "ConnectionState"))
                    .isEqualTo("open");
            assertThat(server(routes.context).getAttribute(consumer, "Phase")).isEqualTo("open");
            sales.server.closeWith(ServerClose.conflict("replaced"));
            routes.awaitPhase("parked");
            assertThat(server(routes.context).getAttribute(consumer, "DisconnectCode"))
                    .isEqualTo(440);
            server(routes.context).invoke(consumer, "reconnect", new Object[0], new String[0]);
            routes.awaitReceived(2);

            routes.context.getRouteController().stopRoute("sales");

            assertThat(consumers(routes.context)).isEmpty();
        }
    }

    private static Optional<HealthCheck> check(CamelContext context) {
        return HealthCheckRegistry.get(context).getCheck(CHECK);
    }

    private static MBeanServer server(CamelContext context) {
        return context.getManagementStrategy().getManagementAgent().getMBeanServer();
    }

    /** Those of the component's own consumers. */
    private static Set<ObjectName> consumers(CamelContext context) throws Exception {
        return server(context)
                .queryNames(
                        new ObjectName("org.apache.camel:context=" + context.getManagementName()
                                + ",type=consumers,name=WhatsAppMdConsumer*"),
                        null);
    }
}
