package dev.whatsappmd.reconnect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A gateway with one layer, close codes from 4000 and real resumes, on the same core. */
class SecondProtocolTest {
    @ParameterizedTest
    @CsvSource({
        "-1,   LINE_LOST,           now,     RESUME",
        "1000, LINE_LOST,           now,     RESUME",
        "1006, LINE_LOST,           now,     RESUME",
        "3999, LINE_LOST,           now,     RESUME",
        "4001, UNSUPPORTED,         stop,    FRESH",
        "4002, UNSUPPORTED,         stop,    FRESH",
        "4003, IDENTIFY_AGAIN,      now,     FRESH",
        "4004, CREDENTIALS_REFUSED, stop,    FRESH",
        "4005, IDENTIFY_AGAIN,      now,     FRESH",
        "4006, SESSION_INVALID,     now,     FRESH",
        "4009, IDENTIFY_AGAIN,      now,     FRESH",
        "4011, SERVER_NOT_FOUND,    park,    FRESH",
        "4012, UNSUPPORTED,         stop,    FRESH",
        "4014, REMOVED,             stop,    FRESH",
        "4015, SERVER_CRASHED,      backoff, RESUME",
        "4016, UNSUPPORTED,         stop,    FRESH",
        "4017, UNSUPPORTED,         stop,    FRESH",
        "4020, UNSUPPORTED,         stop,    FRESH",
        "4021, RATE_LIMITED,        park,    RESUME",
        "4022, REMOVED,             stop,    FRESH",
        "4000, UNKNOWN,             backoff, FRESH",
        "4999, UNKNOWN,             backoff, FRESH",
    })
    void givesEachCodeItsKindActionAndResumption(int code, VoiceEnd kind, String action, Resumption resumption) {
        Cause<VoiceEnd> cause = VoiceEnd.closed(code);
        assertThat(cause.kind()).isEqualTo(kind);
        assertThat(cause.kind().resumption()).isEqualTo(resumption);
        assertThat(tracker(Map.of()).decide(cause, 0).action().wireName()).isEqualTo(action);
    }

    @Test
    void anInvalidSessionDoesNotLoop() {
        ReconnectTracker<VoiceEnd> tracker = tracker(Map.of());
        assertThat(tracker.decide(VoiceEnd.closed(4006), 0).action()).isEqualTo(ReconnectAction.NOW);
        assertThat(tracker.decide(VoiceEnd.closed(4006), 1).action()).isEqualTo(ReconnectAction.BACKOFF);
        assertThat(tracker.decide(VoiceEnd.closed(4006), 2).action()).isEqualTo(ReconnectAction.BACKOFF);
        assertThat(tracker.decide(VoiceEnd.closed(4006), 3).action()).isEqualTo(ReconnectAction.STOP);
    }

    @Test
    void twoKindsThatBothReconnectAtOnceDoNotTakeTurnsWithoutDelay() {
        ReconnectTracker<VoiceEnd> tracker = tracker(Map.of());
        assertThat(tracker.decide(VoiceEnd.closed(1006), 0).delay().orElseThrow())
                .isZero();
        assertThat(tracker.decide(VoiceEnd.closed(4006), 1).delay().orElseThrow())
                .isPositive();
    }

    @Test
    void itsOptionsAreReadWithItsOwnWords() {
        ReconnectTracker<VoiceEnd> tracker = tracker(Map.of("close.4014", "backoff", "sessionInvalid", "stop"));
        assertThat(tracker.decide(VoiceEnd.closed(4014), 0).action()).isEqualTo(ReconnectAction.BACKOFF);
        assertThat(tracker.decide(VoiceEnd.closed(4022), 0).action()).isEqualTo(ReconnectAction.STOP);
        assertThat(tracker.decide(VoiceEnd.closed(4006), 0).action()).isEqualTo(ReconnectAction.STOP);
    }

    @ParameterizedTest
    @EnumSource(VoiceEnd.class)
    void everyKindHasARule(VoiceEnd kind) {
        assertThat(VoiceEnd.RULES.rule(kind)).isNotNull();
    }

    private static ReconnectTracker<VoiceEnd> tracker(Map<String, String> options) {
        return new ReconnectPolicy<>(
                        ReconnectSettings.defaults(),
                        VoiceEnd.RULES,
                        ReconnectOverrides.parse(options, VoiceEnd.VOCABULARY))
                .newTracker(new Random(1));
    }
}
