package dev.whatsappmd.engine.node;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Attributes as an array of names and values in turn: half the memory of a hash map, and faster for the few that a
 * node has. This is the read-only map over such an array; the static methods work on the array itself.
 */
final class Attributes extends AbstractMap<String, String> {
    static final String[] NONE = {};
    /** From this many on a hash map is quicker than looking through all. */
    private static final int MANY = 24;

    private final String[] pairs;

    Attributes(String[] pairs) {
        this.pairs = pairs;
    }

    /** The index of a name in the array, or -1. */
    static int indexOf(String[] pairs, int length, String name) {
        for (int i = 0; i < length; i += 2) {
            if (name.equals(pairs[i])) {
                return i;
            }
        }
        return -1;
    }

    /** The value of a name, or null. */
    static String get(String[] pairs, String name) {
        int index = indexOf(pairs, pairs.length, name);
        return index < 0 ? null : pairs[index + 1];
    }

    /** The array without the names that come again: the last value counts, at the place of the first. */
    static String[] distinct(String[] pairs) {
        Collector collector = new Collector(pairs.length / 2);
        for (int i = 0; i < pairs.length; i += 2) {
            collector.put(pairs[i], pairs[i + 1]);
        }
        return collector.pairs();
    }

    /** Collects names and values as they come; the last value of a name counts, at the place of the first. */
    static final class Collector {
        private String[] pairs;
        private int length;
        private long seen;
        private Map<String, Integer> places;

        Collector(int expected) {
            pairs = expected == 0 ? NONE : new String[2 * expected];
        }

        void put(String name, String value) {
            // One bit per name tells in most cases that it is new, without a comparison.
            long bit = 1L << name.hashCode();
            int index = (seen & bit) == 0 ? -1 : find(name);
            if (index >= 0) {
                pairs[index + 1] = value;
                return;
            }
            seen |= bit;
            if (length == pairs.length) {
                pairs = Arrays.copyOf(pairs, Math.max(8, 2 * length));
            }
            if (places != null) {
                places.put(name, length);
            }
            pairs[length] = name;
            pairs[length + 1] = value;
            length += 2;
        }

        private int find(String name) {
            if (length < 2 * MANY) {
                return indexOf(pairs, length, name);
            }
            if (places == null) {
                places = new HashMap<>();
                for (int i = 0; i < length; i += 2) {
                    places.put(pairs[i], i);
                }
            }
            return places.getOrDefault(name, -1);
        }

        /** A copy of what was put. */
        String[] copy() {
            return length == 0 ? NONE : Arrays.copyOf(pairs, length);
        }

        /** The array of what was put; further puts must not follow. */
        String[] pairs() {
            return length == pairs.length ? pairs : Arrays.copyOf(pairs, length);
        }
    }

    @Override
    public int size() {
        return pairs.length / 2;
    }

    @Override
    public String get(Object name) {
        return name instanceof String text ? get(pairs, text) : null;
    }

    @Override
    public boolean containsKey(Object name) {
        return get(name) != null;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Attributes attributes ? equal(pairs, attributes.pairs) : super.equals(other);
    }

    @Override
    public int hashCode() {
        return hash(pairs);
    }

    /** Whether both have the same names and values, in any order. */
    static boolean equal(String[] mine, String[] theirs) {
        if (mine.length != theirs.length) {
            return false;
        }
        if (Arrays.equals(mine, theirs)) {
            return true;
        }
        Map<String, String> index = new Attributes(theirs);
        if (theirs.length > 2 * MANY) {
            index = new HashMap<>(index);
        }
        for (int i = 0; i < mine.length; i += 2) {
            if (!mine[i + 1].equals(index.get(mine[i]))) {
                return false;
            }
        }
        return true;
    }

    /** The hash that {@link Map#hashCode()} asks for. */
    static int hash(String[] pairs) {
        int hash = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            hash += pairs[i].hashCode() ^ pairs[i + 1].hashCode();
        }
        return hash;
    }

    @Override
    public Set<Entry<String, String>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return Attributes.this.size();
            }

            @Override
            public Iterator<Entry<String, String>> iterator() {
                return new Entries(pairs);
            }
        };
    }

    private static final class Entries implements Iterator<Entry<String, String>> {
        private final String[] pairs;
        private int next;

        Entries(String[] pairs) {
            this.pairs = pairs;
        }

        @Override
        public boolean hasNext() {
            return next < pairs.length;
        }

        @Override
        public Entry<String, String> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Entry<String, String> entry = Map.entry(pairs[next], pairs[next + 1]);
            next += 2;
            return entry;
        }
    }
}
