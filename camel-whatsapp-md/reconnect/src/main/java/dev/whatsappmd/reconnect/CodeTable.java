package dev.whatsappmd.reconnect;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What each code means. Total: a code that is not in it means the protocol's unknown kind. Immutable.
 *
 * <p>A single code wins over a range, and a range over what is said of a whole origin.
 */
public final class CodeTable<K extends Enum<K> & DisconnectKind> {
    private final K unknown;
    private final Map<DisconnectCode, K> single;
    private final Map<String, NavigableMap<Integer, Range<K>>> ranges;
    private final Map<String, K> rest;
    private final SortedSet<DisconnectCode> codes;
    private final SortedSet<String> origins;

    private CodeTable(Builder<K> builder) {
        unknown = builder.unknown;
        single = Map.copyOf(builder.single);
        ranges = new HashMap<>();
        builder.ranges.forEach((origin, map) -> ranges.put(origin, new TreeMap<>(map)));
        rest = Map.copyOf(builder.rest);
        codes = Collections.unmodifiableSortedSet(new TreeSet<>(single.keySet()));
        TreeSet<String> names = new TreeSet<>(rest.keySet());
        names.addAll(ranges.keySet());
        codes.forEach(code -> names.add(code.origin()));
        origins = Collections.unmodifiableSortedSet(names);
    }

    /**
     * Begins a table.
     *
     * @param unknown what a code means that is not in the table
     */
    public static <K extends Enum<K> & DisconnectKind> Builder<K> builder(K unknown) {
        return new Builder<>(Objects.requireNonNull(unknown, "unknown"));
    }

    /** What the code means; never null. */
    public K kindOf(DisconnectCode code) {
        K exact = single.get(code);
        if (exact != null) {
            return exact;
        }
        Map.Entry<Integer, Range<K>> entry = ranges.getOrDefault(code.origin(), Collections.emptyNavigableMap())
                .floorEntry(code.number());
        if (entry != null && entry.getValue().last() >= code.number()) {
            return entry.getValue().kind();
        }
        return rest.getOrDefault(code.origin(), unknown);
    }

    /** What the number means on this layer; never null. */
    public K kindOf(String origin, int number) {
        return kindOf(new DisconnectCode(origin, number));
    }

    /** The kind of codes that are not in the table. */
    public K unknown() {
        return unknown;
    }

    /** The codes that have a row of their own. */
    public SortedSet<DisconnectCode> codes() {
        return codes;
    }

    /** The layers the table speaks of. */
    public SortedSet<String> origins() {
        return origins;
    }

    private record Range<K>(int last, K kind) {}

    /** Collects the rows. Not thread-safe. */
    public static final class Builder<K extends Enum<K> & DisconnectKind> {
        private final K unknown;
        private final Map<DisconnectCode, K> single = new HashMap<>();
        private final Map<String, NavigableMap<Integer, Range<K>>> ranges = new HashMap<>();
        private final Map<String, K> rest = new HashMap<>();

        private Builder(K unknown) {
            this.unknown = unknown;
        }

        /**
         * These numbers of one layer mean this kind.
         *
         * @throws IllegalArgumentException when there are no numbers or one of them has a meaning already
         */
        public Builder<K> codes(K kind, String origin, int... numbers) {
            if (numbers.length == 0) {
                throw new IllegalArgumentException(kind.name() + " is given no number of origin " + origin);
            }
            for (int number : numbers) {
                DisconnectCode code = new DisconnectCode(origin, number);
                K before = single.putIfAbsent(code, Objects.requireNonNull(kind, "kind"));
                if (before != null) {
                    throw new IllegalArgumentException(
                            code + " is given twice: as " + before.name() + " and as " + kind.name());
                }
            }
            return this;
        }

        /**
         * The numbers from {@code first} to {@code last}, both included, mean this kind where they have no row of their own.
         *
         * @throws IllegalArgumentException when the range is empty or overlaps another one
         */
        public Builder<K> range(K kind, String origin, int first, int last) {
            String name = DisconnectCode.checkOrigin(origin) + "." + first + ".." + last;
            if (first > last) {
                throw new IllegalArgumentException("range " + name + " is empty");
            }
            NavigableMap<Integer, Range<K>> ofOrigin = ranges.computeIfAbsent(origin, key -> new TreeMap<>());
            Map.Entry<Integer, Range<K>> below = ofOrigin.floorEntry(last);
            if (below != null && below.getValue().last() >= first) {
                throw new IllegalArgumentException("range " + name + " overlaps " + origin + "." + below.getKey() + ".."
                        + below.getValue().last());
            }
            ofOrigin.put(first, new Range<>(last, Objects.requireNonNull(kind, "kind")));
            return this;
        }

        /**
         * Every other number of this layer means this kind.
         *
         * @throws IllegalArgumentException when that was said of the layer already
         */
        public Builder<K> everyOther(K kind, String origin) {
            K before = rest.putIfAbsent(DisconnectCode.checkOrigin(origin), Objects.requireNonNull(kind, "kind"));
            if (before != null) {
                throw new IllegalArgumentException("every other " + origin + " code is given twice: as " + before.name()
                        + " and as " + kind.name());
            }
            return this;
        }

        /** The finished table. */
        public CodeTable<K> build() {
            return new CodeTable<>(this);
        }
    }
}
