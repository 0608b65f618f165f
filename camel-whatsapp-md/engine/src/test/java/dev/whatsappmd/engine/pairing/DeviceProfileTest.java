package dev.whatsappmd.engine.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.proto.payload.DeviceProps.PlatformType;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceProfileTest {
    @TestFactory
    Stream<DynamicTest> numbersClientsAsTheReferenceDoes() {
        return Vectors.tests("pairing.json", "companionPlatformId", c -> {
            JsonNode browser = c.path("browser");
            DeviceProfile profile =
                    new DeviceProfile(browser.get(0).asText(), browser.get(1).asText());
            assertThat(profile.companionPlatformId()).isEqualTo(c.path("id").asText());
        });
    }

    @ParameterizedTest
    @CsvSource({
        "chrome, CHROME, 1",
        "Edge, EDGE, 2",
        "FIREFOX, FIREFOX, 3",
        "ie, IE, 4",
        "opera, OPERA, 5",
        "safari, SAFARI, 6",
        "desktop, DESKTOP, 7",
        "android, ANDROID_PHONE, e"
    })
    void understandsEveryPlatformOption(String platform, PlatformType type, String companionPlatformId) {
        DeviceProfile profile = DeviceProfile.of("Till 4", platform);
        assertThat(profile.os()).isEqualTo("Till 4");
        assertThat(profile.platformType()).isEqualTo(type);
        assertThat(profile.companionPlatformId()).isEqualTo(companionPlatformId);
    }

    @Test
    void namesThePlatformsWhenOneIsNotKnown() {
        assertThatThrownBy(() -> DeviceProfile.of("Till 4", "netscape"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("netscape")
                .hasMessageContaining("[android, chrome, desktop, edge, firefox, ie, opera, safari]");
    }

    @Test
    void refusesADeviceWithoutAName() {
        assertThatThrownBy(() -> DeviceProfile.of(" ", "chrome"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("device name is blank");
    }

    @ParameterizedTest
    @CsvSource({
        "Apache Camel, chrome, Chrome (Linux)",
        "Linux, opera, Opera (Linux)",
        "Ubuntu, firefox, Firefox (Ubuntu)",
        "Mac OS, desktop, Chrome (Mac OS)",
        "Windows, desktop, Chrome (Windows)",
        "Till 4, android, Android (Linux)",
        "Android, android, Android (Android)"
    })
    void asksForACodeAsABrowserOnARealOperatingSystem(String deviceName, String platform, String display) {
        assertThat(DeviceProfile.of(deviceName, platform).pairingDisplay()).isEqualTo(display);
    }
}
