package dev.whatsappmd.camel;

import dev.whatsappmd.localserver.fault.ServerFault;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One row of the table of ends: what the server does, and what each consumer is then told.
 *
 * @param name as the table has it
 * @param fault what the server does; null where the options are enough to bring it about
 * @param options that the session has beside the usual ones: {@code &name=value...}
 * @param lasts whether it happens again and again, until the session is started with the usual options
 * @param ends what it is in each phase in which it can happen; the same in all but for the exceptions of the table
 */
record TableRow(String name, @Nullable ServerFault fault, String options, boolean lasts, Map<Phase, End> ends) {
    /** Where in the life of a session it happens. */
    enum Phase {
        /** A linked device, before anything is encrypted. */
        BEFORE_LOGIN,
        /** A device that is not linked, while its code is shown. */
        PAIRING,
        /** The link is saved, the server has not yet asked for the restart. */
        PAIRED,
        /** The login has been sent and not been answered. */
        LOGIN,
        /** Logged in and active, before anything that waited was delivered. */
        CATCHING_UP,
        /** All has been taken in. */
        OPEN;

        /** Where stanzas can be received. */
        static final Set<Phase> ENCRYPTED = EnumSet.complementOf(EnumSet.of(BEFORE_LOGIN));

        /** Where the link is as old as the stored one. */
        static final Set<Phase> LINKED = EnumSet.of(BEFORE_LOGIN, LOGIN, CATCHING_UP, OPEN);
    }

    /**
     * What a close says.
     *
     * @param exception what a bridged route gets; null when the close was planned
     * @param delay the least and the most milliseconds; null when no attempt follows by itself
     */
    record End(
            int code,
            String reason,
            String origin,
            String kind,
            @Nullable Class<? extends DisconnectedException> exception,
            String action,
            @Nullable Delay delay) {
        End as(String otherKind, @Nullable Class<? extends DisconnectedException> other) {
            return new End(code, reason, origin, otherKind, other, action, delay);
        }

        /** Where the session then is, unless it is back within a moment. */
        String phase() {
            return switch (action) {
                case "park" -> "parked";
                case "stop" -> "halted";
                default -> "waiting";
            };
        }

        /** Whether a link that there is gets marked as ended. */
        boolean revokes(Phase in) {
            return in != Phase.PAIRING && (kind.equals("LOGGED_OUT") || kind.equals("LINK_REJECTED"));
        }
    }

    /** Milliseconds, both included. */
    record Delay(long least, long most) {}

    /** The server does this, in any phase in which it can send a stanza. */
    static TableRow of(String name, ServerFault fault, End end) {
        TableRow row = new TableRow(name, fault, "", false, Map.of());
        for (Phase phase : Phase.ENCRYPTED) {
            row = row.in(phase, end);
        }
        return row;
    }

    /** The server does this, when it comes to it. */
    static TableRow of(String name, @Nullable ServerFault fault) {
        return new TableRow(name, fault, "", false, Map.of());
    }

    /** In this phase it is this. */
    TableRow in(Phase phase, End end) {
        Map<Phase, End> more = new EnumMap<>(Phase.class);
        more.putAll(ends);
        more.put(phase, end);
        return new TableRow(name, fault, options, lasts, more);
    }

    /** Tried in these phases only. */
    TableRow only(Phase... phases) {
        Map<Phase, End> fewer = new EnumMap<>(ends);
        fewer.keySet().retainAll(Set.of(phases));
        return new TableRow(name, fault, options, lasts, fewer);
    }

    TableRow with(String moreOptions) {
        return new TableRow(name, fault, options + moreOptions, lasts, ends);
    }

    /** See the parameter of that name. */
    TableRow lasting() {
        return new TableRow(name, fault, options, true, ends);
    }

    /** Whether the session is back by itself within a moment. */
    boolean comesBack(Phase phase) {
        Delay delay = ends.get(phase).delay();
        return !lasts && delay != null && delay.most() < 1_000;
    }

    @Override
    public String toString() {
        return name;
    }
}
