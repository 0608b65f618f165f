package dev.whatsappmd.reconnect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The words of one protocol that may follow {@code on.} in an option: its kinds, the reasons its users know, its origins and
 * the codes that are known. Immutable.
 *
 * <p>Case, {@code _} and {@code -} do not matter in words. A word that is both a kind and a reason is the kind. Kinds whose
 * rule is {@code none} are no words: an end that was asked for stays one.
 */
public final class Vocabulary<K extends Enum<K> & DisconnectKind> {
    private final Map<String, K> kinds;
    private final Set<K> refused;
    private final Map<String, String> reasons;
    private final Map<String, String> origins;
    private final SortedSet<Integer> numbers;
    private final Set<K> onlyByKind;

    private Vocabulary(Builder<K> builder) {
        kinds = new LinkedHashMap<>(builder.kinds);
        refused = EnumSet.copyOf(builder.refused);
        reasons = new LinkedHashMap<>(builder.reasons);
        origins = new TreeMap<>(builder.origins);
        numbers = new TreeSet<>(builder.numbers);
        onlyByKind = EnumSet.copyOf(builder.onlyByKind);
    }

    /** Begins the vocabulary of the protocol that has these rules. */
    public static <K extends Enum<K> & DisconnectKind> Builder<K> builder(RuleTable<K> rules) {
        return new Builder<>(rules);
    }

    /** The spelling that all spellings of a word share. */
    static String normalize(String word) {
        return word.trim().toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    Optional<K> kind(String word) {
        return Optional.ofNullable(kinds.get(normalize(word)));
    }

    /** The reason's own spelling. */
    Optional<String> reason(String word) {
        return Optional.ofNullable(reasons.get(normalize(word)));
    }

    /** The origin's own spelling. */
    Optional<String> origin(String word) {
        return Optional.ofNullable(origins.get(normalize(word)));
    }

    /** True when the end was asked for, so that no option may change what follows. */
    boolean refuses(K kind) {
        return refused.contains(kind);
    }

    Set<K> onlyByKind() {
        return Collections.unmodifiableSet(onlyByKind);
    }

    /** The kind or reason that the word may have been meant to be, empty when none is near. */
    Optional<String> nearestWord(String word) {
        List<String> words = new ArrayList<>(reasons.values());
        allowedKinds().forEach(kind -> words.add(kind.name()));
        return nearest(word, words);
    }

    /** The origin that the word may have been meant to be, empty when none is near. */
    Optional<String> nearestOrigin(String word) {
        return nearest(word, origins.values());
    }

    /** What may follow {@code on.}, for error messages. */
    String allowed() {
        StringBuilder text = new StringBuilder("allowed is a kind (")
                .append(allowedKinds().stream().map(DisconnectKind::name).collect(Collectors.joining(", ")))
                .append(')');
        if (!reasons.isEmpty()) {
            text.append(", a reason (")
                    .append(String.join(", ", reasons.values()))
                    .append(')');
        }
        if (!origins.isEmpty()) {
            text.append(", origin.code with an origin of ").append(String.join(", ", origins.values()));
        }
        text.append(", or a code");
        if (!numbers.isEmpty()) {
            text.append(" (any whole number; known are ")
                    .append(numbers.stream().map(String::valueOf).collect(Collectors.joining(", ")))
                    .append(')');
        }
        return text.toString();
    }

    /** The origins, for error messages. */
    String allowedOrigins() {
        return String.join(", ", origins.values());
    }

    private List<K> allowedKinds() {
        return kinds.values().stream().filter(kind -> !refused.contains(kind)).toList();
    }

    private static Optional<String> nearest(String word, Collection<String> candidates) {
        String wanted = normalize(word);
        String best = null;
        // A third of the letters may be wrong; beyond that a suggestion would be a guess.
        int bestDistance = Math.max(1, wanted.length() / 3) + 1;
        for (String candidate : candidates) {
            int distance = distance(wanted, normalize(candidate));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Levenshtein's distance: insertions, deletions and replacements that turn one text into the other. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        Arrays.setAll(row, column -> column);
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }

    /** Collects the words. Not thread-safe. */
    public static final class Builder<K extends Enum<K> & DisconnectKind> {
        private final Map<String, K> kinds = new LinkedHashMap<>();
        private final Set<K> refused;
        private final Map<String, String> reasons = new LinkedHashMap<>();
        private final Map<String, String> origins = new TreeMap<>();
        private final SortedSet<Integer> numbers = new TreeSet<>();
        private final Set<K> onlyByKind;

        private Builder(RuleTable<K> rules) {
            Objects.requireNonNull(rules, "rules");
            refused = EnumSet.noneOf(rules.kinds());
            onlyByKind = EnumSet.noneOf(rules.kinds());
            for (K kind : rules.kinds().getEnumConstants()) {
                add(kinds, "kind", kind.name(), kind);
                if (rules.rule(kind).isNone()) {
                    refused.add(kind);
                }
            }
        }

        /**
         * The names under which users know the ends. One reason may belong to several kinds and several reasons to one code.
         *
         * @throws IllegalArgumentException for a reason that cannot be told from a code or from another reason
         */
        public Builder<K> reasons(String... names) {
            for (String name : names) {
                if (!name.matches("[A-Za-z][A-Za-z0-9_-]*")) {
                    throw new IllegalArgumentException(
                            "reason \"" + name + "\" must be a letter followed by letters, digits, '_' or '-'");
                }
                add(reasons, "reason", name, name);
            }
            return this;
        }

        /** Layers a code can come from, besides those of the code table. */
        public Builder<K> origins(String... names) {
            for (String name : names) {
                String before = origins.putIfAbsent(normalize(DisconnectCode.checkOrigin(name)), name);
                if (before != null && !before.equals(name)) {
                    throw new IllegalArgumentException("origins " + before + " and " + name + " cannot be told apart");
                }
            }
            return this;
        }

        /** Known codes, besides those of the code table; only for messages, since any number may be named. */
        public Builder<K> codes(int... known) {
            for (int number : known) {
                numbers.add(number);
            }
            return this;
        }

        /** The origins and codes of the protocol's table. */
        public Builder<K> codes(CodeTable<K> table) {
            table.origins().forEach(this::origins);
            table.codes().forEach(code -> numbers.add(code.number()));
            return this;
        }

        /** These kinds follow an option only when it names the kind itself: nobody shall change them by the way. */
        @SafeVarargs
        public final Builder<K> onlyByKind(K... strict) {
            onlyByKind.addAll(Arrays.asList(strict));
            return this;
        }

        /** The finished vocabulary. */
        public Vocabulary<K> build() {
            return new Vocabulary<>(this);
        }

        private static <V> void add(Map<String, V> map, String what, String name, V value) {
            V before = map.putIfAbsent(normalize(name), value);
            if (before != null) {
                throw new IllegalArgumentException(what + "s " + before + " and " + name
                        + " cannot be told apart, as case, '_' and '-' do not matter");
            }
        }
    }
}
