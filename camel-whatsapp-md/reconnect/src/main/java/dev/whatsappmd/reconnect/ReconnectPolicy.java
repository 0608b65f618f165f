package dev.whatsappmd.reconnect;

import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Everything that decides what follows the end of a connection: the settings, the rules of the protocol, and the options that
 * override them. Immutable; one policy may serve any number of sessions, each with its own {@link ReconnectTracker}.
 *
 * <p>Who decides, the first that has an answer: a rule {@code none}; an override; the strategy; the rule. Above all of them,
 * {@code reconnectMaxAttempts}.
 */
public record ReconnectPolicy<K extends Enum<K> & DisconnectKind>(
        ReconnectSettings settings, RuleTable<K> rules, ReconnectOverrides<K> overrides) {
    public ReconnectPolicy {
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(rules, "rules");
        Objects.requireNonNull(overrides, "overrides");
    }

    /** A policy without overrides. */
    public ReconnectPolicy(ReconnectSettings settings, RuleTable<K> rules) {
        this(settings, rules, ReconnectOverrides.none());
    }

    /**
     * The state of one session under this policy.
     *
     * @param random source of the jitter; drawn from once per decision
     */
    public ReconnectTracker<K> newTracker(RandomGenerator random) {
        return new ReconnectTracker<>(this, random);
    }

    /** What is to be done, and the sentence that says who decided. */
    record Choice(ReconnectDirective directive, String why) {}

    /**
     * Chooses, apart from {@code reconnectMaxAttempts}.
     *
     * @param ofKind ends of this kind in the streak, this one included
     * @param inWindow ends of this kind in its rule's window, this one included; 0 when the rule has no window
     */
    Choice choose(Cause<K> cause, int ofKind, int inWindow) {
        K kind = cause.kind();
        ReconnectRule rule = rules.rule(kind);
        String end = kind.name() + " (" + cause.code() + ")";
        if (rule.isNone()) {
            return new Choice(rule.first(), end + " was asked for");
        }
        Optional<ReconnectOverrides.Option> override = overrides.find(cause);
        if (override.isPresent()) {
            return new Choice(
                    override.get().directive(),
                    end + ": option " + override.get().text());
        }
        if (kind.planned() || settings.strategy() == ReconnectStrategy.SMART) {
            return byRule(rule, cause, ofKind, inWindow, end);
        }
        if (settings.strategy() == ReconnectStrategy.NEVER) {
            return new Choice(ReconnectDirective.stop(), end + ": reconnectStrategy=never");
        }
        return rule.holdsUnderAlways()
                ? byRule(rule, cause, ofKind, inWindow, end)
                : always(byRule(rule, cause, ofKind, inWindow, end), rule.step(ofKind, cause.hint()), end);
    }

    private static Choice byRule(ReconnectRule rule, Cause<?> cause, int ofKind, int inWindow, String end) {
        Optional<Choice> attempts = rule.attemptLimit()
                .filter(limit -> ofKind > limit.count())
                .map(limit -> new Choice(limit.then(), end + ": " + limit.then() + " " + limit.text()));
        Optional<Choice> window = rule.windowLimit()
                .filter(limit -> inWindow >= limit.closes())
                .map(limit -> new Choice(
                        limit.then(),
                        end + ": " + limit.then() + ", as it is number " + inWindow + " within "
                                + Durations.format(limit.length())));
        if (attempts.isPresent() && window.isPresent()) {
            return window.get().directive().moreCautiousThan(attempts.get().directive())
                    ? window.get()
                    : attempts.get();
        }
        return attempts.or(() -> window).orElseGet(() -> {
            ReconnectDirective step = rule.step(ofKind, cause.hint());
            return new Choice(step, end + ": " + step);
        });
    }

    /** Where the rule would not reconnect, its step does it; where the step does not either, the plain backoff. */
    private static Choice always(Choice byRule, ReconnectDirective step, String end) {
        if (ReconnectRule.reconnects(byRule.directive())) {
            return byRule;
        }
        ReconnectDirective instead = ReconnectRule.reconnects(step) ? step : ReconnectDirective.backoff();
        return new Choice(instead, end + ": " + instead + ", as reconnectStrategy=always");
    }
}
