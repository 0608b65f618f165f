package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.store.Snapshot.Row;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The rows of a session by their types: reads them from a {@link Snapshot}, writes them into a {@link ChangeSet}.
 * Reading throws {@link SessionStoreException}: {@code CORRUPT} for a row that is damaged, {@code NEWER} for one that a
 * newer version wrote.
 */
public final class SessionRows {
    /** The key of the session's own row in {@link Table#CREDENTIALS}. */
    public static final String SELF = "self";

    private static final int PAGE = 512;

    private SessionRows() {}

    /** Who this device is; empty only when nothing has ever been saved. */
    public static Optional<Credentials> credentials(Snapshot snapshot) {
        return snapshot.get(Table.CREDENTIALS, SELF).map(row -> CredentialsCodec.decodeCredentials(SELF, row));
    }

    public static ChangeSet putCredentials(ChangeSet changes, Credentials credentials) {
        return changes.put(Table.CREDENTIALS, SELF, CredentialsCodec.encode(SELF, credentials));
    }

    /**
     * Puts a new identity in the place of one whose link was revoked, or that was never linked. Revoked credentials are
     * kept under a key of their own until a person purges them; pre-keys, sessions, identities, sender keys and LIDs go,
     * because they belong to the old identity. Rows that are damaged go too.
     *
     * @param now becomes part of the kept row's key
     * @throws IllegalStateException when the present identity is still linked
     */
    public static ChangeSet replaceIdentity(Snapshot snapshot, ChangeSet changes, Credentials fresh, Instant now) {
        credentials(snapshot).ifPresent(old -> {
            requireReplaceable(old);
            if (old.revocation().isPresent()) {
                String key = "revoked-" + now;
                changes.put(Table.CREDENTIALS, key, CredentialsCodec.encode(key, old));
            }
        });
        for (Table table : Table.OF_AN_IDENTITY) {
            keys(snapshot, table, "").forEach(key -> changes.delete(table, key));
        }
        return putCredentials(changes, fresh);
    }

    /** The pre-key of this number, uploaded or not. */
    public static Optional<PreKey> preKey(Snapshot snapshot, int id) {
        String key = preKeyKey(id);
        return snapshot.get(Table.PRE_KEYS, key).map(row -> CredentialsCodec.decodePreKey(key, row));
    }

    /** All pre-keys, uploaded or not, lowest number first. */
    public static List<PreKey> preKeys(Snapshot snapshot) {
        List<PreKey> found = new ArrayList<>();
        forEachRow(snapshot, Table.PRE_KEYS, row -> found.add(CredentialsCodec.decodePreKey(row.key(), row.value())));
        return found;
    }

    /**
     * Whether the pre-key that was made last is still there: the one before {@link Credentials#nextPreKeyId()}. When it
     * is not, the server's count says nothing about ours and new ones have to be uploaded (Baileys
     * {@code verifyCurrentPreKeyExists}).
     */
    public static boolean newestPreKeyExists(Snapshot snapshot) {
        return credentials(snapshot)
                .map(Credentials::nextPreKeyId)
                .filter(next -> next > 1)
                .flatMap(next -> snapshot.get(Table.PRE_KEYS, preKeyKey(next - 1)))
                .isPresent();
    }

    public static ChangeSet putPreKeys(ChangeSet changes, Collection<PreKey> preKeys) {
        for (PreKey preKey : preKeys) {
            String key = preKeyKey(preKey.id());
            changes.put(Table.PRE_KEYS, key, CredentialsCodec.encode(key, preKey));
        }
        return changes;
    }

    /** The server has confirmed to have these. */
    public static ChangeSet markUploaded(ChangeSet changes, Collection<PreKey> preKeys) {
        return putPreKeys(changes, preKeys.stream().map(PreKey::markedUploaded).toList());
    }

    public static ChangeSet deletePreKey(ChangeSet changes, int id) {
        return changes.delete(Table.PRE_KEYS, preKeyKey(id));
    }

    static void requireReplaceable(Credentials old) {
        if (old.registered()) {
            throw new IllegalStateException(
                    "the stored identity is linked to an account and is not replaced by a new one: log it out first");
        }
    }

    /** The key of a pre-key's row: padded, so that keys sort as the numbers do. */
    public static String preKeyKey(int id) {
        return String.format("%08d", id);
    }

    /** All keys of the table that begin with the prefix, in order; none of the values is read. */
    public static List<String> keys(Snapshot snapshot, Table table, String prefix) {
        List<String> found = new ArrayList<>();
        String after = prefix;
        while (true) {
            List<String> page = snapshot.keys(table, after, PAGE);
            for (String key : page) {
                if (!key.startsWith(prefix)) {
                    return found;
                }
                found.add(key);
            }
            if (page.size() < PAGE) {
                return found;
            }
            after = page.get(page.size() - 1);
        }
    }

    /** Until the visitor says false. */
    private static void forEachRow(Snapshot snapshot, Table table, Predicate<Row> visitor) {
        String after = "";
        while (true) {
            List<Row> page = snapshot.scan(table, after, PAGE);
            for (Row row : page) {
                if (!visitor.test(row)) {
                    return;
                }
            }
            if (page.size() < PAGE) {
                return;
            }
            after = page.get(page.size() - 1).key();
        }
    }
}
