package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a session is doing when its route, its consumer or all of Camel is stopped: the stop is done within this test's
 * limit though every time that is configured is an hour, and leaves no socket, thread, timer or open store.
 */
class StopTest {
    private static final Duration LIMIT = RunningRoutes.LIMIT;
    private static final Duration HOUR = Duration.ofHours(1);

    /** A session that has ended, which keeps the threads that all sessions share: what is left on them can be seen. */
    private static final String NEIGHBOUR = """
            - route:
                id: neighbour
                from:
                  uri: whatsappmd:neighbour
                  parameters: { serverUrl: "ws://127.0.0.1:1/ws/chat", reconnectStrategy: never, routeDecisionTimeout: 30s }
                  steps: [ { process: { ref: ignored } } ]
            """;

    private static final String ROUTE = """
            - route:
                id: sales
                from:
                  uri: whatsappmd:sales
                  parameters: { %s }
                  steps: [ { process: { ref: seen } }, { process: { ref: step } } ]
            """;

    @TempDir
    private static Path directory;

    private static LinkedSales sales;

    private final CountDownLatch never = new CountDownLatch(1);
    private LeftOvers left;
    private Path store;
    private RunningRoutes routes;
    private volatile String blocked = "nothing";

    /** Brings a session into a state. */
    private interface State {
        void bringAbout(StopTest test) throws Exception;
    }

    /** Stops it. */
    private interface Stop {
        void stop() throws Exception;
    }

    @BeforeAll
    static void link() throws Exception {
        sales = new LinkedSales(directory);
    }

    @AfterAll
    static void stopServer() {
        sales.server.close();
    }

    @BeforeEach
    void prepare() {
        left = new LeftOvers();
        use(sales.copy().directory());
    }

    @AfterEach
    void nothingIsLeft() {
        sales.server.script().clear();
        assertTimeoutPreemptively(LIMIT, routes.context::stop);
        left.assertNoThread();
        LeftOvers.assertNoSocketTo(sales.server.port());
    }

    private void use(Path directory) {
        store = directory;
        routes = RunningRoutes.onServer(sales.server, directory);
        routes.context.getRegistry().bind("step", (Processor) exchange -> {
            String state = exchange.getMessage().getHeader(WhatsAppMdConstants.CONNECTION_STATE, "", String.class);
            if (state.equals(blocked)) {
                never.await();
            }
        });
        routes.context.getRegistry().bind("ignored", (Processor) exchange -> {});
        // How long Camel itself waits for a route that does not come back.
        routes.context.getShutdownStrategy().setTimeout(1);
        routes.context.getExecutorServiceManager().setShutdownAwaitTermination(500);
        WhatsAppMdConfiguration options = routes.component().getConfiguration();
        options.setConnectTimeout(HOUR);
        options.setQueryTimeout(HOUR);
        options.setKeepAliveInterval(HOUR);
        options.setKeepAliveTimeout(HOUR);
        options.setReconnectDelay(HOUR);
        options.setReconnectMaxDelay(HOUR);
        options.setReconnectStableAfter(HOUR);
        options.setRouteDecisionTimeout(HOUR);
    }

    private void start(String parameters) throws Exception {
        routes.start(ROUTE.formatted(parameters));
    }

    private void open() throws Exception {
        start("");
        routes.awaitReceived(1);
    }

    /** The server does this to the next connection, and has done it when this is over. */
    private void hang(Moment moment, ServerFault fault) throws Exception {
        int connections = sales.server.connections().size();
        sales.server.script().onNext(moment, fault);
        start("");
        ServerConnection hanging = sales.server.awaitConnection(connections + 1, LIMIT);
        sales.server.awaitUntil(
                "the fault", LIMIT, () -> !hanging.record().faults().isEmpty());
    }

