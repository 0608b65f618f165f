package dev.whatsappmd.localserver.query;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Which handler answers which request: the newest that matches, so that an added one takes precedence over what the server
 * does by itself. A request that nobody answers is an error 501 for the client and is kept. Safe for all threads.
 */
public final class IqHandlers {
    private final CopyOnWriteArrayList<Entry> entries = new CopyOnWriteArrayList<>();
    private final List<Node> unknown = new CopyOnWriteArrayList<>();
    private final Consumer<Throwable> failures;

    /** @param failures told what a handler threw */
    public IqHandlers(Consumer<Throwable> failures) {
        this.failures = failures;
    }

    /**
     * Adds a handler before all others.
     *
     * @return takes it away again
     */
    public Runnable add(StanzaMatch match, IqHandler handler) {
        Entry entry = new Entry(match, handler);
        entries.add(0, entry);
        return () -> entries.remove(entry);
    }

    /** The requests that nobody could answer, in order. */
    public List<Node> unknown() {
        return new ArrayList<>(unknown);
    }

    /** The answer to a request; empty when there is to be none. */
    public Optional<Node> answer(IqQuery query) {
        for (Entry entry : entries) {
            if (entry.match.test(query.iq())) {
                return answer(entry, query);
            }
        }
        unknown.add(query.iq());
        return Optional.of(query.error(501, "feature-not-implemented"));
    }

    private Optional<Node> answer(Entry entry, IqQuery query) {
        try {
            return entry.handler.answer(query);
        } catch (BadRequestException e) {
            query.connection().clientFailed(e.getMessage());
            return Optional.of(query.error(e.code(), e.text()));
        } catch (RuntimeException e) {
            failures.accept(e);
            return Optional.of(query.error(500, "internal-server-error"));
        }
    }

    private record Entry(StanzaMatch match, IqHandler handler) {}
}
