package dev.whatsappmd.engine.pairing;

import static dev.whatsappmd.engine.Vectors.b64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.proto.payload.ClientPayload;
import dev.whatsappmd.engine.proto.payload.DeviceProps;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClientPayloadsTest {
    private static final String FILE = "client-payload.json";

    @TestFactory
    Stream<DynamicTest> asksForRegistrationAsTheReferenceDoes() {
        return Vectors.tests(FILE, "registration", c -> {
            DeviceConfig config = config(c.path("config"));
            byte[] payload = ClientPayloads.registration(VectorCredentials.of(c.path("creds")), config);
            assertThat(payload).isEqualTo(b64(c.path("payload")));
            if (c.has("deviceProps")) {
                assertThat(ClientPayloads.deviceProps(config).toByteArray())
                        .isEqualTo(b64(c.path("deviceProps").path("bytes")));
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> logsInAsTheReferenceDoes() {
        return Vectors.tests(FILE, "login", c -> {
            byte[] payload = ClientPayloads.login(Jid.parse(c.path("jid").asText()), config(c.path("config")));
            assertThat(payload).isEqualTo(b64(c.path("payload")));
        });
    }

    @Test
    void sendsWhatTheReferenceSendsByDefault() {
        assumeTrue(Vectors.isOwnCopy(), "the case is known by its name");
        JsonNode byDefault = Vectors.cases(FILE, "login").stream()
                .filter(c -> c.path("name").asText().equals("login default config"))
                .findFirst()
                .orElseThrow();
        assertThat(config(byDefault.path("config")))
                .isEqualTo(DeviceConfig.of(new DeviceProfile("Mac OS", "Chrome"), HistoryScope.FULL));
    }

    @ParameterizedTest
    @EnumSource(HistoryScope.class)
    void asksForAllHistoryOnlyWhenItIsWanted(HistoryScope history) throws Exception {
        DeviceConfig config = DeviceConfig.of(DeviceProfile.DEFAULT, history);
        ClientPayload payload =
                ClientPayload.parseFrom(ClientPayloads.registration(NewCredentials.generate(seeded()), config));
        DeviceProps props = DeviceProps.parseFrom(payload.getDevicePairingData().getDeviceProps());
        assertThat(props.getOs()).isEqualTo("Apache Camel");
        assertThat(props.getPlatformType()).isEqualTo(DeviceProps.PlatformType.CHROME);
        assertThat(props.getRequireFullSync()).isEqualTo(history == HistoryScope.FULL);
        assertThat(props.getHistorySyncConfig().getInlineInitialPayloadInE2EeMsg())
                .isTrue();
    }

    @Test
    void refusesToLogInWithAnAddressThatIsNoNumber() {
        Jid status = Jid.of("status", "broadcast");
        DeviceConfig config = DeviceConfig.of(DeviceProfile.DEFAULT, HistoryScope.RECENT);
        assertThatThrownBy(() -> ClientPayloads.login(status, config))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no phone number");
    }

    private static RandomGenerator seeded() {
        return RandomGenerator.of("SplittableRandom");
    }

    private static DeviceConfig config(JsonNode config) {
        JsonNode version = config.path("version");
        JsonNode browser = config.path("browser");
        return new DeviceConfig(
                new ClientVersion(
                        version.get(0).asInt(),
                        version.get(1).asInt(),
                        version.get(2).asInt()),
                new DeviceProfile(browser.get(0).asText(), browser.get(1).asText()),
                config.path("syncFullHistory").asBoolean() ? HistoryScope.FULL : HistoryScope.RECENT,
                config.path("countryCode").asText(),
                Optional.ofNullable(config.path("pushName").textValue()));
    }
}
