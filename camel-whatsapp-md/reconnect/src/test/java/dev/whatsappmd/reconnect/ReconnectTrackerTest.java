package dev.whatsappmd.reconnect;

import static dev.whatsappmd.reconnect.ReconnectDirective.backoff;
import static dev.whatsappmd.reconnect.ReconnectDirective.none;
import static dev.whatsappmd.reconnect.ReconnectDirective.now;
import static dev.whatsappmd.reconnect.ReconnectDirective.park;
import static dev.whatsappmd.reconnect.ReconnectDirective.relink;
import static dev.whatsappmd.reconnect.ReconnectDirective.stop;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReconnectTrackerTest {
    private static final ReconnectSettings EXACT = ReconnectSettings.defaults().withJitter(0);

    private long now = 1_000;

    @Test
    void aPlainFailureBacksOffWithGrowingDelays() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        for (int attempt = 1; attempt <= 5; attempt++) {
            assertThat(tracker.decide(ChatEnd.SERVER_UNAVAILABLE.cause(), now))
                    .isEqualTo(new Decision(
                            ReconnectAction.BACKOFF,
                            Optional.of(ofSeconds(1L << (attempt - 1))),
                            attempt,
                            "SERVER_UNAVAILABLE (local.1): backoff"));
        }
        assertThat(tracker.attempts()).isEqualTo(5);
    }

    @Test
    void thePlainStrategiesOfTheDocumentsGiveTheirDelays() {
        ReconnectTracker<ChatEnd> fixed = tracker(EXACT.withStrategy(ReconnectStrategy.ALWAYS)
                .withDelay(ofSeconds(3))
                .withMultiplier(1));
        for (int attempt = 1; attempt <= 100; attempt++) {
            expect(fixed.decide(ChatEnd.TRANSPORT_LOST.cause(), now), ReconnectAction.BACKOFF, ofSeconds(3), attempt);
        }
        ReconnectTracker<ChatEnd> exponential =
                tracker(EXACT.withStrategy(ReconnectStrategy.ALWAYS).withMaxAttempts(5));
        for (int attempt = 1; attempt <= 5; attempt++) {
            expect(
                    exponential.decide(ChatEnd.TRANSPORT_LOST.cause(), now),
                    ReconnectAction.BACKOFF,
                    ofSeconds(1L << (attempt - 1)),
                    attempt);
        }
        assertThat(exponential.decide(ChatEnd.TRANSPORT_LOST.cause(), now))
                .isEqualTo(new Decision(
                        ReconnectAction.STOP,
                        Optional.empty(),
                        0,
                        "TRANSPORT_LOST (local.1): reconnectMaxAttempts=5 reached"));
    }

    @Test
    void aRequestedRestartIsFollowedAtOnceAndAfterwardsWithBackoff() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        expect(tracker.decide(ChatEnd.RESTART_REQUESTED.cause(), now), ReconnectAction.NOW, Duration.ZERO, 1);
        expect(tracker.decide(ChatEnd.RESTART_REQUESTED.cause(), now), ReconnectAction.BACKOFF, ofSeconds(1), 2);
        expect(tracker.decide(ChatEnd.RESTART_REQUESTED.cause(), now), ReconnectAction.BACKOFF, ofSeconds(2), 3);
    }

    @Test
    void aFailureAfterARestartBeginsAtTheFirstDelay() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        expect(tracker.decide(ChatEnd.RESTART_REQUESTED.cause(), now), ReconnectAction.NOW, Duration.ZERO, 1);
        expect(tracker.decide(ChatEnd.UNREACHABLE.cause(), now), ReconnectAction.BACKOFF, ofSeconds(1), 2);
        expect(tracker.decide(ChatEnd.UNREACHABLE.cause(), now), ReconnectAction.BACKOFF, ofSeconds(2), 3);
    }

    @Test
    void aRestartIsFollowedAtOnceInTheMiddleOfAStreakToo() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT.withMaxAttempts(1));
        expect(tracker.decide(ChatEnd.UNREACHABLE.cause(), now), ReconnectAction.BACKOFF, ofSeconds(1), 1);
        expect(tracker.decide(ChatEnd.RESTART_REQUESTED.cause(), now), ReconnectAction.NOW, Duration.ZERO, 2);
        assertThat(tracker.decide(ChatEnd.RESTART_REQUESTED.cause(), now).action())
                .isEqualTo(ReconnectAction.STOP);
    }

    @Test
    void aRestartDoesNotUseUpAnAttempt() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT.withMaxAttempts(1));
        expect(tracker.decide(ChatEnd.RESTART_REQUESTED.cause(), now), ReconnectAction.NOW, Duration.ZERO, 1);
        expect(tracker.decide(ChatEnd.UNREACHABLE.cause(), now), ReconnectAction.BACKOFF, ofSeconds(1), 2);
        assertThat(tracker.decide(ChatEnd.UNREACHABLE.cause(), now).action()).isEqualTo(ReconnectAction.STOP);
    }

    @Test
    void aRefusalIsTriedThreeTimesWithLongDelaysThenStops() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        expect(tracker.decide(ChatEnd.REFUSED.cause(), now), ReconnectAction.BACKOFF, ofMinutes(1), 1);
        expect(tracker.decide(ChatEnd.REFUSED.cause(), now), ReconnectAction.BACKOFF, ofMinutes(2), 2);
        expect(tracker.decide(ChatEnd.REFUSED.cause(), now), ReconnectAction.BACKOFF, ofMinutes(4), 3);
        assertThat(tracker.decide(ChatEnd.REFUSED.cause(), now))
                .isEqualTo(new Decision(
                        ReconnectAction.STOP, Optional.empty(), 0, "REFUSED (local.1): stop after 3 attempts"));
    }

    @Test
    void theLimitOfAKindCountsOnlyItsOwnEnds() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        for (int i = 0; i < 3; i++) {
            assertThat(tracker.decide(ChatEnd.REFUSED.cause(), now).action()).isEqualTo(ReconnectAction.BACKOFF);
            assertThat(tracker.decide(ChatEnd.UNREACHABLE.cause(), now).action())
                    .isEqualTo(ReconnectAction.BACKOFF);
        }
        assertThat(tracker.decide(ChatEnd.REFUSED.cause(), now).action()).isEqualTo(ReconnectAction.STOP);
    }

    @Test
    void anUnknownEndIsTriedTenTimesThenOnceAnHour() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        for (int attempt = 1; attempt <= 10; attempt++) {
            Decision decision = tracker.decide(ChatEnd.UNKNOWN.cause(), now);
            assertThat(decision.action()).isEqualTo(ReconnectAction.BACKOFF);
            assertThat(decision.attempt()).isEqualTo(attempt);
        }
        for (int attempt = 11; attempt <= 13; attempt++) {
            assertThat(tracker.decide(ChatEnd.UNKNOWN.cause(), now))
                    .isEqualTo(new Decision(
                            ReconnectAction.PARK,
                            Optional.of(ofHours(1)),
                            attempt,
                            "UNKNOWN (local.1): park:1h after 10 attempts"));
        }
    }

    @Test
    void rateLimitingBacksOffFromOneMinute() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        for (int minutes : new int[] {1, 2, 4, 5, 5}) {
            Decision decision = tracker.decide(ChatEnd.RATE_LIMITED.cause(), now);
            assertThat(decision.action()).isEqualTo(ReconnectAction.BACKOFF);
            assertThat(decision.delay()).contains(ofMinutes(minutes));
        }
    }

    @Test
    void aTemporaryBanParksUntilItExpiresAndIsTriedOnce() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        expect(
                tracker.decide(ChatEnd.TEMPORARILY_BANNED.cause(ofMinutes(17)), now),
                ReconnectAction.PARK,
                ofMinutes(17),
                1);
        assertThat(tracker.decide(ChatEnd.TEMPORARILY_BANNED.cause(ofMinutes(17)), now))
                .isEqualTo(new Decision(
                        ReconnectAction.STOP,
                        Optional.empty(),
                        0,
                        "TEMPORARILY_BANNED (local.1): stop after 1 attempt"));
    }

    @Test
    void aTemporaryBanWithoutAnExpiryParksForAnHour() {
        expect(tracker(EXACT).decide(ChatEnd.TEMPORARILY_BANNED.cause(), now), ReconnectAction.PARK, ofHours(1), 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE / 2})
    void aHintOfNothingCountsAsNone(long seconds) {
        expect(
                tracker(EXACT).decide(ChatEnd.TEMPORARILY_BANNED.cause(ofSeconds(seconds)), now),
                ReconnectAction.PARK,
                ofHours(1),
                1);
    }

    @Test
    void anEndlessHintIsCutToTheLongestDuration() {
        expect(
                tracker(EXACT).decide(ChatEnd.TEMPORARILY_BANNED.cause(ofSeconds(Long.MAX_VALUE)), now),
                ReconnectAction.PARK,
                Durations.MAX,
                1);
    }

    @Test
    void aHintMeansNothingToARuleThatDoesNotAskForIt() {
        expect(
                tracker(EXACT).decide(ChatEnd.SERVER_UNAVAILABLE.cause(ofHours(2)), now),
                ReconnectAction.BACKOFF,
                ofSeconds(1),
                1);
    }

    @Test
    void theFifthEvictionWithinTenMinutesStops() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        for (int attempt = 1; attempt <= 4; attempt++) {
            expect(tracker.decide(ChatEnd.EVICTED.cause(), now), ReconnectAction.PARK, ofSeconds(30), attempt);
            now += 149_999;
        }
        assertThat(tracker.decide(ChatEnd.EVICTED.cause(), now))
                .isEqualTo(new Decision(
                        ReconnectAction.STOP,
                        Optional.empty(),
                        0,
                        "EVICTED (local.1): stop, as it is number 5 within 10m"));
    }

    @Test
    void anEvictionExactlyTenMinutesAgoIsNoLongerInTheWindow() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        for (int i = 0; i < 50; i++) {
            assertThat(tracker.decide(ChatEnd.EVICTED.cause(), now).action()).isEqualTo(ReconnectAction.PARK);
            now += 150_000;
        }
    }

    @Test
    void aStableConnectionDoesNotClearTheWindow() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        for (int i = 0; i < 4; i++) {
            expect(tracker.decide(ChatEnd.EVICTED.cause(), now), ReconnectAction.PARK, ofSeconds(30), 1);
            stayOpen(tracker);
        }
        assertThat(tracker.decide(ChatEnd.EVICTED.cause(), now).action()).isEqualTo(ReconnectAction.STOP);
    }

    @Test
    void aWindowWorksOnAClockThatStartsBelowZero() {
        now = Long.MIN_VALUE / 2;
        theFifthEvictionWithinTenMinutesStops();
    }

    @Test
    void aPersonsRequestClearsStreakCountsAndWindows() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT.withMaxAttempts(7));
        for (int i = 0; i < 5; i++) {
            tracker.decide(ChatEnd.EVICTED.cause(), now);
        }
        for (int i = 0; i < 3; i++) {
            tracker.decide(ChatEnd.REFUSED.cause(), now);
        }
        assertThat(tracker.attempts()).isEqualTo(7);
        tracker.reset();
        assertThat(tracker.attempts()).isZero();
        expect(tracker.decide(ChatEnd.EVICTED.cause(), now), ReconnectAction.PARK, ofSeconds(30), 1);
        expect(tracker.decide(ChatEnd.REFUSED.cause(), now), ReconnectAction.BACKOFF, ofMinutes(1), 2);
    }

    @Test
    void anOpenConnectionAloneDoesNotEndTheStreak() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        for (int attempt = 1; attempt <= 5; attempt++) {
            expect(
                    tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now),
                    ReconnectAction.BACKOFF,
                    ofSeconds(1L << (attempt - 1)),
                    attempt);
            tracker.opened(now);
            now += 29_999;
            assertThat(tracker.openLongEnough(now)).isFalse();
        }
    }

    @Test
    void aStableConnectionEndsTheStreakAndTheCountsOfEachKind() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        for (int i = 0; i < 20; i++) {
            expect(tracker.decide(ChatEnd.REFUSED.cause(), now), ReconnectAction.BACKOFF, ofMinutes(1), 1);
            expect(tracker.decide(ChatEnd.RESTART_REQUESTED.cause(), now), ReconnectAction.NOW, Duration.ZERO, 2);
            stayOpen(tracker);
            assertThat(tracker.attempts()).isZero();
        }
    }

    @Test
    void knowsWhetherTheConnectionWasOpenLongEnough() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT.withStableAfter(ofSeconds(5)));
        assertThat(tracker.openLongEnough(now)).isFalse();
        tracker.opened(now);
        assertThat(tracker.openLongEnough(now + 4_999)).isFalse();
        assertThat(tracker.openLongEnough(now + 5_000)).isTrue();
        tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now + 6_000);
        assertThat(tracker.openLongEnough(now + 60_000)).isFalse();
    }

    @Test
    void isNotStableWithoutAnOpenConnection() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        assertThatThrownBy(tracker::stable)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("stable without an open connection");
        tracker.opened(now);
        tracker.stable();
        tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
        assertThatThrownBy(tracker::stable).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anEndThatWasAskedForIsFollowedByNothing() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
        assertThat(tracker.decide(ChatEnd.CLOSED_BY_US.cause(), now))
                .isEqualTo(new Decision(
                        ReconnectAction.NONE, Optional.empty(), 0, "CLOSED_BY_US (local.1) was asked for"));
    }

    @Test
    void anOverrideReplacesTheRuleWithItsLimits() {
        ReconnectTracker<ChatEnd> tracker =
                tracker(EXACT, Map.of("refused", "park:2m", "evicted", "backoff", "unknown", "stop", "401", "relink"));
        for (int attempt = 1; attempt <= 20; attempt++) {
            expect(tracker.decide(ChatEnd.REFUSED.cause(), now), ReconnectAction.PARK, ofMinutes(2), attempt);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(tracker.decide(ChatEnd.EVICTED.cause(), now).action()).isEqualTo(ReconnectAction.BACKOFF);
        }
        assertThat(tracker.decide(ChatEnd.UNKNOWN.cause(), now))
                .isEqualTo(new Decision(
                        ReconnectAction.STOP, Optional.empty(), 0, "UNKNOWN (local.1): option on.unknown=stop"));
        expect(
                tracker.decide(ChatEnd.LOGGED_OUT.cause("loggedOut", "stream", 401), now),
                ReconnectAction.RELINK,
                Duration.ZERO,
                41);
    }

    @Test
    void anOverrideDoesNotReplaceTheLimitOfAttempts() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT.withMaxAttempts(2), Map.of("503", "now"));
        Cause<ChatEnd> cause = ChatEnd.SERVER_UNAVAILABLE.cause("unavailableService", "stream", 503);
        assertThat(tracker.decide(cause, now).attempt()).isEqualTo(1);
        assertThat(tracker.decide(cause, now).attempt()).isEqualTo(2);
        assertThat(tracker.decide(cause, now))
                .isEqualTo(new Decision(
                        ReconnectAction.STOP,
                        Optional.empty(),
                        0,
                        "SERVER_UNAVAILABLE (stream.503): reconnectMaxAttempts=2 reached"));
    }

    @Test
    void anOverrideMayParkUntilSomebodyAsks() {
        assertThat(tracker(EXACT, Map.of("440", "park")).decide(ChatEnd.EVICTED.cause("x", "stream", 440), now))
                .isEqualTo(new Decision(
                        ReconnectAction.PARK, Optional.empty(), 0, "EVICTED (stream.440): option on.440=park"));
    }

    @ParameterizedTest
    @EnumSource(ReconnectStrategy.class)
    void anOverrideWinsOverEveryStrategy(ReconnectStrategy strategy) {
        ReconnectTracker<ChatEnd> tracker = tracker(
                EXACT.withStrategy(strategy), Map.of("banned", "park:1h", "transportLost", "backoff", "515", "stop"));
        expect(tracker.decide(ChatEnd.BANNED.cause(), now), ReconnectAction.PARK, ofHours(1), 1);
        expect(tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now), ReconnectAction.BACKOFF, ofSeconds(1), 2);
        assertThat(tracker.decide(ChatEnd.RESTART_REQUESTED.cause("x", "stream", 515), now)
                        .action())
                .isEqualTo(ReconnectAction.STOP);
    }

    @ParameterizedTest
    @ValueSource(strings = {"now", "relink"})
    void sayingNowAgainAndAgainWaitsTheFirstDelay(String action) {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT, Map.of("serverUnavailable", action));
        ReconnectAction expected = ReconnectDirective.parse(action).action();
        expect(tracker.decide(ChatEnd.SERVER_UNAVAILABLE.cause(), now), expected, Duration.ZERO, 1);
        for (int attempt = 2; attempt <= 100; attempt++) {
            expect(tracker.decide(ChatEnd.SERVER_UNAVAILABLE.cause(), now), expected, ofSeconds(1), attempt);
        }
        stayOpen(tracker);
        expect(tracker.decide(ChatEnd.SERVER_UNAVAILABLE.cause(), now), expected, Duration.ZERO, 1);
    }

    @Test
    void theLastWordReplacesTheDecision() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        Decision decision = tracker.decide(ChatEnd.LOGGED_OUT.cause(), now);
        assertThat(decision.action()).isEqualTo(ReconnectAction.STOP);
        assertThat(tracker.override(decision, park(ofMinutes(10)), now))
                .isEqualTo(new Decision(
                        ReconnectAction.PARK,
                        Optional.of(ofMinutes(10)),
                        1,
                        "LOGGED_OUT (local.1): the application asked for park:10m"));
        assertThat(tracker.attempts()).isEqualTo(1);
    }

    @Test
    void theLastWordDoesNotCountAsAFurtherAttempt() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        for (int attempt = 1; attempt <= 5; attempt++) {
            Decision decision = tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
            Decision same = tracker.override(decision, backoff(), now);
            expect(same, ReconnectAction.BACKOFF, ofSeconds(1L << (attempt - 1)), attempt);
        }
        Decision decision = tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
        Decision stopped = tracker.override(decision, stop(), now);
        assertThat(stopped.action()).isEqualTo(ReconnectAction.STOP);
        assertThat(tracker.attempts()).isEqualTo(5);
        expect(tracker.override(stopped, now(), now), ReconnectAction.NOW, Duration.ZERO, 6);
    }

    @Test
    void theDelayHasBeenRunningWhenTheLastWordComes() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        Decision decision = tracker.decide(ChatEnd.EVICTED.cause(), now);
        Decision parked = tracker.override(decision, park(ofMinutes(1)), now + 4_000);
        expect(parked, ReconnectAction.PARK, ofSeconds(56), 1);
        expect(tracker.override(parked, backoff(), now + 5_000), ReconnectAction.BACKOFF, Duration.ZERO, 1);
    }

    @Test
    void theLastWordDrawsNoNewJitter() {
        ReconnectTracker<ChatEnd> tracker = tracker(ReconnectSettings.defaults());
        for (int i = 0; i < 20; i++) {
            Decision decision = tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
            assertThat(tracker.override(decision, backoff(), now).delay()).isEqualTo(decision.delay());
        }
    }

    @Test
    void theLastWordDoesNotReplaceTheLimitOfAttempts() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT.withMaxAttempts(1));
        tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
        Decision stopped = tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
        Decision still = tracker.override(stopped, now(), now);
        assertThat(still.action()).isEqualTo(ReconnectAction.STOP);
        assertThat(still.why()).isEqualTo("TRANSPORT_LOST (local.1): reconnectMaxAttempts=1 reached");
        assertThat(tracker.override(still, park(), now).action()).isEqualTo(ReconnectAction.PARK);
    }

    @Test
    void theLastWordChangesNothingAboutAnEndThatWasAskedFor() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        Decision decision = tracker.decide(ChatEnd.CLOSED_BY_US.cause(), now);
        assertThat(tracker.override(decision, now(), now)).isSameAs(decision);
        assertThat(tracker.attempts()).isZero();
    }

    @Test
    void sayingNowAgainAndAgainAsLastWordWaitsTheFirstDelay() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        for (int attempt = 1; attempt <= 10; attempt++) {
            Decision decision = tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
            expect(
                    tracker.override(decision, now(), now),
                    ReconnectAction.NOW,
                    attempt == 1 ? Duration.ZERO : ofSeconds(1),
                    attempt);
        }
    }

    @Test
    void aWordThatComesTooLateIsRefused() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        Decision first = tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
        Decision second = tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
        assertThatThrownBy(() -> tracker.override(first, stop(), now))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("too late: not the latest decision any more (TRANSPORT_LOST (local.1): backoff)");
        tracker.opened(now);
        assertThatThrownBy(() -> tracker.override(second, stop(), now)).isInstanceOf(IllegalStateException.class);
        Decision third = tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
        tracker.reset();
        assertThatThrownBy(() -> tracker.override(third, stop(), now)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theLastWordCannotBeNone() {
        ReconnectTracker<ChatEnd> tracker = tracker(EXACT);
        Decision decision = tracker.decide(ChatEnd.TRANSPORT_LOST.cause(), now);
        assertThatThrownBy(() -> tracker.override(decision, none(), now))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("none is no action that an application can ask for");
    }

    @Test
    void bothLimitsReachedTheMoreCautiousWins() {
        assertThat(bothLimits(park(ofHours(1)), stop()).action()).isEqualTo(ReconnectAction.STOP);
        assertThat(bothLimits(stop(), park(ofHours(1))).action()).isEqualTo(ReconnectAction.STOP);
    }

    private Decision bothLimits(ReconnectDirective afterAttempts, ReconnectDirective atWindow) {
        RuleTable.Builder<ChatEnd> rules = RuleTable.builder(ChatEnd.class);
        for (ChatEnd kind : ChatEnd.values()) {
            rules.rule(
                    kind, ReconnectRule.of(backoff()).attempts(1, afterAttempts).window(2, ofMinutes(1), atWindow));
        }
        ReconnectTracker<ChatEnd> tracker = new ReconnectPolicy<>(EXACT, rules.build()).newTracker(new Random(1));
        tracker.decide(ChatEnd.UNKNOWN.cause(), now);
        return tracker.decide(ChatEnd.UNKNOWN.cause(), now);
    }

    @Test
    void aDecisionKeepsDelayAndAttemptTogether() {
        assertThatThrownBy(() -> new Decision(ReconnectAction.STOP, Optional.of(Duration.ZERO), 0, ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Decision(ReconnectAction.NOW, Optional.empty(), 1, ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Decision(ReconnectAction.NOW, Optional.of(ofSeconds(-1)), 1, ""))
                .hasMessage("delay is negative: PT-1S");
        assertThat(Decision.none("logout").reconnects()).isFalse();
        assertThat(new Decision(ReconnectAction.NOW, Optional.of(Duration.ZERO), 1, "").reconnects())
                .isTrue();
    }

    @Test
    void aCauseNeedsAReason() {
        assertThatThrownBy(() -> ChatEnd.BANNED.cause(" ", "failure", 406))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("reason of BANNED (failure.406) is blank");
    }

    @Test
    void theSameSeedGivesTheSameDecisions() {
        List<Decision> first = new ArrayList<>();
        List<Decision> second = new ArrayList<>();
        for (List<Decision> decisions : List.of(first, second)) {
            ReconnectTracker<ChatEnd> tracker = tracker(ReconnectSettings.defaults());
            for (ChatEnd kind : ChatEnd.values()) {
                decisions.add(tracker.decide(kind.cause(), now));
            }
        }
        assertThat(first).isEqualTo(second);
    }

    /** A thousand seeded lives of a session; the seed is in the message of a failure. */
    @Test
    void keepsItsPromisesInAnyOrderOfEvents() {
        for (int seed = 0; seed < 1_000; seed++) {
            Random random = new Random(seed);
            ReconnectStrategy strategy = ReconnectStrategy.values()[random.nextInt(3)];
            int maxAttempts = random.nextInt(3) * 5;
            ReconnectTracker<ChatEnd> tracker = new ReconnectPolicy<>(
                            ReconnectSettings.defaults().withStrategy(strategy).withMaxAttempts(maxAttempts),
                            ChatEnd.RULES,
                            ReconnectOverrides.parse(Map.of("unreachable", "now"), ChatEnd.VOCABULARY))
                    .newTracker(random);
            new Life(tracker, random, maxAttempts, "seed " + seed).run(200);
        }
    }

    private record Life(ReconnectTracker<ChatEnd> tracker, Random random, int maxAttempts, String name) {
        private static final List<ReconnectDirective> WORDS =
                List.of(now(), backoff(), backoff(ofMinutes(2)), park(), park(ofMinutes(2)), stop(), relink());

        void run(int steps) {
            long time = random.nextLong(-1_000_000, 1_000_000);
            int undelayed = 0;
            for (int step = 0; step < steps; step++) {
                time += random.nextLong(60_000);
                int before = tracker.attempts();
                ChatEnd kind = ChatEnd.values()[random.nextInt(ChatEnd.values().length)];
                Decision decision = tracker.decide(kind.cause(), time);
                check(decision, before);
                if (random.nextInt(5) == 0) {
                    decision = tracker.override(decision, WORDS.get(random.nextInt(WORDS.size())), time);
                    check(decision, before);
                }
                if (kind == ChatEnd.CLOSED_BY_US) {
                    assertThat(decision.action()).as(name).isEqualTo(ReconnectAction.NONE);
                }
                // One planned restart, and one other "now" of the streak.
                undelayed += decision.delay().filter(Duration::isZero).isPresent() ? 1 : 0;
                assertThat(undelayed).as(name).isLessThanOrEqualTo(2);
                if (maxAttempts > 0) {
                    assertThat(tracker.attempts()).as(name).isLessThanOrEqualTo(maxAttempts + 1);
                }
                boolean over = random.nextInt(10) == 0;
                if (over) {
                    tracker.opened(time);
                    tracker.stable();
                    undelayed = 0;
                }
            }
        }

        private void check(Decision decision, int before) {
            boolean reconnects = decision.reconnects();
            assertThat(tracker.attempts()).as(name).isEqualTo(reconnects ? before + 1 : before);
            assertThat(decision.attempt()).as(name).isEqualTo(reconnects ? before + 1 : 0);
            assertThat(decision.delay().orElse(Duration.ZERO)).as(name).isBetween(Duration.ZERO, ofHours(1));
            assertThat(decision.why()).as(name).isNotBlank();
            switch (decision.action()) {
                case STOP, NONE -> assertThat(reconnects).as(name).isFalse();
                case NOW, RELINK ->
                    assertThat(decision.delay().orElseThrow()).as(name).isLessThanOrEqualTo(ofMillis(1_200));
                case BACKOFF ->
                    assertThat(decision.delay().orElseThrow()).as(name).isBetween(ofMillis(800), ofMinutes(5));
                case PARK ->
                    assertThat(decision.delay().orElse(ofHours(1))).as(name).isGreaterThanOrEqualTo(ofSeconds(30));
            }
        }
    }

    private void stayOpen(ReconnectTracker<ChatEnd> tracker) {
        tracker.opened(now);
        now += 30_000;
        assertThat(tracker.openLongEnough(now)).isTrue();
        tracker.stable();
    }

    private static ReconnectTracker<ChatEnd> tracker(ReconnectSettings settings) {
        return new ReconnectPolicy<>(settings, ChatEnd.RULES).newTracker(new Random(1));
    }

    private static ReconnectTracker<ChatEnd> tracker(ReconnectSettings settings, Map<String, String> options) {
        return new ReconnectPolicy<>(settings, ChatEnd.RULES, ReconnectOverrides.parse(options, ChatEnd.VOCABULARY))
                .newTracker(new Random(1));
    }

    private static void expect(Decision decision, ReconnectAction action, Duration delay, int attempt) {
        assertThat(decision.action()).isEqualTo(action);
        assertThat(decision.delay()).contains(delay);
        assertThat(decision.attempt()).isEqualTo(attempt);
    }
}