    static Stream<Arguments> states() {
        return Stream.of(
                state("while it has just begun", test -> test.start("")),
                state("while it is open", StopTest::open),
                state("while the server does not answer at all", test -> test.hang(Moment.ACCEPT, ServerFault.stall())),
                state("while the upgrade hangs", test -> test.hang(Moment.UPGRADE, ServerFault.silence())),
                state("while the handshake hangs", test -> test.hang(Moment.HELLO, ServerFault.stall())),
                state("while the login hangs", test -> test.hang(Moment.LOGIN, ServerFault.silence())),
                state("while it catches up", test -> test.hang(Moment.ACTIVE, ServerFault.stall())),
                state("while an open connection hangs", test -> {
                    test.open();
                    sales.server.inflict(ServerFault.stall());
                }),
                state("while a code is shown", test -> {
                    test.use(sales.unused());
                    test.start("");
                    test.routes.exchanges.awaitQr();
                }),
                state("while it waits for the next attempt", test -> {
                    test.open();
                    sales.server.closeWith(ServerClose.streamError(503));
                    test.routes.awaitPhase("waiting");
                }),
                state("while it is parked", test -> {
                    test.open();
                    sales.server.closeWith(ServerClose.conflict("replaced"));
                    test.routes.awaitPhase("parked");
                }),
                state("while it is halted", test -> {
                    test.start("on.503: stop");
                    test.routes.awaitReceived(1);
                    sales.server.closeWith(ServerClose.streamError(503));
                    test.routes.awaitPhase("halted");
                }),
                state("while the route has not said its last word", test -> {
                    test.blocked = "close";
                    test.open();
                    sales.server.closeWith(ServerClose.streamError(503));
                    test.routes.awaitClose(503);
                }),
                state("while a last word lies behind a seda that nobody reads", test -> {
                    test.routes.start("""
                            - route: { id: sales, from: { uri: "whatsappmd:sales", steps: [ { process: { ref: seen } }, { to: "seda:unread" } ] } }
                            """);
                    test.routes.awaitReceived(1);
                    sales.server.closeWith(ServerClose.streamError(503));
                    test.routes.awaitClose(503);
                }),
                state("while a step of the route blocks", test -> {
                    test.blocked = "open";
                    test.start("");
                    test.routes.await("open", one -> "open".equals(one.state()));
                }),
                state("while it is suspended", test -> {
                    test.open();
                    test.routes.context.getRouteController().suspendRoute("sales");
                    LeftOvers.assertNoSocketTo(sales.server.port());
                }),
                state("while it is suspended and its last exchange is still on its way", test -> {
                    test.blocked = "open";
                    test.start("");
                    test.routes.await("open", one -> "open".equals(one.state()));
                    ((WhatsAppMdConsumer) test.routes.context.getRoute("sales").getConsumer()).suspend();
                }));
    }

