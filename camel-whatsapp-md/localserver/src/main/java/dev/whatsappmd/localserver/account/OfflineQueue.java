package dev.whatsappmd.localserver.account;

import dev.whatsappmd.engine.node.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one device is owed, in order: a stanza stays until it is answered as {@link AnswerRules} want it, and comes first
 * again on the next connection. Not thread-safe.
 */
public final class OfflineQueue {
    private static final int ANSWERED_KEPT = 1000;

    private final AnswerRules rules;
    /** In order. Copies of one stanza have its id in common. */
    private final Set<OwedStanza> owed = new LinkedHashSet<>();

    private final Map<String, List<OwedStanza>> byId = new HashMap<>();
    /** Ids answered lately: a second answer, such as an ack beside a receipt, is no mistake. */
    private final Set<String> answered = new LinkedHashSet<>();

    OfflineQueue(Account account) {
        this.rules = new AnswerRules(account);
    }

    /**
     * Adds a stanza at the end.
     *
     * @throws IllegalArgumentException when it has no id or no from, or one with its id is still owed
     */
    public void add(Node stanza) {
        requireAnswerable(stanza);
        String id = stanza.attribute("id").orElseThrow();
        if (byId.containsKey(id)) {
            throw new IllegalArgumentException("a stanza with id " + id + " is still owed; use another id");
        }
        addCopy(stanza);
    }

    /**
     * Adds a stanza at the end, also when one with its id is still owed: the same one once more, or encrypted anew. Each
     * copy is owed an answer of its own; one that comes is for the oldest copy that was sent.
     *
     * @throws IllegalArgumentException when it has no id or no from
     */
    public void addCopy(Node stanza) {
        requireAnswerable(stanza);
        OwedStanza added = new OwedStanza(stanza);
        owed.add(added);
        byId.computeIfAbsent(added.id(), any -> new ArrayList<>()).add(added);
    }

    private static void requireAnswerable(Node stanza) {
        String id = stanza.attribute("id").orElse("");
        if (id.isEmpty() || stanza.attribute("from").isEmpty()) {
            throw new IllegalArgumentException(
                    "<" + stanza.tag() + "> needs the attributes id and from: without them a client cannot answer it");
        }
    }

    /** All that is owed, oldest first. */
    public List<OwedStanza> owed() {
        return List.copyOf(owed);
    }

    public boolean isEmpty() {
        return owed.isEmpty();
    }

    /** The oldest that has not been sent on the present connection. */
    public Optional<OwedStanza> nextUnsent() {
        return owed.stream().filter(stanza -> !stanza.isSent()).findFirst();
    }

    /** The oldest that was sent on the present connection and is not answered. */
    public Optional<OwedStanza> oldestUnanswered() {
        return owed.stream().filter(OwedStanza::isSent).findFirst();
    }

    /** Whether something was sent on the present connection and is not answered. */
    public boolean hasUnanswered() {
        return oldestUnanswered().isPresent();
    }

    /** Whether something is here that was sent on an earlier connection. */
    public boolean hasLeftOvers() {
        return owed.stream().anyMatch(OwedStanza::isLeftOver);
    }

    /** The device connected anew: all that is owed is to be sent again. */
    public void newConnection() {
        owed.forEach(OwedStanza::newConnection);
    }

    /**
     * Something wrong with an answer.
     *
     * @param stanzaId what it answers
     * @param typeAdded whether it is an ack of a receipt with a type of its own
     * @param what in words
     */
    public record Mistake(String stanzaId, boolean typeAdded, String what) {}

    /**
     * Takes an answer of the client, an {@code <ack>} or {@code <receipt>}.
     *
     * @return what is wrong with it, empty when nothing is
     */
    public List<Mistake> answer(Node answer) {
        List<Mistake> wrong = new ArrayList<>();
        for (String id : AnswerRules.ids(answer)) {
            OwedStanza stanza = oldestSent(id);
            if (stanza == null) {
                if (answer.is("ack") && !answered.contains(id)) {
                    wrong.add(mistake(
                            id, "ack of class " + answer.attribute("class", "?") + " for a stanza that is not owed"));
                }
                continue;
            }
            switch (rules.judge(stanza, answer)) {
                case CLEARS -> clear(stanza);
                case ASKS_RETRY -> stanza.askRetry();
                case LEAVES -> {
                    // An answer beside the one that is owed, such as hist_sync.
                }
                case WRONG_ADDRESS ->
                    wrong.add(mistake(
                            id,
                            "ack of class " + answer.attribute("class", "?")
                                    + " is not addressed to where the stanza came from"));
                case WRONG_CLASS ->
                    wrong.add(mistake(
                            id,
                            "ack of class " + answer.attribute("class", "?") + " for a <"
                                    + stanza.node().tag() + ">"));
                case TYPE_ADDED ->
                    wrong.add(new Mistake(
                            id,
                            true,
                            "ack of a receipt has type " + answer.attribute("type", "?") + ", the receipt has "
                                    + stanza.node().attribute("type", "none")));
                case NOT_ENOUGH ->
                    wrong.add(mistake(id, "ack alone for a decrypted message of an own device: it wants a receipt"));
            }
        }
        return wrong;
    }

    private static Mistake mistake(String stanzaId, String what) {
        return new Mistake(stanzaId, false, what);
    }

    private @Nullable OwedStanza oldestSent(String id) {
        return byId.getOrDefault(id, List.of()).stream()
                .filter(OwedStanza::isSent)
                .findFirst()
                .orElse(null);
    }

    private void clear(OwedStanza stanza) {
        String id = stanza.id();
        owed.remove(stanza);
        List<OwedStanza> copies = byId.get(id);
        copies.remove(stanza);
        if (copies.isEmpty()) {
            byId.remove(id);
        }
        answered.add(id);
        if (answered.size() > ANSWERED_KEPT) {
            answered.remove(answered.iterator().next());
        }
    }
}
