package dev.whatsappmd.localserver.query;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.util.Optional;
import java.util.function.Function;

/** What the server answers by itself. */
public final class StandardQueries {
    private StandardQueries() {}

    /**
     * Adds all of them.
     *
     * @param accounts finds an account by number or LID
     * @param mediaHost host and port that media_conn names
     */
    public static void addTo(IqHandlers handlers, Function<Jid, Optional<Account>> accounts, String mediaHost) {
        handlers.add(StanzaMatch.iq("get", "w:p"), IqHandler.result());
        handlers.add(StanzaMatch.iq("get", "urn:xmpp:ping"), IqHandler.result());
        EncryptQueries.addTo(handlers);
        AccountQueries.addTo(handlers, mediaHost);
        UsyncQuery.addTo(handlers, accounts);
    }
}
