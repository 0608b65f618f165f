package dev.whatsappmd.reconnect;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one session remembers between the ends of its connections: the streak of failures it is in, how often each kind ended
 * it, and the sliding windows. Decides, but does nothing: waiting and connecting is the caller's.
 *
 * <p>A streak begins with the first end after a stable connection and ends with {@link #stable()}. An open connection alone
 * does not end it, as one that opens and ends at once would else be retried without delay.
 *
 * <p>Not thread-safe: confined to the thread that owns the session. Times are milliseconds of one monotonic clock, from
 * whatever zero.
 */
public final class ReconnectTracker<K extends Enum<K> & DisconnectKind> {
    private final ReconnectPolicy<K> policy;
    private final Backoff backoff;
    private final RandomGenerator random;

    private final Map<K, Integer> endsOfKind;
    private final Map<K, Deque<Long>> windows;
    private Streak streak = Streak.EMPTY;
    private OptionalLong openedAt = OptionalLong.empty();
    private @Nullable Latest latest;

    /**
     * The attempts made since the last stable connection.
     *
     * @param attempts all of them
     * @param counted those that count towards {@code reconnectMaxAttempts}
     * @param backoffs those after a backoff
     * @param immediate those at once, apart from planned restarts
     */
    private record Streak(int attempts, int counted, int backoffs, int immediate) {
        static final Streak EMPTY = new Streak(0, 0, 0, 0);

        Streak next(ReconnectAction action, boolean free) {
            boolean atOnce = action == ReconnectAction.NOW || action == ReconnectAction.RELINK;
            return new Streak(
                    attempts + 1,
                    counted + (free ? 0 : 1),
                    backoffs + (action == ReconnectAction.BACKOFF ? 1 : 0),
                    immediate + (atOnce && !free ? 1 : 0));
        }
    }

    /**
     * The latest end, kept so that the application's last word can replace what was decided.
     *
     * @param before the streak as it was before this end
     * @param restart see {@link #isRestart}
     * @param draw the random number of this end, so that two readings of it agree on the jitter
     */
    private record Latest(Streak before, boolean restart, double draw, long atMillis, String end, Decision decision) {}

    ReconnectTracker(ReconnectPolicy<K> policy, RandomGenerator random) {
        this.policy = policy;
        this.random = Objects.requireNonNull(random, "random");
        this.backoff = new Backoff(policy.settings());
        this.endsOfKind = new EnumMap<>(policy.rules().kinds());
        this.windows = new EnumMap<>(policy.rules().kinds());
    }

    /** The policy this tracker follows. */
    public ReconnectPolicy<K> policy() {
        return policy;
    }

    /** Attempts of the present streak that were decided on so far; 0 after a stable connection. */
    public int attempts() {
        return streak.attempts();
    }

    /**
     * A connection, or an attempt to get one, has ended. Draws once from the random source.
     *
     * @param nowMillis the moment of the end; the decision's delay counts from it
     */
    public Decision decide(Cause<K> cause, long nowMillis) {
        K kind = cause.kind();
        int ofKind = endsOfKind.merge(kind, 1, Integer::sum);
        int inWindow = countInWindow(kind, nowMillis);
        ReconnectPolicy.Choice choice = policy.choose(cause, ofKind, inWindow);
        openedAt = OptionalLong.empty();
        Latest end = new Latest(
                streak,
                isRestart(kind, ofKind),
                random.nextDouble(),
                nowMillis,
                kind.name() + " (" + cause.code() + ")",
                Decision.none(choice.why()));
        return settle(end, choice.directive(), choice.why(), 0);
    }

    /**
     * The application's last word about the latest end: takes the place of rule, option and strategy, but neither of
     * {@code reconnectMaxAttempts} nor of a decision {@code none}, which stays. May be used again on its own result.
     *
     * @param decision the latest decision
     * @param directive what the application asks for
     * @param nowMillis the moment of the word. The delay has been running since the end, so the returned one is what is left
     *     of it from this moment on
     * @throws IllegalStateException when the decision is not the latest, or its connection has been followed by another
     * @throws IllegalArgumentException when the directive is {@code none}
     */
    public Decision override(Decision decision, ReconnectDirective directive, long nowMillis) {
        if (latest == null || !latest.decision().equals(decision)) {
            throw new IllegalStateException("too late: not the latest decision any more (" + decision.why() + ")");
        }
        if (directive.action() == ReconnectAction.NONE) {
            throw new IllegalArgumentException("none is no action that an application can ask for");
        }
        if (decision.action() == ReconnectAction.NONE) {
            return decision;
        }
        long elapsed = Math.max(0, nowMillis - latest.atMillis());
        return settle(latest, directive, latest.end() + ": the application asked for " + directive, elapsed);
    }

    /** The connection is open and usable. Does not end the streak yet. */
    public void opened(long nowMillis) {
        openedAt = OptionalLong.of(nowMillis);
        latest = null;
    }

    /** True when the connection is open and has been so for {@code reconnectStableAfter}. */
    public boolean openLongEnough(long nowMillis) {
        return openedAt.isPresent()
                && nowMillis - openedAt.getAsLong()
                        >= policy.settings().stableAfter().toMillis();
    }

    /**
     * The connection has been open long enough: the streak is over, and what was counted per kind is forgotten. Windows are
     * not. When that is, is for the caller to say; see {@link #openLongEnough}.
     *
     * @throws IllegalStateException when no connection is open
     */
    public void stable() {
        if (openedAt.isEmpty()) {
            throw new IllegalStateException("stable without an open connection");
        }
        streak = Streak.EMPTY;
        endsOfKind.clear();
    }

    /** A person asked for a new start: streak, counts and windows are forgotten. */
    public void reset() {
        streak = Streak.EMPTY;
        endsOfKind.clear();
        windows.clear();
        latest = null;
    }

    private Decision settle(Latest end, ReconnectDirective directive, String why, long elapsedMillis) {
        int maxAttempts = policy.settings().maxAttempts();
        Streak next = end.before();
        Decision decision;
        if (!ReconnectRule.reconnects(directive)) {
            decision = new Decision(directive.action(), Optional.empty(), 0, why);
        } else {
            boolean free = end.restart() && directive.action() == ReconnectAction.NOW;
            next = end.before().next(directive.action(), free);
            if (maxAttempts > 0 && next.counted() > maxAttempts) {
                next = end.before();
                decision = new Decision(
                        ReconnectAction.STOP,
                        Optional.empty(),
                        0,
                        end.end() + ": reconnectMaxAttempts=" + maxAttempts + " reached");
            } else {
                Duration left = delay(end, directive, free).minusMillis(elapsedMillis);
                decision = new Decision(
                        directive.action(),
                        Optional.of(left.isNegative() ? Duration.ZERO : left),
                        next.attempts(),
                        why);
            }
        }
        streak = next;
        latest = new Latest(end.before(), end.restart(), end.draw(), end.atMillis(), end.end(), decision);
        return decision;
    }

    private Duration delay(Latest end, ReconnectDirective directive, boolean free) {
        return switch (directive.action()) {
            // The second "at once" of a streak waits the first delay: an option or an application that always says
            // `now` must not become a loop as fast as the network.
            case NOW, RELINK ->
                free || end.before().immediate() == 0 ? Duration.ZERO : backoff.delay(1, Optional.empty(), end.draw());
            case BACKOFF -> backoff.delay(end.before().backoffs() + 1, directive.duration(), end.draw());
            case PARK -> directive.duration().orElseThrow();
            case STOP, NONE -> throw new IllegalStateException(directive + " has no delay");
        };
    }

    /** True for an end by which the protocol prescribes a new connection at once, unless it comes again in one streak. */
    private boolean isRestart(K kind, int ofKind) {
        return kind.planned()
                && ofKind == 1
                && policy.rules().rule(kind).first().action() == ReconnectAction.NOW;
    }

    /** Keeps no more ends than the rule asks about. */
    private int countInWindow(K kind, long nowMillis) {
        Optional<ReconnectRule.WindowLimit> limit = policy.rules().rule(kind).windowLimit();
        if (limit.isEmpty()) {
            return 0;
        }
        Deque<Long> ends = windows.computeIfAbsent(kind, key -> new ArrayDeque<>());
        long length = limit.get().length().toMillis();
        ends.removeIf(at -> nowMillis - at >= length);
        ends.addLast(nowMillis);
        if (ends.size() > limit.get().closes()) {
            ends.removeFirst();
        }
        return ends.size();
    }
}
