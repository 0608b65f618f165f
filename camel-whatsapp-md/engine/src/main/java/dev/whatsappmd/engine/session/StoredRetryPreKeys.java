package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.message.RetryPreKeys;
import dev.whatsappmd.engine.prekey.PreKeyBatch;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.Snapshot;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Pre-keys for retries, numbered as those for the server are. For the session's thread. */
public final class StoredRetryPreKeys implements RetryPreKeys {
    private static final int REMEMBERED_MAX = 10_000;

    private final Supplier<Snapshot> snapshots;
    /** Made here and perhaps not in the store yet. */
    private final Set<Integer> made = new HashSet<>();

    /** @param snapshots opens one */
    public StoredRetryPreKeys(Supplier<Snapshot> snapshots) {
        this.snapshots = snapshots;
    }

    @Override
    public Made make(Credentials credentials, RandomGenerator random) {
        try (Snapshot snapshot = snapshots.get()) {
            PreKeyBatch batch = PreKeyBatch.next(
                    credentials,
                    List.of(),
                    1,
                    id -> made.contains(id) || SessionRows.preKey(snapshot, id).isPresent(),
                    random);
            PreKey fresh = batch.fresh().get(0);
            if (made.size() >= REMEMBERED_MAX) {
                made.clear();
            }
            made.add(fresh.id());
            return new Made(fresh.markedUploaded(), batch.updated());
        }
    }
}
