package dev.whatsappmd.engine.delivery;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.proto.delivery.StoredDelivery;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.SealedRows;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.Table;
import java.util.ArrayList;
import java.util.List;

/** The rows of the log: {@link Table#PENDING_DELIVERIES}, and {@link Table#FAILED_DELIVERIES} for those given up. */
public final class DeliveryRows {
    private static final int VERSION = 1;

    private DeliveryRows() {}

    /**
     * A key behind all that were made before.
     *
     * @param owner grows with every owner of the stored session ({@code StoredSession.fencingToken()})
     * @param number counts from 1 for one owner
     */
    public static String key(long owner, long number) {
        return String.format("%012d-%012d", owner, number);
    }

    /** The key before the first one that this owner makes. */
    public static String firstKey(long owner) {
        return key(owner, 0);
    }

    /**
     * A page of the log, in its order.
     *
     * @param rows those that could be read
     * @param damaged the keys of those that could not
     * @param last the key of the last row, {@code ""} for none
     * @param full whether as many rows were found as were asked for: there may be more
     */
    public record Page(List<PendingDelivery> rows, List<String> damaged, String last, boolean full) {}

    /** @throws SessionStoreException the store cannot be read; a single damaged row does not count as that */
    public static Page pending(Snapshot snapshot, String after, int limit) {
        return page(snapshot, Table.PENDING_DELIVERIES, after, limit);
    }

    /** Those given up. */
    public static Page failed(Snapshot snapshot, String after, int limit) {
        return page(snapshot, Table.FAILED_DELIVERIES, after, limit);
    }

    private static Page page(Snapshot snapshot, Table table, String after, int limit) {
        List<PendingDelivery> rows = new ArrayList<>();
        List<String> damaged = new ArrayList<>();
        List<Snapshot.Row> found = snapshot.scan(table, after, limit);
        for (Snapshot.Row row : found) {
            try {
                rows.add(decode(table, row));
            } catch (SessionStoreException e) {
                if (e.reason() != SessionStoreException.Reason.CORRUPT) {
                    throw e;
                }
                damaged.add(row.key());
            }
        }
        String last = found.isEmpty() ? "" : found.get(found.size() - 1).key();
        return new Page(List.copyOf(rows), List.copyOf(damaged), last, found.size() == limit);
    }

    public static ChangeSet put(ChangeSet changes, PendingDelivery delivery) {
        return put(changes, Table.PENDING_DELIVERIES, delivery);
    }

    /** It is done with. */
    public static ChangeSet remove(ChangeSet changes, String key) {
        return changes.delete(Table.PENDING_DELIVERIES, key);
    }

    /** It is given up, and kept. */
    public static ChangeSet giveUp(ChangeSet changes, PendingDelivery delivery) {
        changes.delete(Table.PENDING_DELIVERIES, delivery.key());
        return put(changes, Table.FAILED_DELIVERIES, delivery);
    }

    /** One that was given up is to be delivered again, at its old place. */
    public static ChangeSet takeUp(ChangeSet changes, PendingDelivery delivery) {
        changes.delete(Table.FAILED_DELIVERIES, delivery.key());
        return put(changes, Table.PENDING_DELIVERIES, delivery.renewed());
    }

    private static ChangeSet put(ChangeSet changes, Table table, PendingDelivery delivery) {
        byte[] payload = StoredDelivery.newBuilder()
                .setDeliveryId(delivery.deliveryId())
                .setKind(delivery.kind().name())
                .setContent(ByteString.copyFrom(delivery.content()))
                .setFailures(delivery.failures())
                .setLastFailure(delivery.lastFailure())
                .build()
                .toByteArray();
        return SealedRows.put(changes, table, delivery.key(), VERSION, payload);
    }

    private static PendingDelivery decode(Table table, Snapshot.Row row) {
        byte[] payload = SealedRows.open(table, row, VERSION);
        try {
            StoredDelivery stored = StoredDelivery.parseFrom(payload);
            return new PendingDelivery(
                    row.key(),
                    stored.getDeliveryId(),
                    EventKind.valueOf(stored.getKind()),
                    stored.getContent().toByteArray(),
                    stored.getFailures(),
                    stored.getLastFailure());
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw SealedRows.corrupt(table, row.key(), "its fields do not make a delivery");
        }
    }
}
