package dev.whatsappmd.engine.prekey;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreKeyPolicyTest {
    @ParameterizedTest(name = "{0} on the server, {1} stored, newest stored {2}: {3}")
    @CsvSource({
        "0, 0, false, 812",
        "0, 300, true, 812",
        "1, 300, true, 50",
        "4, 300, true, 50",
        "5, 300, true, 0",
        "300, 300, true, 0",
        "300, 5, true, 0",
        "300, 4, true, 50",
        "300, 0, false, 50",
        "300, 300, false, 50"
    })
    void fillsUpWhenFewAreLeftOnEitherSideOrTheNewestIsGone(int onServer, long stored, boolean newest, int expected) {
        assertThat(PreKeyPolicy.toUpload(onServer, stored, newest)).isEqualTo(expected);
    }
}