    private static Arguments state(String name, State state) {
        return Arguments.of(name, state);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("states")
    void stopOfTheRouteLeavesNothing(String name, State state) throws Exception {
        state.bringAbout(this);
        ScheduledExecutorService alarms = besideANeighbour();

        leavesNothing(() -> routes.context.getRouteController().stopRoute("sales"));

        LeftOvers.assertNoTimer(alarms);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("states")
    void stopOfCamelLeavesNothing(String name, State state) throws Exception {
        state.bringAbout(this);

        leavesNothing(routes.context::stop);
    }

    private void leavesNothing(Stop stop) throws Exception {
        assertTimeoutPreemptively(LIMIT, stop::stop);
        List<SeenExchanges.Seen> told = List.copyOf(routes.seen);
        left.assertNoThread(thread -> thread.startsWith("WebSocket") || thread.contains("[sales]"));
        LeftOvers.assertNoSocketTo(sales.server.port());
        assertThat(new StoredLink(store).credentials().registrationId())
                .as("the store is given up and whole")
                .isPositive();
        assertThat(routes.seen).as("told after the stop").isEqualTo(told);
    }

    @Test
    void stopOfAnInterruptedThreadLeavesNothing() throws Exception {
        open();
        ScheduledExecutorService alarms = besideANeighbour();

        leavesNothing(() -> {
            Thread.currentThread().interrupt();
            routes.context.getRoute("sales").getConsumer().stop();
            assertThat(Thread.interrupted()).as("still interrupted").isTrue();
        });

        LeftOvers.assertNoTimer(alarms);
        assertThat(routes.awaitClose(428).header(WhatsAppMdConstants.DISCONNECT_KIND))
                .isEqualTo("CLOSED_BY_US");
    }

    @Test
    void secondStopDoesNothing() throws Exception {
        open();
        WhatsAppMdConsumer consumer =
                (WhatsAppMdConsumer) routes.context.getRoute("sales").getConsumer();

        leavesNothing(() -> {
            FutureTask<Void> other = new FutureTask<>(() -> {
                consumer.stop();
                return null;
            });
            new Thread(other, "stops too").start();
            consumer.stop();
            other.get();
            consumer.stop();
            routes.context.getRouteController().stopRoute("sales");
            routes.context.getRouteController().stopRoute("sales");
            consumer.shutdown();
        });

        assertThat(routes.seen.stream().filter(one -> "close".equals(one.state())))
                .hasSize(1);
    }

    @Test
    void hangingConnectIsGivenUp() throws Exception {
        int port;
        try (FullServer full = new FullServer()) {
            port = full.port();
            routes.component().getConfiguration().setServerUrl("ws://127.0.0.1:" + port + "/ws/chat");
            start("");
            await().atMost(LIMIT).until(() -> Thread.getAllStackTraces().keySet().stream()
                    .anyMatch(thread -> thread.getName().startsWith("WebSocketConnectReadThread")));

            leavesNothing(() -> routes.context.getRouteController().stopRoute("sales"));
        }
        // Not before: those that fill the server up are sockets of this process too.
        LeftOvers.assertNoSocketTo(port);
    }

    @Test
    void startThatTestsTheConnectionIsGivenUpWhenItIsInterrupted() throws Exception {
        sales.server.script().onNext(Moment.HELLO, ServerFault.silence());
        int greeted = sales.server.script().count(Moment.HELLO);
        FutureTask<Void> start = new FutureTask<>(() -> {
            start("testConnectionOnStartup: true");
            return null;
        });
        Thread starter = new Thread(start, "starter");
        starter.start();
        sales.server.await(Moment.HELLO, greeted + 1, LIMIT);

        starter.interrupt();

        assertTimeoutPreemptively(
                LIMIT, () -> assertThatThrownBy(start::get).hasRootCauseInstanceOf(InterruptedException.class));
        left.assertNoThread(thread -> thread.startsWith("WebSocket") || thread.contains("[sales]"));
        assertThat(routes.seen).isEmpty();
    }

    @Test
    void startThatTestsTheConnectionIsGivenUpWhenCamelStops() throws Exception {
        // With a delay, the supervisor starts routes on a thread of its own.
        routes.context.getRouteController().supervising().setInitialDelay(1);
        int greeted = sales.server.script().count(Moment.HELLO);
        sales.server.script().onNext(Moment.HELLO, ServerFault.silence());
        start("testConnectionOnStartup: true");
        sales.server.await(Moment.HELLO, greeted + 1, LIMIT);

        leavesNothing(routes.context::stop);

        assertThat(routes.seen).isEmpty();
    }

    private ScheduledExecutorService besideANeighbour() throws Exception {
        routes.start(NEIGHBOUR);
        SharedSession neighbour =
                routes.component().sessions().find("neighbour").orElseThrow();
        await().atMost(LIMIT)
                .untilAsserted(() ->
                        assertThat(neighbour.status().orElseThrow().phase()).isEqualTo("halted"));
        return neighbour.running().orElseThrow().pools().alarms();
    }
}
