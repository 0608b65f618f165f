package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.prekey.PreKeyBatch;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.Snapshot;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Makes the pre-keys that go to senders of messages which could not be read; numbered as those for the server are. */
final class RetryPreKeys {
    private static final int REMEMBERED_MAX = 10_000;

    private final Supplier<Snapshot> snapshots;
    /** Made here and perhaps not in the store yet. */
    private final Set<Integer> made = new HashSet<>();

    RetryPreKeys(Supplier<Snapshot> snapshots) {
        this.snapshots = snapshots;
    }

    /**
     * A pre-key that only one sender learns, and the credentials after it was made.
     *
     * @param preKey marked as uploaded: it never goes to the server
     */
    record Made(PreKey preKey, Credentials updated) {
        Made {
            Objects.requireNonNull(preKey, "preKey");
            Objects.requireNonNull(updated, "updated");
        }
    }

    Made make(Credentials credentials, RandomGenerator random) {
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
