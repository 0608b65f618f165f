package dev.whatsappmd.reconnect;

import static dev.whatsappmd.reconnect.ReconnectDirective.backoff;
import static dev.whatsappmd.reconnect.ReconnectDirective.none;
import static dev.whatsappmd.reconnect.ReconnectDirective.now;
import static dev.whatsappmd.reconnect.ReconnectDirective.park;
import static dev.whatsappmd.reconnect.ReconnectDirective.stop;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RuleTableTest {
    @Test
    void cannotBeBuiltWhileAKindHasNoRule() {
        RuleTable.Builder<ChatEnd> builder = RuleTable.builder(ChatEnd.class);
        for (ChatEnd kind : ChatEnd.values()) {
            if (kind != ChatEnd.EVICTED && kind != ChatEnd.UNKNOWN) {
                builder.rule(kind, ReconnectRule.of(stop()));
            }
        }
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("ChatEnd without a rule: EVICTED, UNKNOWN");
    }

    @Test
    void refusesTwoRulesForOneKind() {
        RuleTable.Builder<ChatEnd> builder =
                RuleTable.builder(ChatEnd.class).rule(ChatEnd.BANNED, ReconnectRule.of(stop()));
        assertThatThrownBy(() -> builder.rule(ChatEnd.BANNED, ReconnectRule.of(stop())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("BANNED is given two rules");
    }

    @ParameterizedTest
    @EnumSource(ChatEnd.class)
    void hasARuleForEveryKind(ChatEnd kind) {
        assertThat(ChatEnd.RULES.rule(kind)).isNotNull();
        assertThat(ChatEnd.RULES.kinds()).isEqualTo(ChatEnd.class);
    }

    @Test
    void rulesReadAsSentences() {
        assertThat(ChatEnd.RULES.rule(ChatEnd.RESTART_REQUESTED)).hasToString("now, then backoff");
        assertThat(ChatEnd.RULES.rule(ChatEnd.EVICTED)).hasToString("park:30s, at 5 within 10m stop");
        assertThat(ChatEnd.RULES.rule(ChatEnd.LOGGED_OUT)).hasToString("stop, even under always");
        assertThat(ChatEnd.RULES.rule(ChatEnd.REFUSED)).hasToString("backoff:1m, after 3 attempts stop");
        assertThat(ChatEnd.RULES.rule(ChatEnd.TEMPORARILY_BANNED))
                .hasToString("park:1h (or as long as the cause says), after 1 attempt stop");
    }

    @Test
    void aRuleIsNotChangedByWhatIsMadeOfIt() {
        ReconnectRule plain = ReconnectRule.of(park(ofHours(1)));
        plain.then(backoff());
        plain.attempts(3, stop());
        plain.window(2, ofMinutes(1), stop());
        plain.durationFromCause();
        plain.evenUnderAlways();
        assertThat(plain).hasToString("park:1h");
        assertThat(plain.holdsUnderAlways()).isFalse();
    }

    @Test
    void everyPartOfARuleSurvivesTheOthers() {
        ReconnectRule rule = ReconnectRule.of(park(ofHours(1)))
                .evenUnderAlways()
                .durationFromCause()
                .attempts(3, park())
                .window(2, ofMinutes(1), stop())
                .then(backoff(ofSeconds(5)));
        assertThat(rule)
                .hasToString(
                        "park:1h (or as long as the cause says), then backoff:5s, after 3 attempts park, at 2 within 1m"
                                + " stop, even under always");
        assertThat(rule.first()).isEqualTo(park(ofHours(1)));
        assertThat(rule.following()).isEqualTo(backoff(ofSeconds(5)));
        assertThat(rule.holdsUnderAlways()).isTrue();
        assertThat(rule.isNone()).isFalse();
    }

    @Test
    void refusesARuleThatCannotBe() {
        assertThatThrownBy(() -> ReconnectRule.of(stop()).then(backoff()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a rule that begins with stop has no further end of its kind to count; leave out then");
        assertThatThrownBy(() -> ReconnectRule.of(none()).attempts(3, stop()))
                .hasMessage("a rule that begins with none has no further end of its kind to count; leave out attempts");
        assertThatThrownBy(() -> ReconnectRule.of(park()).window(3, ofMinutes(1), stop()))
                .hasMessage("a rule that begins with park has no further end of its kind to count; leave out window");
        assertThatThrownBy(() -> ReconnectRule.of(now()).durationFromCause())
                .hasMessage(
                        "a rule that begins with now has no duration that a hint could replace; give it one for causes"
                                + " without a hint");
        assertThatThrownBy(() -> ReconnectRule.of(backoff()).attempts(0, stop()))
                .hasMessage("attempts is 0; it must be at least 1");
        assertThatThrownBy(() -> ReconnectRule.of(backoff()).window(1, ofMinutes(1), stop()))
                .hasMessage("closes of the window is 1; it must be at least 2");
        assertThatThrownBy(() -> ReconnectRule.of(backoff()).window(2, Duration.ZERO, stop()))
                .hasMessage("length of the window is 0s; it must be longer than zero");
    }
}
