package dev.whatsappmd.localserver.fault;

import dev.whatsappmd.engine.node.Node;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a server does when, over all its connections. Each entry names a moment, or a stanza, and which one of its kind:
 *
 * <pre>{@code
 * server.script()
 *     .onLogin(2, ServerClose.failure(503))     // the second login since the server's start
 *     .onNext(Moment.OPEN, ServerClose.streamError(515))
 *     .onEvery(Moment.HELLO, ServerFault.silence())
 *     .onNextStanza(StanzaMatch.iq("get", "encrypt"), StanzaFault.iqError(500, "internal-server-error"));
 * }</pre>
 *
 * <p>An entry for a number wins over one for every; of two for the same number the later one counts. What is to be done
 * about a stanza is done before the server looks at it. Safe for all threads.
 */
public final class ServerScript {
    private final Map<Moment, Integer> seen = new EnumMap<>(Moment.class);
    private final List<Entry> entries = new ArrayList<>();
    private final List<StanzaEntry> stanzaEntries = new ArrayList<>();

    /**
     * Does this at the nth such moment since the server's start.
     *
     * @param nth 1 for the first
     */
    public ServerScript on(Moment moment, int nth, ServerFault fault) {
        requireCount(nth);
        return add(moment, nth, fault);
    }

    /** Does this at the next such moment, once. */
    public synchronized ServerScript onNext(Moment moment, ServerFault fault) {
        return add(moment, count(moment) + 1, fault);
    }

    /** Does this at every such moment from now on. */
    public ServerScript onEvery(Moment moment, ServerFault fault) {
        return add(moment, 0, fault);
    }

    /** {@link #on} for {@link Moment#ACCEPT}. */
    public ServerScript onAccept(int nth, ServerFault fault) {
        return on(Moment.ACCEPT, nth, fault);
    }

    /** {@link #on} for {@link Moment#UPGRADE}. */
    public ServerScript onUpgrade(int nth, ServerFault fault) {
        return on(Moment.UPGRADE, nth, fault);
    }

    /** {@link #on} for {@link Moment#HELLO}. */
    public ServerScript onHello(int nth, ServerFault fault) {
        return on(Moment.HELLO, nth, fault);
    }

    /** {@link #on} for {@link Moment#REGISTRATION}. */
    public ServerScript onRegistration(int nth, ServerFault fault) {
        return on(Moment.REGISTRATION, nth, fault);
    }

    /** {@link #on} for {@link Moment#PAIRED}: instead of the 515 that comes otherwise, if it ends the connection. */
    public ServerScript onPaired(int nth, ServerFault fault) {
        return on(Moment.PAIRED, nth, fault);
    }

    /** {@link #on} for {@link Moment#LOGIN}. */
    public ServerScript onLogin(int nth, ServerFault fault) {
        return on(Moment.LOGIN, nth, fault);
    }

    /** {@link #on} for {@link Moment#SUCCESS}. */
    public ServerScript onSuccess(int nth, ServerFault fault) {
        return on(Moment.SUCCESS, nth, fault);
    }

    /** {@link #on} for {@link Moment#ACTIVE}. */
    public ServerScript onActive(int nth, ServerFault fault) {
        return on(Moment.ACTIVE, nth, fault);
    }

    /** {@link #on} for {@link Moment#OPEN}. */
    public ServerScript onOpen(int nth, ServerFault fault) {
        return on(Moment.OPEN, nth, fault);
    }

    /**
     * Does this when the nth such stanza from now on has come, on whatever connection.
     *
     * @param match asked about every stanza that a client sends; a {@code StanzaMatch} says in errors what it asks
     * @param nth 1 for the first
     */
    public ServerScript onStanza(Predicate<Node> match, int nth, ServerFault fault) {
        requireCount(nth);
        return add(match, nth, fault);
    }

    /** Does this when the next such stanza has come, once. */
    public ServerScript onNextStanza(Predicate<Node> match, ServerFault fault) {
        return add(match, 1, fault);
    }

    /** Does this whenever such a stanza comes. */
    public ServerScript onEveryStanza(Predicate<Node> match, ServerFault fault) {
        return add(match, 0, fault);
    }

    /** Forgets all entries; the counting of moments goes on. */
    public synchronized ServerScript clear() {
        entries.clear();
        stanzaEntries.clear();
        return this;
    }

    /** How many such moments there have been. */
    public synchronized int count(Moment moment) {
        return seen.getOrDefault(moment, 0);
    }

    /** Counts a moment that has come and says what is to be done about it. For the server. */
    public synchronized Optional<ServerFault> next(Moment moment) {
        int number = seen.merge(moment, 1, Integer::sum);
        Entry found = null;
        for (Entry entry : entries) {
            if (entry.moment == moment
                    && (entry.nth == number || entry.nth == 0 && (found == null || found.nth == 0))) {
                found = entry;
            }
        }
        return Optional.ofNullable(found).map(Entry::fault);
    }

    /** Counts a stanza that has come and says what is to be done about it. For the server. */
    public synchronized Optional<ServerFault> next(Node stanza) {
        StanzaEntry found = null;
        for (StanzaEntry entry : stanzaEntries) {
            if (entry.match.test(stanza)) {
                entry.seen++;
                if (entry.nth == entry.seen || entry.nth == 0 && (found == null || found.nth == 0)) {
                    found = entry;
                }
            }
        }
        return Optional.ofNullable(found).map(entry -> entry.fault);
    }

    private static void requireCount(int nth) {
        if (nth < 1) {
            throw new IllegalArgumentException("moments and stanzas are counted from 1, not " + nth);
        }
    }

    private synchronized ServerScript add(Moment moment, int nth, ServerFault fault) {
        Objects.requireNonNull(moment, "moment");
        if (!Objects.requireNonNull(fault, "fault").fits(moment)) {
            throw new IllegalArgumentException("\"" + fault + "\" cannot be done at " + moment + ". "
                    + (moment.canSendStanzas()
                            ? "See where it says that it can."
                            : "No stanza can be sent then: socketClose, tcpReset, stall and silence can be done."));
        }
        entries.add(new Entry(moment, nth, fault));
        return this;
    }

    private synchronized ServerScript add(Predicate<Node> match, int nth, ServerFault fault) {
        Objects.requireNonNull(match, "match");
        if (!Objects.requireNonNull(fault, "fault").fitsStanza()) {
            throw new IllegalArgumentException(
                    "\"" + fault + "\" cannot be done about a stanza. See at which moment it can.");
        }
        stanzaEntries.add(new StanzaEntry(match, nth, fault));
        return this;
    }

    /** @param nth 0 for every */
    private record Entry(Moment moment, int nth, ServerFault fault) {}

    private static final class StanzaEntry {
        private final Predicate<Node> match;
        private final int nth;
        private final ServerFault fault;
        private int seen;

        private StanzaEntry(Predicate<Node> match, int nth, ServerFault fault) {
            this.match = match;
            this.nth = nth;
            this.fault = fault;
        }
    }
}
