package dev.whatsappmd.reconnect;

import static dev.whatsappmd.reconnect.ReconnectDirective.backoff;
import static dev.whatsappmd.reconnect.ReconnectDirective.mostCautious;
import static dev.whatsappmd.reconnect.ReconnectDirective.none;
import static dev.whatsappmd.reconnect.ReconnectDirective.now;
import static dev.whatsappmd.reconnect.ReconnectDirective.park;
import static dev.whatsappmd.reconnect.ReconnectDirective.relink;
import static dev.whatsappmd.reconnect.ReconnectDirective.stop;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReconnectDirectiveTest {
    private static final String ALLOWED =
            "now, backoff, park, stop or relink, with a duration after park and backoff only (park:10m, backoff:30s)";

    @Test
    void readsEveryAction() {
        assertThat(ReconnectDirective.parse("now")).isEqualTo(now());
        assertThat(ReconnectDirective.parse("backoff")).isEqualTo(backoff());
        assertThat(ReconnectDirective.parse("backoff:30s")).isEqualTo(backoff(ofSeconds(30)));
        assertThat(ReconnectDirective.parse("park")).isEqualTo(park());
        assertThat(ReconnectDirective.parse("park:10m")).isEqualTo(park(ofMinutes(10)));
        assertThat(ReconnectDirective.parse("stop")).isEqualTo(stop());
        assertThat(ReconnectDirective.parse("relink")).isEqualTo(relink());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PARK:10m", "Park:10m", " park:10m ", "park:600s", "park:600000"})
    void doesNotMindCaseBlanksAroundOrTheUnit(String text) {
        assertThat(ReconnectDirective.parse(text)).isEqualTo(park(ofMinutes(10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", "backoff", "backoff:30s", "park", "park:1m30s", "stop", "relink"})
    void writesWhatItReads(String text) {
        assertThat(ReconnectDirective.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|the action is missing; allowed is",
                "`  `|the action is missing; allowed is",
                "retry|there is no action \"retry\"; allowed is",
                "none|there is no action \"none\"; allowed is",
                ":10m|there is no action \"\"; allowed is",
                "10m|there is no action \"10m\"; allowed is",
                "stop now|there is no action \"stop now\"; allowed is",
                "now:1s|now takes no duration; allowed is",
                "stop:10m|stop takes no duration; allowed is",
                "relink:|relink takes no duration; allowed is",
            })
    void namesOptionTextAndWhatIsAllowed(String text, String message) {
        assertThatThrownBy(() -> ReconnectDirective.parse("on.503", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("on.503=" + text + ": " + message + " " + ALLOWED);
    }

    @Test
    void saysWhatIsWrongWithADuration() {
        assertThatThrownBy(() -> ReconnectDirective.parse("on.503", "park:0s"))
                .hasMessage("on.503=park:0s: duration \"0s\" must be longer than zero");
        assertThatThrownBy(() -> ReconnectDirective.parse("on.503", "park:"))
                .hasMessage(
                        "on.503=park:: duration \"\" is not understood; write milliseconds (500) or units from large to"
                                + " small (500ms, 30s, 10m, 1h, 1d, 1m30s)");
        assertThatThrownBy(() -> ReconnectDirective.parse("on.503", "backoff:1m:2m"))
                .hasMessage(
                        "on.503=backoff:1m:2m: duration \"1m:2m\" is not understood; write milliseconds (500) or units"
                                + " from large to small (500ms, 30s, 10m, 1h, 1d, 1m30s)");
        assertThatThrownBy(() -> ReconnectDirective.parse("park:9999d"))
                .hasMessage("reconnect action=park:9999d: duration \"9999d\" is too long; at most 365d is allowed");
    }

    @ParameterizedTest
    @EnumSource(
            value = ReconnectAction.class,
            names = {"STOP", "NOW", "RELINK", "NONE"})
    void takesADurationOnlyWithParkAndBackoff(ReconnectAction action) {
        assertThatThrownBy(() -> new ReconnectDirective(action, Optional.of(ofSeconds(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(action.wireName() + " takes no duration");
    }

    @Test
    void refusesADurationOutOfRange() {
        assertThatThrownBy(() -> park(Duration.ZERO))
                .hasMessage("duration of park is 0s; it must be longer than zero and at most 365d");
        assertThatThrownBy(() -> backoff(ofSeconds(-3)))
                .hasMessage("duration of backoff is -3s; it must be longer than zero and at most 365d");
        assertThatThrownBy(() -> park(Duration.ofDays(366)))
                .hasMessage("duration of park is 366d; it must be longer than zero and at most 365d");
    }

    @Test
    void ordersActionsByCaution() {
        assertThat(Arrays.stream(ReconnectAction.values()).map(ReconnectAction::wireName))
                .containsExactly("stop", "park", "backoff", "now", "relink", "none");
        for (ReconnectAction one : ReconnectAction.values()) {
            for (ReconnectAction other : ReconnectAction.values()) {
                assertThat(one.moreCautiousThan(other)).isEqualTo(one.ordinal() < other.ordinal());
            }
        }
    }

    @Test
    void theMostCautiousWordWins() {
        assertThat(mostCautious(List.of())).isEmpty();
        assertThat(mostCautious(List.of(Optional.empty(), Optional.empty()))).isEmpty();
        assertThat(words(now())).contains(now());
        assertThat(words(now(), backoff())).contains(backoff());
        assertThat(words(park(ofSeconds(1)), backoff(ofMinutes(10)))).contains(park(ofSeconds(1)));
        assertThat(words(park(), stop(), now())).contains(stop());
        assertThat(words(relink(), now())).contains(now());
        assertThat(words(none(), relink())).contains(relink());
    }

    @Test
    void ofEqualActionsTheLongerDurationWins() {
        assertThat(words(park(ofMinutes(1)), park(ofMinutes(2)))).contains(park(ofMinutes(2)));
        assertThat(words(park(ofMinutes(2)), park(ofMinutes(1)))).contains(park(ofMinutes(2)));
        assertThat(words(park(Durations.MAX), park())).contains(park());
        assertThat(words(park(), park(Durations.MAX))).contains(park());
        assertThat(words(backoff(), backoff(ofSeconds(1)))).contains(backoff(ofSeconds(1)));
        assertThat(words(backoff(ofSeconds(1)), backoff())).contains(backoff(ofSeconds(1)));
    }

    @Test
    void whoSaidNothingDoesNotCount() {
        assertThat(mostCautious(List.of(Optional.empty(), Optional.of(now()), Optional.empty())))
                .contains(now());
    }

    private static Optional<ReconnectDirective> words(ReconnectDirective... words) {
        return mostCautious(Arrays.stream(words).map(Optional::of).toList());
    }
}
