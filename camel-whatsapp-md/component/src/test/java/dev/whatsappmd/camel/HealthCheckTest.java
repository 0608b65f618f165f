package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.SessionStatus;
import dev.whatsappmd.localserver.LinkedDevice;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.health.HealthCheck;
import org.apache.camel.health.HealthCheckAware;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthCheckTest {
    private static final HealthCheck ANY = new WhatsAppMdHealthCheck(endpoint());

    private static WhatsAppMdEndpoint endpoint() {
        return new WhatsAppMdEndpoint(
                "whatsappmd:sales", new WhatsAppMdComponent(), "sales", new WhatsAppMdConfiguration());
    }

    @Test
    void followsTheSession(@TempDir Path directory) throws Exception {
        try (RunningRoutes routes = new RunningRoutes(LocalWhatsAppServer.start(), directory)) {
            routes.start("""
                    - route:
                        id: sales
                        from: { uri: "whatsappmd:sales", steps: [ { process: { ref: seen } } ] }
                    """);
            HealthCheck check =
                    ((HealthCheckAware) routes.context.getRoute("sales").getConsumer()).getHealthCheck();
            LinkedDevice device = routes.link();

            assertThat(check.isReadiness()).isTrue();
            assertThat(check.isLiveness()).isFalse();
            assertThat(check.call().getState()).isEqualTo(HealthCheck.State.UP);

            routes.phone.removeDevice(device);
            routes.awaitPhase("halted");

            HealthCheck.Result result = check.call();
            assertThat(result.getState()).isEqualTo(HealthCheck.State.DOWN);
            assertThat(result.getDetails())
                    .containsEntry("disconnect.code", 401)
                    .containsEntry("phase", "halted")
                    .containsEntry("reconnect.action", "stop");
            assertThat(result.getMessage())
                    .contains(
                            "The session has been stopped after 401 loggedOut (LINK_REJECTED); restart the route or use"
                                    + " the operation reconnect");

            routes.context.getRouteController().stopRoute("sales");

            assertThat(check.call().getState()).isEqualTo(HealthCheck.State.UNKNOWN);
        }
    }

    @Test
    void sessionThatIsGettingItsConnectionBackIsUpForAWhile() {
        SessionStatus waiting = status("waiting", true);

        assertThat(judge(waiting, Duration.ofSeconds(59)).getState()).isEqualTo(HealthCheck.State.UP);
        HealthCheck.Result later = judge(waiting, Duration.ofSeconds(61));
        assertThat(later.getState()).isEqualTo(HealthCheck.State.DOWN);
        assertThat(later.getMessage())
                .contains("Without a connection for 61 s after 503 unavailableService (SERVER_UNAVAILABLE)");
    }

    @Test
    void sessionThatIsNotLinkedSaysSo() {
        assertThat(judge(status("pairing", false), Duration.ofMinutes(2)).getMessage())
                .contains("This device is not linked yet: scan the QR code with the phone");
    }

    private static SessionStatus status(String phase, boolean registered) {
        ConnectionUpdate close = Updates.unavailable();
        LastDisconnect last = registered ? close.lastDisconnect() : null;
        return new SessionStatus(
                "sales",
                phase,
                ConnectionState.CLOSE,
                registered,
                3,
                false,
                last,
                registered ? close.reconnect() : null,
                0,
                0);
    }

    private static HealthCheck.Result judge(SessionStatus status, Duration notOpenFor) {
        HealthCheckResultBuilder builder = HealthCheckResultBuilder.on(ANY);
        WhatsAppMdHealthCheck.judge(builder, status, notOpenFor);
        return builder.build();
    }
}
