package dev.whatsappmd.reconnect;

import java.util.Locale;

/**
 * What to do after a connection ended. The constants stand in the order of caution, the most cautious first; see
 * {@link #moreCautiousThan}.
 */
public enum ReconnectAction {
    /** The session is over until a person asks for it again. */
    STOP,
    /** Leave the server alone for a stated time, or until a person asks. */
    PARK,
    /** Try again after a delay that grows with every attempt of the streak. */
    BACKOFF,
    /** Try again at once. */
    NOW,
    /**
     * Give up the present login and ask a person for a new one. Less cautious than {@link #NOW}: every other action keeps
     * what the session has.
     */
    RELINK,
    /**
     * There is nothing to do, because the end was asked for. It is no opinion, so any other action outweighs it. Nobody can
     * choose it by word: only a {@link ReconnectRule} says it.
     */
    NONE;

    /** The name in options, headers and logs: {@code stop}, {@code park}, … */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** True when this action wins over the other where two are asked for. */
    public boolean moreCautiousThan(ReconnectAction other) {
        return ordinal() < other.ordinal();
    }
}
