package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.localserver.fault.ServerClose;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What JMX shows of a consumer, and what it lets one do. */
class ManagementTest {
    @TempDir
    private static Path directory;

    private static LinkedSales sales;
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
        routes = sales.managedRoutes();
    }

    @AfterEach
    void stop() {
        routes.close();
    }

    private static String route(String options) {
        return """
                - route:
                    id: sales
                    from: { uri: "whatsappmd:sales%s", steps: [ { process: { ref: seen } } ] }
                """.formatted(options);
    }

    private MBeanServer server() {
        return routes.context.getManagementStrategy().getManagementAgent().getMBeanServer();
    }

    private ObjectName consumer() throws Exception {
        return server().queryNames(new ObjectName(domain() + ",type=consumers,name=WhatsAppMdConsumer*"), null)
                .iterator()
                .next();
    }

    private String domain() {
        return "org.apache.camel:context=" + routes.context.getManagementName();
    }

    /** ConnectionState, Phase, Generation and DisconnectCode. */
    private List<Object> shown() throws Exception {
        ObjectName consumer = consumer();
        List<Object> shown = new ArrayList<>();
        for (String name : List.of("ConnectionState", "Phase", "Generation", "DisconnectCode")) {
            shown.add(server().getAttribute(consumer, name));
        }
        return shown;
    }

    private void reconnect() throws Exception {
        server().invoke(consumer(), "reconnect", new Object[0], new String[0]);
    }

    @Test
    void showsEachStateAndEndsEachWait() throws Exception {
        routes.start(route("?on.503=backoff:1h&on.429=stop&reconnectMaxDelay=1h"))
                .awaitReceived(1);
        assertThat(server().getAttribute(consumer(), "SessionId")).isEqualTo("sales");
        assertThat(server().getAttribute(consumer(), "RouteId")).isEqualTo("sales");
        assertThat(shown()).containsExactly("open", "open", 1L, 0);

        sales.server.closeWith(ServerClose.streamError(503));
        routes.awaitPhase("waiting");
        assertThat(shown()).containsExactly("close", "waiting", 1L, 503);
        reconnect();
        routes.awaitReceived(2);
        assertThat(shown()).as("the last end is still known").containsExactly("open", "open", 2L, 503);

        sales.server.closeWith(ServerClose.conflict("replaced"));
        routes.awaitPhase("parked");
        assertThat(shown()).containsExactly("close", "parked", 2L, 440);
        reconnect();
        routes.awaitReceived(3);

        sales.server.closeWith(ServerClose.streamError(429));
        routes.awaitPhase("halted");
        assertThat(shown()).containsExactly("close", "halted", 3L, 429);
        reconnect();
        routes.awaitReceived(4);
        assertThat(shown()).containsExactly("open", "open", 4L, 429);
    }

    @Test
    void showsNothingOfASessionThatDoesNotRun() throws Exception {
        routes.start(route("")).awaitReceived(1);
        WhatsAppMdConsumer consumer =
                (WhatsAppMdConsumer) routes.context.getRoute("sales").getConsumer();

        consumer.stop();

        assertThat(consumer.getConnectionState()).isNull();
        assertThat(consumer.getPhase()).isNull();
        assertThat(consumer.getGeneration()).isZero();
        assertThat(consumer.getDisconnectCode()).isZero();
        consumer.reconnect();
        assertThat(sales.server.liveConnections()).isEmpty();
    }

    @Test
    void showsThatADeviceIsBeingLinked() throws Exception {
        routes.component().getConfiguration().setStoreDirectory(sales.unused().toString());
        routes.start(route("")).exchanges.awaitQr();

        assertThat(shown()).containsExactly("connecting", "pairing", 1L, 0);
    }

    @Test
    void noAttributeAndNoNameShowsASecretOrANumber() throws Exception {
        routes.component().getConfiguration().setStoreDirectory(sales.unused().toString());
        String proxy = "proxy=http://127.0.0.1:1&proxyUsername=hidden-user&proxyPassword=hidden-word";
        routes.start(route("?" + proxy) + """
                - route:
                    from:
                      uri: "direct:asks"
                      steps: [ { to: "whatsappmd:sales?operation=status&%s" } ]
                """.formatted(proxy));
        routes.await("close", one -> "close".equals(one.state()));
        assertNothingIsShown(Map.of("user", "hidden-user", "password", "hidden-word"));
    }

    @Test
    void noAttributeAndNoNameShowsWhoIsLinked() throws Exception {
        routes.start(route("")).awaitReceived(1);
        sales.server.closeWith(ServerClose.streamError(503));
        routes.awaitReceived(2);

        assertNothingIsShown(Map.of(
                "number",
                sales.device.jid().split("[:@]")[0],
                "lid",
                sales.device.lid().split("[:@]")[0]));
    }

    private void assertNothingIsShown(Map<String, String> secrets) throws Exception {
        Map<String, String> all = new TreeMap<>();
        for (ObjectName name : server().queryNames(new ObjectName(domain() + ",*"), null)) {
            for (MBeanAttributeInfo attribute : server().getMBeanInfo(name).getAttributes()) {
                String shown;
                try {
                    shown = String.valueOf(server().getAttribute(name, attribute.getName()));
                } catch (Exception e) {
                    // What cannot be read shows what its error says.
                    shown = e.toString();
                }
                all.put(name + " " + attribute.getName(), shown);
            }
        }
        assertThat(all).containsKey(consumer() + " EndpointUri").hasSizeGreaterThan(100);
        secrets.forEach((what, secret) -> assertThat(all).as(what).allSatisfy((attribute, shown) -> assertThat(
                        attribute + "=" + shown)
                .doesNotContain(secret)));
    }
}
