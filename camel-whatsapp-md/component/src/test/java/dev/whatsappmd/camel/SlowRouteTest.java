package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A route that does not come back for many intervals of the keep-alive: the connection stays, and nothing is lost. */
class SlowRouteTest {
    private static final int INTERVALS = 30;

    @TempDir
    private static Path directory;

    private static LinkedSales sales;

    private final CountDownLatch enough = new CountDownLatch(1);
    private RunningRoutes routes;

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
        routes.context.getRegistry().bind("hold", (Processor) exchange -> {
            if ("open".equals(exchange.getMessage().getHeader(WhatsAppMdConstants.CONNECTION_STATE))) {
                enough.await();
            }
        });
    }

    @AfterEach
    void stop() {
        enough.countDown();
        routes.close();
    }

    private void startSlowRoute(String options) throws Exception {
        routes.start("""
                - route:
                    from:
                      uri: "whatsappmd:sales?keepAliveInterval=20ms&keepAliveTimeout=10s%s"
                      steps: [ { process: { ref: hold } }, { process: { ref: seen } } ]
                """.formatted(options));
    }

    /** The server answers each. */
    private static void awaitPings(int count) {
        for (int i = 0; i < count; i++) {
            sales.server.takeStanza(StanzaMatch.iq("get", "w:p"), RunningRoutes.LIMIT);
        }
    }

    @Test
    void connectionStays() throws Exception {
        int connections = sales.server.connections().size();
        int opened = sales.server.script().count(Moment.OPEN);
        startSlowRoute("");
        sales.server.await(Moment.OPEN, opened + 1, RunningRoutes.LIMIT);

        awaitPings(INTERVALS);

        assertThat(routes.story()).containsExactly("connecting");
        assertThat(routes.status().phase()).isEqualTo("open");
        assertThat(sales.server.connections()).hasSize(connections + 1);
        assertThat(sales.server.liveConnections()).hasSize(1);

        enough.countDown();

        routes.awaitReceived(1);
        assertThat(routes.story().stream().filter(told -> !told.equals("isOnline")))
                .containsExactly("connecting", "open", "receivedPendingNotifications");
        assertThat(sales.server.connections()).hasSize(connections + 1);
    }

    @Test
    void sessionComesBackWithoutTheRouteWhichIsToldAllOfItLater() throws Exception {
        int connections = sales.server.connections().size();
        int opened = sales.server.script().count(Moment.OPEN);
        startSlowRoute("&routeDecisionTimeout=" + Duration.ofMillis(30).toMillis());
        for (int i = 1; i < 4; i++) {
            sales.server.await(Moment.OPEN, opened + i, RunningRoutes.LIMIT);
            awaitPings(3);
            sales.server.closeWith(ServerClose.streamError(503));
        }
        sales.server.await(Moment.OPEN, opened + 4, RunningRoutes.LIMIT);
        awaitPings(3);
        assertThat(routes.story()).containsExactly("connecting");

        enough.countDown();

        routes.awaitReceived(4);
        assertThat(routes.story().stream()
                        .filter(told -> told.equals("connecting") || told.equals("open") || told.startsWith("close")))
                .containsExactly(
                        "connecting",
                        "open",
                        "close 503",
                        "connecting",
                        "open",
                        "close 503",
                        "connecting",
                        "open",
                        "close 503",
                        "connecting",
                        "open");
        assertThat(sales.server.connections()).hasSize(connections + 4);
    }
}
