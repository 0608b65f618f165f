package dev.whatsappmd.engine.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.proto.store.StoredAppStateKey;
import dev.whatsappmd.engine.proto.store.StoredRetry;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The rows that taking messages in leaves behind, by their types. Reading throws {@link SessionStoreException}: {@code
 * CORRUPT} for a row that is damaged, {@code NEWER} for one that a newer version wrote.
 */
public final class MessageRows {
    /** The newest format of what is inside that this program knows. */
    private static final int VERSION = 1;

    private static final String COMPANION_META_NONCE = "companion-meta-nonce";

    private MessageRows() {}

    /**
     * How often a message was asked for again.
     *
     * @param message a hash of what names it
     * @param count from 1
     * @param at the last time, to the second
     */
    public record Retry(String message, int count, Instant at) {
        public Retry {
            Objects.requireNonNull(message, "message");
            at = Instant.ofEpochSecond(at.getEpochSecond());
        }
    }

    /**
     * A key of the app state.
     *
     * @param id a few bytes
     * @param keyData 32 bytes
     * @param fingerprint protobuf {@code Message.AppStateSyncKeyFingerprint}
     * @param timestamp as the phone gave it
     */
    public record AppStateKey(byte[] id, byte[] keyData, byte[] fingerprint, long timestamp) {
        @Override
        public boolean equals(Object other) {
            return other instanceof AppStateKey key
                    && Arrays.equals(id, key.id)
                    && Arrays.equals(keyData, key.keyData)
                    && Arrays.equals(fingerprint, key.fingerprint)
                    && timestamp == key.timestamp;
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(id);
        }

        /** Never the key. */
        @Override
        public String toString() {
            return "AppStateKey[" + HexFormat.of().formatHex(id) + "]";
        }
    }

    /** All of them, in the order of their names. One that is damaged counts as not there: then it is counted anew. */
    public static List<Retry> retries(Snapshot snapshot) {
        List<Retry> found = new ArrayList<>();
        for (String message : SessionRows.keys(snapshot, Table.MESSAGE_RETRIES, "")) {
            retry(snapshot, message).ifPresent(found::add);
        }
        return found;
    }

    private static Optional<Retry> retry(Snapshot snapshot, String message) {
        try {
            Optional<byte[]> row = snapshot.get(Table.MESSAGE_RETRIES, message)
                    .map(value -> RowFormat.open(Table.MESSAGE_RETRIES, message, VERSION, value));
            if (row.isEmpty()) {
                return Optional.empty();
            }
            StoredRetry read = StoredRetry.parseFrom(row.get());
            return Optional.of(new Retry(message, read.getCount(), Instant.ofEpochSecond(read.getAtSeconds())));
        } catch (SessionStoreException e) {
            if (e.reason() == SessionStoreException.Reason.CORRUPT) {
                return Optional.empty();
            }
            throw e;
        } catch (InvalidProtocolBufferException | DateTimeException e) {
            return Optional.empty();
        }
    }

    public static ChangeSet putRetry(ChangeSet changes, Retry retry) {
        StoredRetry stored = StoredRetry.newBuilder()
                .setCount(retry.count())
                .setAtSeconds(retry.at().getEpochSecond())
                .build();
        return changes.put(
                Table.MESSAGE_RETRIES,
                retry.message(),
                RowFormat.seal(Table.MESSAGE_RETRIES, retry.message(), VERSION, stored.toByteArray()));
    }

    public static ChangeSet deleteRetry(ChangeSet changes, String message) {
        return changes.delete(Table.MESSAGE_RETRIES, message);
    }

    /** The key of this id. */
    public static Optional<AppStateKey> appStateKey(Snapshot snapshot, byte[] id) {
        String key = HexFormat.of().formatHex(id);
        return snapshot.get(Table.APP_STATE_KEYS, key).map(row -> {
            try {
                StoredAppStateKey read =
                        StoredAppStateKey.parseFrom(RowFormat.open(Table.APP_STATE_KEYS, key, VERSION, row));
                return new AppStateKey(
                        id,
                        read.getKeyData().toByteArray(),
                        read.getFingerprint().toByteArray(),
                        read.getTimestamp());
            } catch (InvalidProtocolBufferException e) {
                throw RowFormat.corrupt(Table.APP_STATE_KEYS, key, "it is no protobuf");
            }
        });
    }

    public static ChangeSet putAppStateKey(ChangeSet changes, AppStateKey key) {
        String id = HexFormat.of().formatHex(key.id());
        StoredAppStateKey stored = StoredAppStateKey.newBuilder()
                .setKeyData(ByteString.copyFrom(key.keyData()))
                .setFingerprint(ByteString.copyFrom(key.fingerprint()))
                .setTimestamp(key.timestamp())
                .build();
        return changes.put(
                Table.APP_STATE_KEYS, id, RowFormat.seal(Table.APP_STATE_KEYS, id, VERSION, stored.toByteArray()));
    }

    /** What the phone wants to see when a piece of history is deleted from the media host. */
    public static Optional<String> companionMetaNonce(Snapshot snapshot) {
        return snapshot.get(Table.ACCOUNT_FACTS, COMPANION_META_NONCE)
                .map(row -> RowFormat.open(Table.ACCOUNT_FACTS, COMPANION_META_NONCE, VERSION, row))
                .map(value -> new String(value, StandardCharsets.UTF_8));
    }

    public static ChangeSet putCompanionMetaNonce(ChangeSet changes, String nonce) {
        byte[] value = nonce.getBytes(StandardCharsets.UTF_8);
        return changes.put(
                Table.ACCOUNT_FACTS,
                COMPANION_META_NONCE,
                RowFormat.seal(Table.ACCOUNT_FACTS, COMPANION_META_NONCE, VERSION, value));
    }
}
