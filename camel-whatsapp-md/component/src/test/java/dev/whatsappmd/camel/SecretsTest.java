package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.camel.SeenExchanges.Seen;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.CamelContextHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The number of the phone, the code and the proxy's login are shown nowhere, wherever they were set. */
class SecretsTest {
    private static final String NUMBER = "4915100000001";
    private static final String CODE = "CAFE2026";

    @TempDir
    private static Path directory;

    private static LinkedSales sales;

    @BeforeAll
    static void link() throws Exception {
        sales = new LinkedSales(directory);
    }

    @AfterAll
    static void stop() {
        sales.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "phoneNumber=4915100000001&pairingCode=CAFE2026",
                "phone-number=4915100000001&pairing-code=CAFE2026",
                "PHONENUMBER=RAW(+49 (151) 00000001)&connectTimeout=5s&PAIRINGCODE=RAW{CAFE2026}",
                "configuration.phoneNumber=%2B4915100000001&configuration.pairingCode=CAFE2026"
            })
    void anEndpointsUriHidesThem(String options) throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            WhatsAppMdEndpoint endpoint = context.getEndpoint("whatsappmd:sales?" + options, WhatsAppMdEndpoint.class);

            assertThat(endpoint.getConfiguration().getPhoneNumber()).contains("151");
            assertThat(endpoint.getConfiguration().getPairingCode()).isEqualTo(CODE);
            assertThat(List.of(endpoint.getEndpointUri(), endpoint.toString(), endpoint.getServiceUrl()))
                    .noneMatch(text -> text.contains("0001") || text.contains(CODE));
            assertThat(endpoint.getEndpointUri()).contains("=xxxxxx");
            assertThat(context.getEndpoint("whatsappmd:sales?" + options))
                    .as("the same again")
                    .isSameAs(endpoint);
        }
    }

    @Test
    void endpointsThatDifferInWhatIsHiddenAreNotTheSame() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            Endpoint one = context.getEndpoint("whatsappmd:sales?phoneNumber=4915100000001");
            Endpoint other = context.getEndpoint("whatsappmd:sales?phoneNumber=4915100000002");

            assertThat(one.getEndpointUri()).isEqualTo(other.getEndpointUri());
            assertThat(one).isNotEqualTo(other);
        }
    }

    @Test
    void managementShowsThemNowhere() throws Exception {
        String yaml = """
                - route:
                    id: sales
                    from:
                      uri: whatsappmd:sales
                      parameters: { pairing: code, phoneNumber: 4915100000001, pairingCode: CAFE2026 }
                      steps: [ { process: { ref: seen } } ]
                """;
        try (RunningMain main = RunningMain.startUnlinked(sales, Map.of(), yaml)) {
            main.exchanges.await("a code", Seen::hasCode);

            assertThat(managed(main.context()))
                    .anyMatch(line -> line.contains("whatsappmd"))
                    .noneMatch(line -> line.contains(NUMBER) || line.contains(CODE));
        }
    }

    /** Names and attributes of all that Camel manages. */
    private static List<String> managed(CamelContext context) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        List<String> lines = new ArrayList<>();
        for (ObjectName name : server.queryNames(
                new ObjectName("org.apache.camel:context=" + context.getManagementName() + ",*"), null)) {
            lines.add(name.toString());
            for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                if (attribute.isReadable()) {
                    lines.add(name + " " + attribute.getName() + "=" + server.getAttribute(name, attribute.getName()));
                }
            }
        }
        return lines;
    }

    @Test
    void camelHidesThemAmongItsPropertiesBesideWhatTheApplicationHides() throws Exception {
        Map<String, String> properties = Map.of(
                "camel.component.whatsappmd.phoneNumber",
                NUMBER,
                "camel.main.additionalSensitiveKeywords",
                "orderNumber");
        try (RunningMain main = RunningMain.startUnlinked(sales, properties, route("sales", ""))) {
            assertThat(List.of(
                            "phoneNumber",
                            "phone-number",
                            "pairingCode",
                            "proxyUsername",
                            "proxyPassword",
                            "storePassphrase"))
                    .allMatch(option -> CamelContextHelper.containsSensitive(
                            main.context(), "camel.component.whatsappmd." + option));
            assertThat(CamelContextHelper.containsSensitive(main.context(), "orderNumber"))
                    .isTrue();
            assertThat(CamelContextHelper.containsSensitive(main.context(), "camel.component.whatsappmd.serverUrl"))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "phoneNumber, phoneNumber=4915100000001, phoneNumber=4915100000002",
        "pairingCode, pairingCode=CAFE2026, pairingCode=CAFE2027",
        "storePassphrase, storePassphrase=CAFE2026, storePassphrase=RAW(CAFE 2027)",
        "proxyUsername, proxy=http://p:1&proxyPassword=x&proxyUsername=CAFE2026,"
                + " proxy=http://p:1&proxyPassword=x&proxyUsername=CAFE2027",
        "proxyPassword, proxy=http://p:1&proxyPassword=CAFE2026&proxyUsername=x,"
                + " proxy=http://p:1&proxyPassword=CAFE2027&proxyUsername=x"
    })
    void conflictsOfEndpointsNameTheOptionOnly(String option, String one, String other) throws Exception {
        try (RunningRoutes routes = sales.routes()) {
            assertThatThrownBy(() -> routes.start(route("a", one) + route("b", other)))
                    .hasMessageStartingWith("session sales has one value of " + option + ": whatsappmd://sales?")
                    .hasMessageContaining(" sets it to xxxxxx, but whatsappmd://sales?")
                    .hasMessageEndingWith(" to xxxxxx; set it in one of them, or to the same")
                    .message()
                    .doesNotContain("0000000", "CAFE");
        }
    }

    @Test
    void conflictsWithARunningSessionNameTheOptionOnly() throws Exception {
        try (RunningRoutes routes = sales.routes()) {
            routes.component().getConfiguration().setPhoneNumber(NUMBER);
            routes.start(route("a", ""));

            assertThatThrownBy(() -> routes.start(route("b", "phoneNumber=4915100000002")))
                    .hasMessage("session sales runs already, with phoneNumber set to xxxxxx:"
                            + " whatsappmd://sales?phoneNumber=xxxxxx cannot set it to xxxxxx now; stop the session's"
                            + " routes first, or set it on the endpoint that starts it");
            assertThatThrownBy(() -> routes.start(route("c", "pairingCode=CAFE2026")))
                    .hasMessage("session sales runs already, without pairingCode:"
                            + " whatsappmd://sales?pairingCode=xxxxxx cannot set it to xxxxxx now; stop the session's"
                            + " routes first, or set it on the endpoint that starts it");
        }
    }

    private static String route(String id, String options) {
        return "- route: { id: %s, from: { uri: \"whatsappmd:sales?%s\", steps: [ { process: { ref: seen } } ] } }\n"
                .formatted(id, options);
    }
}
