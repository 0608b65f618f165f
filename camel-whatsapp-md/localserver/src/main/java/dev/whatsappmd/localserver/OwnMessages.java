package dev.whatsappmd.localserver;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.proto.e2e.LIDMigrationMapping;
import dev.whatsappmd.engine.proto.e2e.LIDMigrationMappingSyncMessage;
import dev.whatsappmd.engine.proto.e2e.LIDMigrationMappingSyncPayload;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.proto.e2e.Message.AppStateSyncKey;
import dev.whatsappmd.engine.proto.e2e.Message.AppStateSyncKeyData;
import dev.whatsappmd.engine.proto.e2e.Message.AppStateSyncKeyFingerprint;
import dev.whatsappmd.engine.proto.e2e.Message.AppStateSyncKeyId;
import dev.whatsappmd.engine.proto.e2e.Message.AppStateSyncKeyShare;
import dev.whatsappmd.engine.proto.e2e.Message.HistorySyncNotification;
import dev.whatsappmd.engine.proto.e2e.Message.ProtocolMessage;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.contact.Addressing;
import dev.whatsappmd.localserver.contact.Letter;
import dev.whatsappmd.localserver.contact.MessageDraft;
import dev.whatsappmd.localserver.contact.ReceivedMessage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What an account's own phone sends to its linked devices, encrypted by the phone's own Signal device: what it wrote to
 * others, and what only it may say (category {@code peer}). Safe for all threads.
 */
public final class OwnMessages {
    private final ServerRoom room;
    private final Account account;
    private volatile Addressing addressing = Addressing.NUMBER;

    OwnMessages(ServerRoom room, Account account) {
        this.room = room;
        this.account = account;
    }

    /** By which address the phone appears from now on; by number at first. */
    public OwnMessages addressing(Addressing how) {
        this.addressing = Objects.requireNonNull(how, "how");
        return this;
    }

    /** The phone has written a text to a contact. */
    public SentMessage writesTo(SimulatedContact contact, String text) {
        return writesTo(contact, MessageDraft.text(text));
    }

    /** The phone has written to a contact. */
    public SentMessage writesTo(SimulatedContact contact, MessageDraft draft) {
        return sent(Optional.empty(), () -> room.contacts().ownSent(account, contact.account(), addressing, draft));
    }

    /** The phone has written a text in a group. */
    public SentMessage writesIn(SimulatedGroup group, String text) {
        return sent(Optional.of(group), () -> {
            return room.contacts()
                    .inGroup(
                            room.contacts().person(account),
                            account,
                            group.people(),
                            addressing,
                            MessageDraft.text(text));
        });
    }

    /** The phone tells its devices anything, as a peer message. */
    public SentMessage tells(MessageDraft draft) {
        return sent(Optional.empty(), () -> room.contacts().peer(account, addressing, draft));
    }

    /**
     * The phone offers a piece of history.
     *
     * @param notification a {@code HistorySyncNotification} protobuf
     * @throws IllegalArgumentException when it is none
     */
    public SentMessage offersHistory(byte[] notification) {
        try {
            return tells(ProtocolMessage.newBuilder()
                    .setType(ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION)
                    .setHistorySyncNotification(HistorySyncNotification.parseFrom(notification)));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("the notification is no HistorySyncNotification protobuf", e);
        }
    }

    /**
     * The phone shares a key of the app state.
     *
     * @param keyId usually 6 bytes
     * @param keyData 32 bytes
     */
    public SentMessage sharesAppStateKey(byte[] keyId, byte[] keyData) {
        AppStateSyncKey key = AppStateSyncKey.newBuilder()
                .setKeyId(AppStateSyncKeyId.newBuilder().setKeyId(ByteString.copyFrom(keyId)))
                .setKeyData(AppStateSyncKeyData.newBuilder()
                        .setKeyData(ByteString.copyFrom(keyData))
                        .setFingerprint(AppStateSyncKeyFingerprint.newBuilder()
                                .setRawId(account.rawId())
                                .setCurrentIndex(1)
                                .addDeviceIndexes(0))
                        .setTimestamp(room.now().toEpochMilli()))
                .build();
        return tells(ProtocolMessage.newBuilder()
                .setType(ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE)
                .setAppStateSyncKeyShare(AppStateSyncKeyShare.newBuilder().addKeys(key)));
    }

    /** The phone tells which LIDs its contacts have. */
    public SentMessage tellsLids(SimulatedContact... contacts) {
        LIDMigrationMappingSyncPayload.Builder payload = LIDMigrationMappingSyncPayload.newBuilder();
        for (SimulatedContact contact : contacts) {
            long lid = Long.parseUnsignedLong(contact.account().lid().user());
            payload.addPnToLidMappings(LIDMigrationMapping.newBuilder()
                    .setPn(Long.parseUnsignedLong(contact.number()))
                    .setAssignedLid(lid)
                    .setLatestLid(lid));
        }
        return tells(ProtocolMessage.newBuilder()
                .setType(ProtocolMessage.Type.LID_MIGRATION_MAPPING_SYNC)
                .setLidMigrationMappingSyncMessage(LIDMigrationMappingSyncMessage.newBuilder()
                        .setEncodedMappingPayload(payload.build().toByteString())));
    }

    private SentMessage tells(ProtocolMessage.Builder message) {
        Message content = Message.newBuilder().setProtocolMessage(message).build();
        return tells(MessageDraft.raw(content.toByteArray()));
    }

    /** What its linked devices have sent to the phone, in order. */
    public List<ReceivedMessage> received() {
        return room.loop().call(() -> room.contacts().person(account).received());
    }

    /** Waits until its linked devices have sent it so many messages; gives the last of them. */
    public ReceivedMessage awaitReceived(int count, Duration timeout) {
        return room.recording().await(count + " messages to the phone", timeout, () -> received().stream()
                .skip(count - 1L)
                .findFirst());
    }

    private SentMessage sent(Optional<SimulatedGroup> group, Supplier<Letter> sending) {
        return new SentMessage(room, room.loop().call(sending), group);
    }
}
