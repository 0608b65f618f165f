package dev.whatsappmd.reconnect;

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The rule of each kind. Total: a table in which a kind has no rule cannot be built. Immutable. */
public final class RuleTable<K extends Enum<K> & DisconnectKind> {
    private final Class<K> kinds;
    private final Map<K, ReconnectRule> rules;

    private RuleTable(Class<K> kinds, Map<K, ReconnectRule> rules) {
        this.kinds = kinds;
        this.rules = Collections.unmodifiableMap(new EnumMap<>(rules));
    }

    /** Begins a table for the kinds of one protocol. */
    public static <K extends Enum<K> & DisconnectKind> Builder<K> builder(Class<K> kinds) {
        return new Builder<>(Objects.requireNonNull(kinds, "kinds"));
    }

    /** The rule of the kind; never null. */
    public ReconnectRule rule(K kind) {
        return rules.get(Objects.requireNonNull(kind, "kind"));
    }

    /** The enum the table is about. */
    public Class<K> kinds() {
        return kinds;
    }

    /** Collects the rows. Not thread-safe. */
    public static final class Builder<K extends Enum<K> & DisconnectKind> {
        private final Class<K> kinds;
        private final EnumMap<K, ReconnectRule> rules;

        private Builder(Class<K> kinds) {
            this.kinds = kinds;
            this.rules = new EnumMap<>(kinds);
        }

        /**
         * Says what a kind does by default.
         *
         * @throws IllegalArgumentException when the kind has a rule already
         */
        public Builder<K> rule(K kind, ReconnectRule rule) {
            if (rules.putIfAbsent(kind, Objects.requireNonNull(rule, "rule")) != null) {
                throw new IllegalArgumentException(kind.name() + " is given two rules");
            }
            return this;
        }

        /**
         * The finished table.
         *
         * @throws IllegalStateException naming every kind that has no rule
         */
        public RuleTable<K> build() {
            Set<K> missing = EnumSet.allOf(kinds);
            missing.removeAll(rules.keySet());
            if (!missing.isEmpty()) {
                throw new IllegalStateException(kinds.getSimpleName() + " without a rule: "
                        + missing.stream().map(DisconnectKind::name).collect(Collectors.joining(", ")));
            }
            return new RuleTable<>(kinds, rules);
        }
    }
}
