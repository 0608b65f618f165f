package dev.whatsappmd.reconnect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each kind does under each strategy, the first time and when it comes again and again. */
class ReconnectStrategyTest {
    private static final int AGAIN = 30;

    private static final String TABLE = """
            RESTART_REQUESTED  | smart  | now          | backoff
            RESTART_REQUESTED  | always | now          | backoff
            RESTART_REQUESTED  | never  | now          | backoff
            EVICTED            | smart  | park 30s     | stop
            EVICTED            | always | park 30s     | park 30s
            EVICTED            | never  | stop         | stop
            LOGGED_OUT         | smart  | stop         | stop
            LOGGED_OUT         | always | stop         | stop
            LOGGED_OUT         | never  | stop         | stop
            LINK_REJECTED      | smart  | stop         | stop
            LINK_REJECTED      | always | stop         | stop
            LINK_REJECTED      | never  | stop         | stop
            ACCOUNT_LOCKED     | smart  | stop         | stop
            ACCOUNT_LOCKED     | always | stop         | stop
            ACCOUNT_LOCKED     | never  | stop         | stop
            TEMPORARILY_BANNED | smart  | park 1h      | stop
            TEMPORARILY_BANNED | always | park 1h      | park 1h
            TEMPORARILY_BANNED | never  | stop         | stop
            BANNED             | smart  | stop         | stop
            BANNED             | always | stop         | stop
            BANNED             | never  | stop         | stop
            CLIENT_OUTDATED    | smart  | stop         | stop
            CLIENT_OUTDATED    | always | backoff 1s   | backoff
            CLIENT_OUTDATED    | never  | stop         | stop
            REFUSED            | smart  | backoff 1m   | stop
            REFUSED            | always | backoff 1m   | backoff
            REFUSED            | never  | stop         | stop
            SERVER_UNAVAILABLE | smart  | backoff 1s   | backoff
            SERVER_UNAVAILABLE | always | backoff 1s   | backoff
            SERVER_UNAVAILABLE | never  | stop         | stop
            RATE_LIMITED       | smart  | backoff 1m   | backoff
            RATE_LIMITED       | always | backoff 1m   | backoff
            RATE_LIMITED       | never  | stop         | stop
            PROTOCOL_ERROR     | smart  | backoff 1s   | backoff
            PROTOCOL_ERROR     | always | backoff 1s   | backoff
            PROTOCOL_ERROR     | never  | stop         | stop
            TRANSPORT_LOST     | smart  | backoff 1s   | backoff
            TRANSPORT_LOST     | always | backoff 1s   | backoff
            TRANSPORT_LOST     | never  | stop         | stop
            UNREACHABLE        | smart  | backoff 1s   | backoff
            UNREACHABLE        | always | backoff 1s   | backoff
            UNREACHABLE        | never  | stop         | stop
            UNRESPONSIVE       | smart  | backoff 1s   | backoff
            UNRESPONSIVE       | always | backoff 1s   | backoff
            UNRESPONSIVE       | never  | stop         | stop
            PAIRING_EXPIRED    | smart  | stop         | stop
            PAIRING_EXPIRED    | always | stop         | stop
            PAIRING_EXPIRED    | never  | stop         | stop
            UNTRUSTED_SERVER   | smart  | stop         | stop
            UNTRUSTED_SERVER   | always | stop         | stop
            UNTRUSTED_SERVER   | never  | stop         | stop
            CLOSED_BY_US       | smart  | none         | none
            CLOSED_BY_US       | always | none         | none
            CLOSED_BY_US       | never  | none         | none
            UNKNOWN            | smart  | backoff 1s   | park 1h
            UNKNOWN            | always | backoff 1s   | park 1h
            UNKNOWN            | never  | stop         | stop
            """;

    @Test
    void everyKindDoesWhatTheTableSaysUnderEveryStrategy() {
        List<String> rows = new ArrayList<>();
        for (ChatEnd kind : ChatEnd.values()) {
            for (ReconnectStrategy strategy : ReconnectStrategy.values()) {
                ReconnectTracker<ChatEnd> tracker = tracker(strategy);
                Decision first = tracker.decide(kind.cause(), 0);
                Decision last = first;
                for (int i = 1; i < AGAIN; i++) {
                    last = tracker.decide(kind.cause(), i);
                }
                String lastText = last.action() == ReconnectAction.BACKOFF ? "backoff" : text(last);
                rows.add(String.format("%-18s | %-6s | %-12s | %s", kind, strategy.wireName(), text(first), lastText));
            }
        }
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(TABLE.split("\n")).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "EVICTED, 'EVICTED (local.1): park:30s, as reconnectStrategy=always'",
        "REFUSED, 'REFUSED (local.1): backoff:1m, as reconnectStrategy=always'",
        "CLIENT_OUTDATED, 'CLIENT_OUTDATED (local.1): backoff, as reconnectStrategy=always'",
    })
    void saysWhenAKindGoesOnOnlyBecauseOfTheStrategy(ChatEnd kind, String why) {
        ReconnectTracker<ChatEnd> tracker = tracker(ReconnectStrategy.ALWAYS);
        Decision last = tracker.decide(kind.cause(), 0);
        for (int i = 1; i < AGAIN; i++) {
            last = tracker.decide(kind.cause(), i);
        }
        assertThat(last.why()).isEqualTo(why);
    }

    @Test
    void saysWhenTheStrategyEndsTheSession() {
        assertThat(tracker(ReconnectStrategy.NEVER)
                        .decide(ChatEnd.TRANSPORT_LOST.cause(), 0)
                        .why())
                .isEqualTo("TRANSPORT_LOST (local.1): reconnectStrategy=never");
    }

    @Test
    void thePlainBackoffOfAlwaysGrowsLikeAnyOther() {
        ReconnectTracker<ChatEnd> tracker = tracker(ReconnectStrategy.ALWAYS);
        List<String> delays = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            delays.add(text(tracker.decide(ChatEnd.CLIENT_OUTDATED.cause(), i)));
        }
        assertThat(delays).containsExactly("backoff 1s", "backoff 2s", "backoff 4s", "backoff 8s");
    }

    private static String text(Decision decision) {
        return decision.action().wireName()
                + decision.delay().filter(delay -> !delay.isZero()).map(delay -> " " + Durations.format(delay)).stream()
                        .collect(Collectors.joining());
    }

    private static ReconnectTracker<ChatEnd> tracker(ReconnectStrategy strategy) {
        ReconnectSettings settings =
                ReconnectSettings.defaults().withStrategy(strategy).withJitter(0);
        return new ReconnectPolicy<>(settings, ChatEnd.RULES).newTracker(new Random(1));
    }
}
