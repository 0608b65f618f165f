package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks that Camel asks, as an application has them. */
class HealthStatesTest {
    private static final String ROUTES = """
            - route: { id: a, from: { uri: "whatsappmd:sales", steps: [ { process: { ref: seen } } ] } }
            - route: { id: b, from: { uri: "whatsappmd:sales?events=connection", steps: [ { process: { ref: seen } } ] } }
            """;

    @TempDir
    private static Path directory;

    private static LinkedSales sales;

    @BeforeAll
    static void link() throws Exception {
        sales = new LinkedSales(directory);
    }

    @AfterAll
    static void stopServer() {
        sales.close();
    }

    @AfterEach
    void forget() {
        sales.server.script().clear();
    }

    private static RunningMain start(String... options) throws Exception {
        Map<String, String> properties = new java.util.HashMap<>();
        properties.put("camel.health.enabled", "true");
        properties.put("camel.health.consumersEnabled", "true");
        properties.put("camel.health.exposureLevel", "full");
        for (int i = 0; i < options.length; i += 2) {
            properties.put(options[i], options[i + 1]);
        }
        return RunningMain.start(sales, properties, ROUTES);
    }

    private static HealthCheck check(RunningMain main, String route) {
        return HealthCheckRegistry.get(main.context())
                .getCheck("consumer:" + route)
                .orElseThrow();
    }

    private static HealthCheck.State ask(RunningMain main, String route) {
        return check(main, route).call().getState();
    }

    private static void awaitPhase(RunningMain main, String phase) {
        WhatsAppMdConsumer consumer =
                (WhatsAppMdConsumer) main.context().getRoute("a").getConsumer();
        org.awaitility.Awaitility.await()
                .atMost(RunningRoutes.LIMIT)
                .untilAsserted(() -> assertThat(consumer.getPhase()).isEqualTo(phase));
    }

    /** Never why a process would be started anew. */
    private static void assertAlive(RunningMain main) {
        assertThat(HealthCheckHelper.invokeLiveness(main.context()))
                .noneMatch(result -> result.getCheck().getId().startsWith("consumer:"));
    }

    @Test
    void isUpWhileOpenAndForAWhileWithoutAConnection() throws Exception {
        try (RunningMain main = start("camel.component.whatsappmd.on.503", "backoff:1h")) {
            main.exchanges.awaitReceived(2);
            assertThat(ask(main, "a")).isEqualTo(HealthCheck.State.UP);
            assertThat(ask(main, "b")).isEqualTo(HealthCheck.State.UP);
            assertAlive(main);

            sales.server.closeWith(ServerClose.streamError(503));
            awaitPhase(main, "waiting");

            HealthCheck.Result result = check(main, "a").call();
            assertThat(result.getState()).isEqualTo(HealthCheck.State.UP);
            assertThat(result.getMessage()).contains("Connecting after 503 unavailableService (SERVER_UNAVAILABLE)");
            assertThat(result.getDetails())
                    .containsEntry("phase", "waiting")
                    .containsEntry("disconnect.code", 503)
                    .containsEntry("reconnect.action", "backoff");
        }
    }

    @Test
    void isUpWhileItConnectsForTheFirstTime() throws Exception {
        int greeted = sales.server.script().count(Moment.HELLO);
        sales.server.script().onNext(Moment.HELLO, ServerFault.silence());
        try (RunningMain main = start()) {
            sales.server.await(Moment.HELLO, greeted + 1, RunningRoutes.LIMIT);

            assertThat(ask(main, "a")).isEqualTo(HealthCheck.State.UP);
            assertThat(check(main, "a").call().getMessage()).contains("Connecting");
        }
    }

    @Test
    void isDownWithTheCodeForEveryConsumerWhenTheSessionHasBeenStopped() throws Exception {
        try (RunningMain main = start("camel.component.whatsappmd.on.503", "stop")) {
            main.exchanges.awaitReceived(2);
            sales.server.closeWith(ServerClose.streamError(503));
            awaitPhase(main, "halted");

            for (String route : List.of("a", "b")) {
                HealthCheck.Result result = check(main, route).call();
                assertThat(result.getState()).isEqualTo(HealthCheck.State.DOWN);
                assertThat(result.getDetails())
                        .containsEntry("disconnect.code", 503)
                        .containsEntry("session.id", "sales");
            }
            assertThat(HealthCheckHelper.invokeReadiness(main.context()))
                    .filteredOn(result -> result.getState() == HealthCheck.State.DOWN)
                    .extracting(result -> result.getCheck().getId())
                    .containsExactlyInAnyOrder("consumer:a", "consumer:b");
            assertAlive(main);
        }
    }

    @Test
    void ofSeveralConsumersTheOneThatRunsKeepsTheSessionUp() throws Exception {
        try (RunningMain main = start()) {
            main.exchanges.awaitReceived(2);

            main.context().getRouteController().stopRoute("a");

            assertThat(ask(main, "b")).isEqualTo(HealthCheck.State.UP);
        }
    }

    @Test
    void isNotAskedWhenItIsSwitchedOff() throws Exception {
        try (RunningMain main = start(
                "camel.component.whatsappmd.healthCheckConsumerEnabled",
                "false",
                "camel.component.whatsappmd.on.503",
                "stop")) {
            main.exchanges.awaitReceived(2);
            sales.server.closeWith(ServerClose.streamError(503));
            awaitPhase(main, "halted");

            assertThat(ask(main, "a")).isEqualTo(HealthCheck.State.UNKNOWN);
            assertThat(HealthCheckHelper.invokeReadiness(main.context()))
                    .noneMatch(result -> result.getState() == HealthCheck.State.DOWN);
        }
    }
}
