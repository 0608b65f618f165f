package dev.whatsappmd.engine.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.proto.store.StoredMessageRow;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A message as it is kept until a route is done with it: what the stanza said, and the plaintext. The event is made of it
 * each time it is delivered, so it is the same before and after a restart.
 */
public final class StoredMessage {
    private final StoredMessageRow row;

    StoredMessage(StoredMessageRow row) {
        this.row = row;
    }

    /**
     * The same for the same message of the same sender in the same chat. Word that it could not be read has an id of its
     * own: the message itself, when it comes at last, is not taken for a repetition.
     */
    public String deliveryId() {
        return DeliveryIds.of(
                DeliveryIds.part(readable() ? "message" : "unreadable"),
                DeliveryIds.part(row.getChat()),
                DeliveryIds.part(row.getId()),
                DeliveryIds.part(row.getSender()));
    }

    /** Whether its content is here. */
    public boolean readable() {
        return row.hasPlaintext();
    }

    /** Whether it waited at the server while this device was away. */
    public boolean offline() {
        return row.getOffline();
    }

    /** The decrypted protobuf {@code Message}; empty when it could not be read. */
    public Optional<byte[]> plaintext() {
        return row.hasPlaintext() ? Optional.of(row.getPlaintext().toByteArray()) : Optional.empty();
    }

    /** When it was taken in, by the server's clock. */
    public Instant receivedAt() {
        return Instant.ofEpochMilli(row.getReceivedAtMillis());
    }

    /** The event to be delivered; equal each time. Never throws. */
    public MessageEvent toEvent() {
        return MessageEvents.of(row);
    }

    /** For the store. */
    public byte[] encode() {
        return row.toByteArray();
    }

    /** @throws IllegalArgumentException when these bytes are not what {@link #encode()} makes */
    public static StoredMessage decode(byte[] stored) {
        try {
            return new StoredMessage(StoredMessageRow.parseFrom(stored));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("a stored message of " + stored.length + " bytes cannot be read", e);
        }
    }

    static ByteString bytes(byte[] value) {
        return ByteString.copyFrom(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredMessage message && row.equals(message.row);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(row);
    }

    /** Never a word or an address. */
    @Override
    public String toString() {
        return "StoredMessage[" + row.getId() + (readable() ? "]" : ", unreadable]");
    }
}
