package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.camel.ServiceStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, stopping, suspending; several consumers of one session. */
class LifecycleTest {
    private RunningRoutes routes;
    private Path directory;

    @BeforeEach
    void prepare(@TempDir Path temporary) {
        directory = temporary;
        routes = new RunningRoutes(LocalWhatsAppServer.start(), directory);
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    private static String route(String id, String uri) {
        return """
                - route:
                    id: %s
                    from: { uri: "%s", steps: [ { process: { ref: seen } } ] }
                """.formatted(id, uri);
    }

    private List<String> states(String route) {
        return routes.seen.stream()
                .filter(one -> one.route().equals(route) && one.state() != null)
                .map(SeenExchanges.Seen::state)
                .toList();
    }

    @Test
    void restartedRouteConnectsAgainWithTheSameIdentity() throws Exception {
        routes.start(route("a", "whatsappmd:sales")).link();

        routes.context.getRouteController().stopRoute("a");
        routes.server.awaitAllClosed(RunningRoutes.LIMIT);
        await().atMost(RunningRoutes.LIMIT)
                .untilAsserted(() -> assertThat(RunningRoutes.threads()).isEmpty());
        routes.context.getRouteController().startRoute("a");

        routes.awaitReceived(2);
        assertThat(routes.phone.devices()).hasSize(1);
    }

    @Test
    void suspendedRouteGivesUpTheConnectionAndTakesItAgain() throws Exception {
        routes.start(route("a", "whatsappmd:sales")).link();

        routes.context.getRouteController().suspendRoute("a");
        routes.server.awaitAllClosed(RunningRoutes.LIMIT);
        int before = states("a").size();
        assertThat(routes.context.getRouteController().getRouteStatus("a")).isEqualTo(ServiceStatus.Suspended);
        routes.context.getRouteController().resumeRoute("a");

        routes.awaitReceived(2);
        assertThat(states("a").subList(before, states("a").size()))
                .as("what was pending, then what is new")
                .containsExactly("close", "connecting", "open");
        assertThat(routes.awaitClose(428).header(WhatsAppMdConstants.DISCONNECT_KIND))
                .isEqualTo("CLOSED_BY_US");
    }

    @Test
    void oneConnectionServesAllConsumersUntilTheLastIsStopped() throws Exception {
        routes.start(route("a", "whatsappmd:sales") + route("b", "whatsappmd:sales?events=connection"))
                .link();
        routes.exchanges.awaitReceived("a", 1);
        routes.exchanges.awaitReceived("b", 1);
        assertThat(routes.server.liveConnections()).hasSize(1);

        routes.context.getRouteController().stopRoute("a");

        assertThat(routes.status().phase()).isEqualTo("open");
        assertThat(states("b")).isEqualTo(states("a"));

        routes.context.getRouteController().stopRoute("b");

        routes.server.awaitAllClosed(RunningRoutes.LIMIT);
        assertThat(routes.component().sessions().find("sales").orElseThrow().running())
                .isEmpty();
    }

    @Test
    void whatAStoppedConsumerWouldHaveHeardWaitsForIt() throws Exception {
        routes.start(route("a", "whatsappmd:sales") + route("b", "whatsappmd:sales?events=connection"))
                .link();
        routes.awaitReceived(2);

        routes.context.getRouteController().stopRoute("b");
        int heard = states("b").size();
        routes.server.closeWith(ServerClose.streamError(503));
        routes.awaitReceived(3);
        assertThat(states("b")).hasSize(heard);
        routes.context.getRouteController().startRoute("b");

        routes.awaitReceived(4);
        assertThat(states("b")).isEqualTo(states("a"));
    }

    @Test
    void consumerThatIsStoppedWithoutBeingSuspendedHearsTheClose() throws Exception {
        routes.start(route("a", "whatsappmd:sales")).link();

        routes.context.getRoute("a").getConsumer().stop();

        SeenExchanges.Seen close = routes.awaitClose(428);
        assertThat(close.header(WhatsAppMdConstants.DISCONNECT_KIND)).isEqualTo("CLOSED_BY_US");
        assertThat(close.header(WhatsAppMdConstants.RECONNECT_ACTION)).isEqualTo("none");
    }

    @Test
    void routeThatIsAddedLaterJoinsTheSession() throws Exception {
        routes.start(route("a", "whatsappmd:sales")).link();

        routes.start(route("b", "whatsappmd:sales?events=connection"));
        routes.server.closeWith(ServerClose.streamError(503));

        routes.awaitReceived(3);
        assertThat(states("b")).containsExactly("close", "connecting", "open");
        assertThat(routes.server.liveConnections()).hasSize(1);
    }

    @Test
    void routeThatIsStartedLateConnectsThen() throws Exception {
        routes.start(route("a", "whatsappmd:sales").replace("id: a", "id: a\n    autoStartup: false"));
        assertThat(routes.component().sessions().find("sales")).isEmpty();

        routes.context.getRouteController().startRoute("a");

        routes.link();
        assertThat(states("a").stream().filter("connecting"::equals)).hasSize(2);
    }

    @Test
    void stoppedSessionStartsAgainWithARoute() throws Exception {
        routes.start(route("a", "whatsappmd:sales?on.503=stop") + route("b", "whatsappmd:sales"))
                .link();
        routes.server.closeWith(ServerClose.streamError(503));
        routes.awaitPhase("halted");

        routes.context.getRouteController().stopRoute("b");
        routes.context.getRouteController().startRoute("b");

        routes.awaitPhase("open");
    }

    @Test
    void optionsOfTheEndpointsAreUnited() throws Exception {
        routes.start(route("a", "whatsappmd:sales?on.503=stop") + route("b", "whatsappmd:sales?on.440=now"))
                .link();

        routes.server.closeWith(ServerClose.conflict("replaced"));
        assertThat(routes.awaitClose(440).header(WhatsAppMdConstants.RECONNECT_ACTION))
                .isEqualTo("now");
        routes.awaitPhase("open");
        routes.server.closeWith(ServerClose.streamError(503));
        assertThat(routes.awaitClose(503).header(WhatsAppMdConstants.RECONNECT_ACTION))
                .isEqualTo("stop");
    }

    @Test
    void differentValuesOfOneOptionFailTheStart() {
        assertThatThrownBy(() -> routes.start(route(
                                "a",
                                "whatsappmd:sales?connectTimeout=5s&proxyPassword=x&proxyUsername=y"
                                        + "&proxy=http://127.0.0.1:1")
                        + route("b", "whatsappmd:sales?connectTimeout=9s")))
                .hasMessage("session sales has one value of connectTimeout:"
                        + " whatsappmd://sales?connectTimeout=9s sets it to 9s, but"
                        + " whatsappmd://sales?connectTimeout=5s&proxy=http%3A%2F%2F127.0.0.1%3A1&proxyPassword=xxxxxx"
                        + "&proxyUsername=xxxxxx to 5s; set it in one of them, or to the same");
    }

    @Test
    void optionCannotChangeWhileTheSessionRuns() throws Exception {
        routes.start(route("a", "whatsappmd:sales"));

        assertThatThrownBy(() -> routes.start(route("b", "whatsappmd:sales?on.440=stop")))
                .hasMessage(
                        "session sales runs already, without on.440: whatsappmd://sales?on.440=stop cannot set it to"
                                + " stop now; stop the session's routes first, or set it on the endpoint that starts it");
    }

    @Test
    void optionThatSaysWhatTheSessionRunsWithAnywayIsWelcome() throws Exception {
        routes.start(route("a", "whatsappmd:sales?queryTimeout=9s"));

        routes.start(route(
                "b",
                "whatsappmd:sales?connectTimeout=20000&queryTimeout=9000&reconnectJitter=0&deviceName=Apache Camel"));

        assertThat(routes.context.getRouteController().getRouteStatus("b")).isEqualTo(ServiceStatus.Started);
        assertThatThrownBy(() -> routes.start(route("c", "whatsappmd:sales?keepAliveTimeout=19s")))
                .hasMessage("session sales runs already, with keepAliveTimeout set to 20s by default:"
                        + " whatsappmd://sales?keepAliveTimeout=19s cannot set it to 19s now; stop the session's routes"
                        + " first, or set it on the endpoint that starts it");
    }

    @Test
    void storeThatCannotBeReadFailsTheStart() throws Exception {
        try (RunningRoutes first = new RunningRoutes(LocalWhatsAppServer.start(), directory)) {
            first.start(route("a", "whatsappmd:sales")).link();
        }
        Files.writeString(database(), "this is no database");

        assertThatThrownBy(() -> routes.start(route("a", "whatsappmd:sales")))
                .isInstanceOf(SessionStoreException.class)
                .satisfies(e -> assertThat(((SessionStoreException) e).reason())
                        .isEqualTo(SessionStoreException.Reason.CORRUPT));
    }

    @Test
    void unreachableServerDoesNotFailTheStart() throws Exception {
        routes.component().getConfiguration().setServerUrl("ws://127.0.0.1:1/ws/chat");

        routes.start(route("a", "whatsappmd:sales"));

        SeenExchanges.Seen close = routes.await("close", one -> "close".equals(one.state()));
        assertThat(close.header(WhatsAppMdConstants.DISCONNECT_KIND)).isEqualTo("UNREACHABLE");
        assertThat(close.header(WhatsAppMdConstants.RECONNECT_ACTION)).isEqualTo("backoff");
    }

    @Test
    void unreachableServerFailsTheStartWhenItIsTested() {
        routes.component().getConfiguration().setServerUrl("ws://127.0.0.1:1/ws/chat");

        assertThatThrownBy(() -> routes.start(route("a", "whatsappmd:sales?testConnectionOnStartup=true")))
                .isInstanceOf(WhatsAppMdException.class)
                .hasMessageStartingWith("session sales cannot connect to ws://127.0.0.1:1/ws/chat: ")
                .hasMessageEndingWith("; without testConnectionOnStartup the route would start all the same");
        assertThat(Files.exists(directory.resolve("sales.db"))).isFalse();
    }

    @Test
    void serverWithAnotherRootKeyFailsTheStartWhenItIsTested() {
        routes.component().getConfiguration().setServerRootKey(null);

        assertThatThrownBy(() -> routes.start(route("a", "whatsappmd:sales?testConnectionOnStartup=true")))
                .isInstanceOf(WhatsAppMdException.class)
                .hasMessageStartingWith("session sales cannot connect to ws://127.0.0.1:");
    }

    @Test
    void testedServerIsConnectedTo() throws Exception {
        routes.start(route("a", "whatsappmd:sales?testConnectionOnStartup=true"))
                .link();

        assertThat(routes.status().phase()).isEqualTo("open");
    }

    @Test
    void removedRouteLeavesNothingBehind() throws Exception {
        routes.start(route("a", "whatsappmd:sales")).link();

        routes.context.getRouteController().stopRoute("a");
        routes.context.removeRoute("a");

        assertThat(routes.component().sessions().find("sales")).isEmpty();
    }

    private Path database() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".db"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
