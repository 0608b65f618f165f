package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.store.ChangeSet.Change;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** What a store refuses to commit, whoever asks: it would cost the user the link. */
final class CommitRules {
    private CommitRules() {}

    /**
     * @param self the session's own credentials row as it is now
     * @throws IllegalArgumentException when credentials would be deleted, or rows be there without them
     * @throws IllegalStateException when a linked identity would be replaced by another
     */
    static void check(ChangeSet changes, Supplier<Optional<byte[]>> self) {
        Optional<byte[]> next = Optional.empty();
        for (Change change : changes.changes()) {
            if (change.table() == Table.CREDENTIALS) {
                if (change.value().isEmpty()) {
                    throw new IllegalArgumentException("credentials are never deleted: mark them revoked");
                }
                if (change.key().equals(SessionRows.SELF)) {
                    next = change.value();
                }
            }
        }
        Optional<byte[]> before = self.get();
        if (next.isPresent()) {
            Credentials fresh = decode(next.get());
            before.map(CommitRules::decode)
                    .filter(old -> !Arrays.equals(
                            old.identityKey().publicKey(), fresh.identityKey().publicKey()))
                    .ifPresent(SessionRows::requireReplaceable);
        } else if (before.isEmpty() && !changes.isEmpty()) {
            throw new IllegalArgumentException("the first rows of a session have to include its credentials");
        }
    }

    private static Credentials decode(byte[] row) {
        return CredentialsCodec.decodeCredentials(SessionRows.SELF, row);
    }
}
