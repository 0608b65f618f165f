package dev.whatsappmd.localserver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was sent, in order, to be compared with what somebody has seen, in this process or another one: entries and what
 * was seen are values, and lines of text. Safe for all threads.
 */
public final class MessageLedger {
    private final List<Entry> entries = new ArrayList<>();

    /**
     * A message that was sent.
     *
     * @param number place among all messages, 1 for the first
     * @param id of the message
     * @param chat name of the contact or subject of the group
     * @param writer name of the contact who wrote it
     * @param text its text; no other message has it
     */
    public record Entry(int number, String id, String chat, String writer, String text) {
        /** Never the text. */
        @Override
        public String toString() {
            return "#" + number + " " + id + " in " + chat;
        }
    }

    /**
     * A message that was seen.
     *
     * @param id of the message
     * @param text its text
     */
    public record Seen(String id, String text) {
        /** As one line of text, for another process; see {@link #parse}. */
        public String toLine() {
            return id + '\t' + text;
        }

        /** @throws IllegalArgumentException when it is no line of {@link #toLine} */
        public static Seen parse(String line) {
            int tab = line.indexOf('\t');
            if (tab < 1) {
                throw new IllegalArgumentException("a line of what was seen has an id, a tab and a text");
            }
            return new Seen(line.substring(0, tab), line.substring(tab + 1));
        }

        /** Never the text. */
        @Override
        public String toString() {
            return id;
        }
    }

    /**
     * How what was seen differs from what was sent.
     *
     * @param lost sent and not seen
     * @param duplicated seen more than once; as often as that is too often
     * @param unknown seen and never sent
     * @param altered seen with another text than was sent
     * @param overtaken seen, the first time, before an earlier one of the same writer in the same chat
     */
    public record Comparison(
            List<Entry> lost, List<Entry> duplicated, List<Seen> unknown, List<Entry> altered, List<Entry> overtaken) {
        /** Whether each message was seen once, as it was sent, in order. */
        public boolean isExact() {
            return isWhole() && duplicated.isEmpty() && overtaken.isEmpty();
        }

        /** Whether each message was seen, as it was sent, and nothing else. */
        public boolean isWhole() {
            return lost.isEmpty() && unknown.isEmpty() && altered.isEmpty();
        }

        @Override
        public String toString() {
            return lost.size() + " lost " + lost + ", " + duplicated.size() + " duplicated " + duplicated + ", "
                    + unknown.size() + " unknown " + unknown + ", " + altered.size() + " altered " + altered + ", "
                    + overtaken.size() + " overtaken " + overtaken;
        }
    }

    synchronized int nextNumber() {
        return entries.size() + 1;
    }

    synchronized void add(Entry entry) {
        entries.add(entry);
    }

    /** All that was sent, in order. */
    public synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** How much was sent. */
    public synchronized int size() {
        return entries.size();
    }

    /** Compares with what was seen, in the order it was seen. */
    public Comparison compare(List<Seen> seen) {
        Map<String, Entry> sent = new LinkedHashMap<>();
        entries().forEach(entry -> sent.put(entry.id(), entry));
        Set<String> found = new LinkedHashSet<>();
        Map<List<String>, Integer> last = new HashMap<>();
        List<Entry> duplicated = new ArrayList<>();
        List<Seen> unknown = new ArrayList<>();
        List<Entry> altered = new ArrayList<>();
        List<Entry> overtaken = new ArrayList<>();
        for (Seen one : seen) {
            Entry entry = sent.get(one.id());
            if (entry == null) {
                unknown.add(one);
                continue;
            }
            if (!entry.text().equals(one.text())) {
                altered.add(entry);
            }
            if (!found.add(one.id())) {
                duplicated.add(entry);
                continue;
            }
            int newest = last.merge(List.of(entry.chat(), entry.writer()), entry.number(), Math::max);
            if (newest > entry.number()) {
                overtaken.add(entry);
            }
        }
        List<Entry> lost = sent.values().stream()
                .filter(entry -> !found.contains(entry.id()))
                .toList();
        return new Comparison(lost, duplicated, unknown, altered, overtaken);
    }

    @Override
    public String toString() {
        return "ledger of " + size() + " messages";
    }
}
