package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.pairing.HistoryScope;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.engine.transport.Proxy;
import dev.whatsappmd.reconnect.ReconnectSettings;
import dev.whatsappmd.reconnect.ReconnectStrategy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PropertyBindingSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionOptionsTest {
    private final DefaultCamelContext context = new DefaultCamelContext();
    private SessionStore store;

    @BeforeEach
    void makeStore(@TempDir Path directory) {
        store = new SqliteSessionStore(directory);
    }

    @AfterEach
    void stop() {
        context.stop();
        store.close();
    }

    @Test
    void everyOptionReachesTheEngine() {
        ClientOptions options = options("whatsappmd:sales?serverUrl=wss://example.org/ws"
                + "&pairing=code&phoneNumber=RAW(+49 151 00000001)&pairingCode=CAFE2026&clientVersion=2.3000.1&deviceName=Orders&platform=firefox&historySync=full&markOnlineOnConnect=true"
                + "&connectTimeout=1s&queryTimeout=2s&keepAliveInterval=3s&keepAliveTimeout=4s&routeDecisionTimeout=5m"
                + "&reconnectStrategy=always&reconnectDelay=3s&reconnectMultiplier=1.5&reconnectMaxDelay=1m"
                + "&reconnectJitter=0&reconnectMaxAttempts=5&reconnectStableAfter=10s"
                + "&proxy=socks5://proxy:1080&proxyUsername=joe&proxyPassword=s3cret&on.440=stop&on.stream.503=now");

        assertThat(options.sessionId()).isEqualTo("sales");
        assertThat(options.serverUrl()).isEqualTo(URI.create("wss://example.org/ws"));
        assertThat(options.pairing().isByCode()).isTrue();
        assertThat(options.clientVersion()).hasToString("2.3000.1");
        assertThat(options.device().os()).isEqualTo("Orders");
        assertThat(options.device().browser()).isEqualTo("Firefox");
        assertThat(options.historySync()).isEqualTo(HistoryScope.FULL);
        assertThat(options.markOnlineOnConnect()).isTrue();
        assertThat(options.connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(options.queryTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(options.keepAliveInterval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(options.keepAliveTimeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(options.routeDecisionTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(options.policy().settings())
                .isEqualTo(new ReconnectSettings(
                        ReconnectStrategy.ALWAYS,
                        Duration.ofSeconds(3),
                        1.5,
                        Duration.ofMinutes(1),
                        0,
                        5,
                        Duration.ofSeconds(10)));
        assertThat(options.policy().overrides().isEmpty()).isFalse();
        assertThat(options.proxy())
                .contains(new Proxy(Proxy.Scheme.SOCKS5, "proxy", 1080, Optional.of(new Proxy.Login("joe", "s3cret"))));
    }

    @Test
    void whatIsDocumentedAsDefaultIsTheEnginesDefault() throws Exception {
        ClientOptions byDefault = options("whatsappmd:sales");
        List<String> defaults = new ArrayList<>();
        ComponentJson.load().at("/properties").fields().forEachRemaining(option -> {
            if (option.getValue().has("defaultValue")) {
                defaults.add(option.getKey() + "="
                        + option.getValue().get("defaultValue").asText());
            }
        });

        ClientOptions written = options("whatsappmd:sales?" + String.join("&", defaults));

        assertThat(defaults).contains("connectTimeout=20s", "reconnectStrategy=smart", "deviceName=Apache Camel");
        assertThat(written)
                .usingRecursiveComparison()
                .ignoringFields("store", "transport", "policy")
                .isEqualTo(byDefault);
        assertThat(written.policy().settings()).isEqualTo(byDefault.policy().settings());
    }

    @Test
    void whatIsDocumentedAsDefaultIsWhatARunningSessionIsComparedWith() throws Exception {
        Map<String, Object> documented = new HashMap<>();
        ComponentJson.load().at("/properties").fields().forEachRemaining(option -> {
            JsonNode value = option.getValue().path("defaultValue");
            boolean ofTheSession =
                    option.getValue().path("configurationField").asText().equals("configuration");
            if (ofTheSession && !value.isMissingNode()) {
                documented.put(option.getKey(), typed(option.getKey(), value.asText()));
            }
        });

        assertThat(SessionOptions.DEFAULTS).isEqualTo(documented);
    }

    /** As Camel reads it. */
    private Object typed(String option, String text) {
        WhatsAppMdEndpoint endpoint =
                context.getEndpoint("whatsappmd:sales?" + option + "=" + text, WhatsAppMdEndpoint.class);
        return endpoint.getConfiguration().explicit().get(option);
    }

    @Test
    void optionsOfAnEndpointGoOverThoseOfTheComponentInAnySpelling() {
        Map<String, Object> all = SessionOptions.over(
                Map.of("on.connection-replaced", "stop", "on.503", "now", "connectTimeout", Duration.ofSeconds(9)),
                Map.of("on.connectionReplaced", "park"));

        assertThat(all)
                .isEqualTo(Map.of(
                        "on.connectionReplaced", "park", "on.503", "now", "connectTimeout", Duration.ofSeconds(9)));
    }

    @Test
    void componentOptionsAreBoundAsCamelMainBindsThem() {
        WhatsAppMdComponent component = context.getComponent("whatsappmd", WhatsAppMdComponent.class);
        Map<String, Object> properties = new HashMap<>(Map.of(
                "serverUrl", "ws://127.0.0.1:1/ws/chat",
                "on.440", "stop",
                "on[503]", "backoff:2s",
                "reconnect-delay", "3s",
                "phone-number", "+49 151 00000001",
                "pairingCode", "CAFE2026",
                "configuration.queryTimeout", "7s"));

        PropertyBindingSupport.build()
                .withCamelContext(context)
                .withTarget(component)
                .withProperties(properties)
                .withConfigurer(component.getComponentPropertyConfigurer())
                .withIgnoreCase(true)
                .withRemoveParameters(true)
                .bind();

        assertThat(properties).as("what could not be bound").isEmpty();
        assertThat(component.getConfiguration().explicit())
                .isEqualTo(Map.of(
                        "serverUrl", "ws://127.0.0.1:1/ws/chat",
                        "on.440", "stop",
                        "on.503", "backoff:2s",
                        "reconnectDelay", Duration.ofSeconds(3),
                        "phoneNumber", "+49 151 00000001",
                        "pairingCode", "CAFE2026",
                        "queryTimeout", Duration.ofSeconds(7)));
    }

    @Test
    void numberWithoutPairingByCodeIsForTheOperationOnly() {
        assertThat(options("whatsappmd:sales?phoneNumber=4915100000001")
                        .pairing()
                        .isByCode())
                .isFalse();
    }

    @Test
    void whatGoesTogetherCanComeFromTheComponentAndTheEndpoint() {
        WhatsAppMdConfiguration component =
                context.getComponent("whatsappmd", WhatsAppMdComponent.class).getConfiguration();
        component.setPhoneNumber("4915100000001");
        component.setProxyPassword("s3cret");

        WhatsAppMdEndpoint endpoint = context.getEndpoint(
                "whatsappmd:sales?pairing=code&proxy=http://proxy:3128&proxyUsername=joe", WhatsAppMdEndpoint.class);

        ClientOptions options = SessionOptions.toClient(
                "sales",
                WhatsAppMdConfiguration.of(SessionOptions.over(
                        endpoint.componentOptions(), endpoint.getConfiguration().explicit())),
                store);
        assertThat(options.pairing().isByCode()).isTrue();
        assertThat(options.proxy().flatMap(Proxy::login)).contains(new Proxy.Login("joe", "s3cret"));
    }

    @Test
    void placeholdersAndRawValuesAreRead() {
        context.getPropertiesComponent().addInitialProperty("kind", "connection_replaced");
        WhatsAppMdComponent component = context.getComponent("whatsappmd", WhatsAppMdComponent.class);
        component.getConfiguration().setOn(Map.of("440", "stop"));
        WhatsAppMdEndpoint endpoint =
                context.getEndpoint("whatsappmd:sales?on.{{kind}}=RAW(park:1m)", WhatsAppMdEndpoint.class);

        assertThat(SessionOptions.over(
                        endpoint.componentOptions(), endpoint.getConfiguration().explicit()))
                .isEqualTo(Map.of("on.440", "stop", "on.connection_replaced", "park:1m"));
    }

    private ClientOptions options(String uri) {
        WhatsAppMdEndpoint endpoint = context.getEndpoint(uri, WhatsAppMdEndpoint.class);
        return SessionOptions.toClient(
                endpoint.getSessionId(),
                WhatsAppMdConfiguration.of(endpoint.getConfiguration().explicit()),
                store);
    }
}
