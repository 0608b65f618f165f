package dev.whatsappmd.localserver.fault;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a server does when, over all its connections. Each entry names a moment and which one of its kind:
 *
 * <pre>{@code
 * server.script()
 *     .onLogin(2, ServerClose.failure(503))     // the second login since the server's start
 *     .onNext(Moment.OPEN, ServerClose.streamError(515))
 *     .onEvery(Moment.HELLO, ServerFault.silence());
 * }</pre>
 *
 * <p>An entry for a number wins over one for every; of two for the same number the later one counts. Safe for all
 * threads.
 */
public final class ServerScript {
    private final Map<Moment, Integer> seen = new EnumMap<>(Moment.class);
    private final List<Entry> entries = new ArrayList<>();

    /**
     * Does this at the nth such moment since the server's start.
     *
     * @param nth 1 for the first
     */
    public ServerScript on(Moment moment, int nth, ServerFault fault) {
        if (nth < 1) {
            throw new IllegalArgumentException("moments are counted from 1, not " + nth);
        }
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

    /** {@link #on} for {@link Moment#HELLO}. */
    public ServerScript onHello(int nth, ServerFault fault) {
        return on(Moment.HELLO, nth, fault);
    }

    /** {@link #on} for {@link Moment#REGISTRATION}. */
    public ServerScript onRegistration(int nth, ServerFault fault) {
        return on(Moment.REGISTRATION, nth, fault);
    }

    /** {@link #on} for {@link Moment#PAIRED}: instead of the 515 that comes otherwise. */
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

    /** Forgets all entries; the counting goes on. */
    public synchronized ServerScript clear() {
        entries.clear();
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

    private synchronized ServerScript add(Moment moment, int nth, ServerFault fault) {
        Objects.requireNonNull(moment, "moment");
        if (Objects.requireNonNull(fault, "fault").sendsStanza() && !moment.canSendStanzas()) {
            throw new IllegalArgumentException("\"" + fault + "\" sends a stanza, which cannot be done at " + moment
                    + ": no keys are agreed yet. Use socketClose, tcpReset or silence.");
        }
        entries.add(new Entry(moment, nth, fault));
        return this;
    }

    /** @param nth 0 for every */
    private record Entry(Moment moment, int nth, ServerFault fault) {}
}
