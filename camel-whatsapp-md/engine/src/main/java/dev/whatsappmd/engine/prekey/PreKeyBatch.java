package dev.whatsappmd.engine.prekey;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * Pre-keys for one upload. {@code fresh} and {@code updated} are kept durably before anything is sent; the keys are
 * marked as uploaded after the server's result.
 *
 * @param preKeys all that go into the upload: earlier ones that the server never confirmed first, then the fresh ones
 * @param fresh those of them that were made just now
 * @param updated the credentials with the number the next pre-key gets
 */
public record PreKeyBatch(List<PreKey> preKeys, List<PreKey> fresh, Credentials updated) {
    public PreKeyBatch {
        preKeys = List.copyOf(preKeys);
        fresh = List.copyOf(fresh);
        Objects.requireNonNull(updated, "updated");
    }

    /**
     * Takes what was never confirmed and makes the rest.
     *
     * @param notUploaded stored ones that the server has not confirmed
     * @param count how many to upload, 1 to {@link PreKey#MAX_ID}
     * @param taken whether a stored pre-key has this number; matters after number {@link PreKey#MAX_ID}, when numbers
     *     start again at 1
     * @param random a cryptographic one
     */
    public static PreKeyBatch next(
            Credentials credentials, List<PreKey> notUploaded, int count, IntPredicate taken, RandomGenerator random) {
        if (count < 1 || count > PreKey.MAX_ID) {
            throw new IllegalArgumentException("an upload has 1 to " + PreKey.MAX_ID + " pre-keys, not " + count);
        }
        List<PreKey> preKeys = new ArrayList<>(notUploaded.subList(0, Math.min(count, notUploaded.size())));
        List<PreKey> fresh = new ArrayList<>();
        int next = credentials.nextPreKeyId();
        while (preKeys.size() < count) {
            int id = freeNumber(next, taken);
            PreKey made = new PreKey(id, Curve25519.generateKeyPair(random), false);
            preKeys.add(made);
            fresh.add(made);
            // One past the largest stays as it is until a key is made: the newest key is always the one before.
            next = id + 1;
        }
        Credentials updated = fresh.isEmpty()
                ? credentials
                : credentials.toBuilder().nextPreKeyId(next).build();
        return new PreKeyBatch(preKeys, fresh, updated);
    }

    private static int freeNumber(int from, IntPredicate taken) {
        int id = from;
        for (int tried = 0; tried < PreKey.MAX_ID; tried++, id++) {
            if (id > PreKey.MAX_ID) {
                id = 1;
            }
            if (!taken.test(id)) {
                return id;
            }
        }
        throw new IllegalStateException("all " + PreKey.MAX_ID
                + " numbers of pre-keys are in use: the store holds keys nobody can have asked for");
    }

    /** Never a key. */
    @Override
    public String toString() {
        return "PreKeyBatch[" + preKeys.size() + ", fresh " + fresh.size() + "]";
    }
}
