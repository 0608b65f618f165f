package dev.whatsappmd.engine.pairing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairingTest {
    @Test
    void makesCodesOfItsOwnForEachAttempt() {
        Pairing pairing = Pairing.code("+49 151 0000 0001", Optional.empty());
        Random random = new Random(1);
        assertThat(pairing.isByCode()).isTrue();
        assertThat(pairing.newCode(random).code())
                .matches("[1-9A-HJ-NP-TV-Z]{8}")
                .isNotEqualTo(pairing.newCode(random).code());
    }

    @Test
    void usesTheOwnCodeAgainAndAgain() {
        Pairing pairing = Pairing.code("4915100000001", Optional.of("came-lcam"));
        assertThat(pairing.newCode(new Random(1)).code()).isEqualTo("CAMELCAM");
        assertThat(pairing.newCode(new Random(2)).code()).isEqualTo("CAMELCAM");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0151999888", "phone 999888", "99988"})
    void namesTheOptionButNotTheNumberThatIsNone(String number) {
        assertThatThrownBy(() -> Pairing.code(number, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("phoneNumber: ")
                .hasMessageContaining("7 to 15 digits")
                .message()
                .doesNotContain("99988");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "SHORT", "MUCHTOOLONG", "ABCD-12Ü4"})
    void namesTheOptionButNotTheCodeThatIsNone(String code) {
        assertThatThrownBy(() -> Pairing.code("4915100000001", Optional.of(code)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("pairingCode: ")
                .hasMessageContaining("8 letters");
    }

    @Test
    void hasNoCodeWhenItIsByQr() {
        assertThat(Pairing.qr().isByCode()).isFalse();
        assertThatThrownBy(() -> Pairing.qr().newCode(new Random(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void neverShowsNumberOrCode() {
        assertThat(Pairing.code("4915100000001", Optional.of("CAMELCAM")).toString())
                .isEqualTo("Pairing[code]");
        assertThat(Pairing.qr().toString()).isEqualTo("Pairing[qr]");
    }
}
