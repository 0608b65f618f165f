package dev.whatsappmd.engine.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.proto.e2e.Message.HistorySyncNotification;
import dev.whatsappmd.engine.proto.store.StoredHistoryNotice;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The user's phone offers a piece of the history: where it is and how to open it, or the piece itself.
 *
 * @param stanzaId the id of the message it came in
 * @param notification protobuf {@code Message.HistorySyncNotification}; not a copy
 * @param timestamp of the stanza, in seconds since 1970; 0 when it has none
 * @param offline whether it waited at the server while this device was away
 * @param receivedAt by the server's clock, to the millisecond
 */
public record HistoryNotice(String stanzaId, byte[] notification, long timestamp, boolean offline, Instant receivedAt) {

    public HistoryNotice {
        Objects.requireNonNull(stanzaId, "stanzaId");
        Objects.requireNonNull(notification, "notification");
        receivedAt = Instant.ofEpochMilli(receivedAt.toEpochMilli());
    }

    /** The same for the same piece: made of stanza, file and place in the order. */
    public String deliveryId() {
        byte[] file = {};
        long chunkOrder = -1;
        try {
            HistorySyncNotification read = HistorySyncNotification.parseFrom(notification);
            file = read.getFileEncSha256().toByteArray();
            chunkOrder = read.hasChunkOrder() ? Integer.toUnsignedLong(read.getChunkOrder()) : -1;
        } catch (InvalidProtocolBufferException e) {
            file = notification;
        }
        return DeliveryIds.of(
                DeliveryIds.part("history"),
                DeliveryIds.part(stanzaId),
                file,
                DeliveryIds.part(Long.toString(chunkOrder)));
    }

    /** For the store. */
    public byte[] encode() {
        return StoredHistoryNotice.newBuilder()
                .setStanzaId(stanzaId)
                .setNotification(ByteString.copyFrom(notification))
                .setTimestamp(timestamp)
                .setOffline(offline)
                .setReceivedAtMillis(receivedAt.toEpochMilli())
                .build()
                .toByteArray();
    }

    /** @throws IllegalArgumentException when these bytes are not what {@link #encode()} makes */
    public static HistoryNotice decode(byte[] stored) {
        try {
            StoredHistoryNotice read = StoredHistoryNotice.parseFrom(stored);
            return new HistoryNotice(
                    read.getStanzaId(),
                    read.getNotification().toByteArray(),
                    read.getTimestamp(),
                    read.getOffline(),
                    Instant.ofEpochMilli(read.getReceivedAtMillis()));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    "a stored history notification of " + stored.length + " bytes cannot be read", e);
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof HistoryNotice notice
                && stanzaId.equals(notice.stanzaId)
                && Arrays.equals(notification, notice.notification)
                && timestamp == notice.timestamp
                && offline == notice.offline
                && receivedAt.equals(notice.receivedAt);
    }

    @Override
    public int hashCode() {
        return Objects.hash(stanzaId, Arrays.hashCode(notification), timestamp, offline, receivedAt);
    }

    /** Never what is in it: it holds keys. */
    @Override
    public String toString() {
        return "HistoryNotice[" + stanzaId + ", " + notification.length + " bytes]";
    }
}
