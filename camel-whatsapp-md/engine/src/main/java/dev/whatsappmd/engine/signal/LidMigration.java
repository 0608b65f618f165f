package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.jid.JidServer;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Moves what is kept under a phone number to its LID: all devices, hosted ones too, in one change. What is under the LID
 * already stays in front; sessions of the number come behind it, so that a message in either can be read.
 */
final class LidMigration {
    private static final List<int[]> DOMAINS = List.of(
            new int[] {JidServer.DOMAIN_USER, JidServer.DOMAIN_LID},
            new int[] {JidServer.DOMAIN_HOSTED, JidServer.DOMAIN_HOSTED_LID});

    private final CachedTable<SessionRecord> sessions;
    private final CachedTable<byte[]> identities;
    private final CachedTable<SenderKeys> senderKeys;

    LidMigration(
            CachedTable<SessionRecord> sessions, CachedTable<byte[]> identities, CachedTable<SenderKeys> senderKeys) {
        this.sessions = sessions;
        this.identities = identities;
        this.senderKeys = senderKeys;
    }

    /** How many rows went. */
    int migrate(String pnUser, String lidUser) {
        int moved = 0;
        for (int[] domain : DOMAINS) {
            String from = new SignalAddress(pnUser, domain[0], 0).prefix();
            String to = new SignalAddress(lidUser, domain[1], 0).prefix();
            moved += move(identities, from, to, (number, lid) -> lid == null ? number : lid);
            moved += moveSessions(from, to);
            moved += move(senderKeys, from, to, LidMigration::merged);
        }
        return moved;
    }

    private int moveSessions(String from, String to) {
        int moved = 0;
        for (String key : sessions.keys(from)) {
            String target = to + key.substring(from.length());
            SessionRecord number = sessions.get(key);
            if (number != null) {
                SessionRecord lid = sessions.get(target);
                sessions.put(target, merged(number, lid, identities.get(target)));
                sessions.delete(key);
                moved++;
            }
        }
        return moved;
    }

    /** Sessions with another identity than the one that counts are of a device that is gone. */
    private static SessionRecord merged(SessionRecord number, @Nullable SessionRecord lid, byte @Nullable [] identity) {
        SessionRecord merged = lid == null ? new SessionRecord() : lid;
        merged.archive(number.states().stream()
                .filter(state -> identity == null || Arrays.equals(identity, state.remoteIdentity()))
                .filter(state ->
                        merged.openedBy(state.baseKey(), state.remoteIdentity()).isEmpty())
                .toList());
        return merged;
    }

    private static SenderKeys merged(SenderKeys number, @Nullable SenderKeys lid) {
        SenderKeys merged = lid == null ? new SenderKeys() : lid;
        merged.addOlder(number);
        return merged;
    }

    private static <V> int move(CachedTable<V> table, String from, String to, BiFunction<V, @Nullable V, V> merge) {
        int moved = 0;
        for (String key : table.keys(from)) {
            V number = table.get(key);
            if (number != null) {
                String target = to + key.substring(from.length());
                table.put(target, merge.apply(number, table.get(target)));
                table.delete(key);
                moved++;
            }
        }
        return moved;
    }
}
