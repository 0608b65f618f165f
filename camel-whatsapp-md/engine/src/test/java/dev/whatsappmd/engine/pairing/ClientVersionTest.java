package dev.whatsappmd.engine.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientVersionTest {
    @Test
    void readsWhatItWrites() {
        ClientVersion version = ClientVersion.parse(" 2.3000.1076236631 ");
        assertThat(version).isEqualTo(new ClientVersion(2, 3000, 1076236631));
        assertThat(version).hasToString("2.3000.1076236631");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "2.3000", "2.3000.1.1", "2.3000.x", "-2.3000.1", "2..1", "2.3000.2147483648"})
    void refusesWhatIsNoVersion(String text) {
        assertThatThrownBy(() -> ClientVersion.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("write it like 2.3000.");
    }

    @Test
    void ordersByTheNumbersAndNotByTheText() {
        assertThat(ClientVersion.parse("2.3000.999"))
                .isLessThan(ClientVersion.parse("2.3000.1000"))
                .isGreaterThan(ClientVersion.parse("2.2412.54"))
                .isLessThan(ClientVersion.parse("3.0.0"))
                .isEqualByComparingTo(ClientVersion.parse("2.3000.0999"));
    }
}
