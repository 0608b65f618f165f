package dev.whatsappmd.engine.message;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import dev.whatsappmd.engine.message.Happening.AppStateKeysShared;
import dev.whatsappmd.engine.message.Happening.Dropped;
import dev.whatsappmd.engine.message.Happening.HistoryOffered;
import dev.whatsappmd.engine.message.Happening.LidMappingsCame;
import dev.whatsappmd.engine.message.Happening.PeerAnswered;
import dev.whatsappmd.engine.proto.e2e.LIDMigrationMapping;
import dev.whatsappmd.engine.proto.e2e.LIDMigrationMappingSyncPayload;
import dev.whatsappmd.engine.proto.e2e.Message.AppStateSyncKey;
import dev.whatsappmd.engine.proto.e2e.Message.AppStateSyncKeyShare;
import dev.whatsappmd.engine.proto.e2e.Message.PeerDataOperationRequestResponseMessage;
import dev.whatsappmd.engine.proto.e2e.Message.PeerDataOperationRequestResponseMessage.PeerDataOperationResult;
import dev.whatsappmd.engine.proto.e2e.Message.ProtocolMessage;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.MessageRows;
import dev.whatsappmd.engine.store.MessageRows.AppStateKey;
import java.util.Optional;

/**
 * What only the user's own devices may say: the history, keys of the app state, which LID belongs to which number, answers
 * to what this device asked for. From anybody else it would let a stranger write this account's past.
 */
final class OwnPhone {
    private static final int MAX_KEY_ID = 64;
    private static final int MAX_KEY = 256;
    private static final int MAX_NONCE = 4096;

    private final MessageCipher cipher;

    OwnPhone(MessageCipher cipher) {
        this.cipher = cipher;
    }

    /** Whether only the user's own devices may say this. */
    static boolean isSelfOnly(ProtocolMessage message) {
        boolean holds = message.hasHistorySyncNotification()
                || message.hasAppStateSyncKeyShare()
                || message.hasLidMigrationMappingSyncMessage()
                || message.hasPeerDataOperationRequestResponseMessage();
        return holds
                || message.hasType()
                        && switch (message.getType()) {
                            case HISTORY_SYNC_NOTIFICATION,
                                    APP_STATE_SYNC_KEY_SHARE,
                                    LID_MIGRATION_MAPPING_SYNC,
                                    PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE -> true;
                            default -> false;
                        };
    }

    /**
     * Takes it, or drops it when it is not from one of the user's own devices to this one alone.
     *
     * @param forThisDevice whether it was encrypted for this device alone
     */
    Happening take(ProtocolMessage message, Envelope envelope, boolean forThisDevice, Self self, ChangeSet changes) {
        if (!envelope.fromMe() || envelope.shared() || !forThisDevice) {
            return new Dropped("a message that only the user's own devices may send came from somebody else");
        }
        if (message.hasHistorySyncNotification()) {
            return new HistoryOffered(new HistoryNotice(
                    envelope.id(),
                    message.getHistorySyncNotification().toByteArray(),
                    Envelope.seconds(envelope.stanza()),
                    Envelope.offline(envelope.stanza()),
                    self.now()));
        }
        if (message.hasAppStateSyncKeyShare()) {
            return keys(message.getAppStateSyncKeyShare(), changes);
        }
        if (message.hasLidMigrationMappingSyncMessage()) {
            return mappings(message.getLidMigrationMappingSyncMessage().getEncodedMappingPayload());
        }
        if (message.hasPeerDataOperationRequestResponseMessage()) {
            return answer(message.getPeerDataOperationRequestResponseMessage(), changes);
        }
        return new Dropped("a message of the user's own phone is empty");
    }

    private static Happening keys(AppStateSyncKeyShare share, ChangeSet changes) {
        int count = 0;
        for (AppStateSyncKey key : share.getKeysList()) {
            ByteString id = key.getKeyId().getKeyId();
            ByteString data = key.getKeyData().getKeyData();
            boolean whole = !id.isEmpty() && id.size() <= MAX_KEY_ID && !data.isEmpty() && data.size() <= MAX_KEY;
            if (whole) {
                MessageRows.putAppStateKey(
                        changes,
                        new AppStateKey(
                                id.toByteArray(),
                                data.toByteArray(),
                                key.getKeyData().getFingerprint().toByteArray(),
                                key.getKeyData().getTimestamp()));
                count++;
            }
        }
        return new AppStateKeysShared(count);
    }

    private Happening mappings(ByteString payload) {
        try {
            int count = 0;
            for (LIDMigrationMapping mapping :
                    LIDMigrationMappingSyncPayload.parseFrom(payload).getPnToLidMappingsList()) {
                long lid = mapping.getLatestLid() != 0 ? mapping.getLatestLid() : mapping.getAssignedLid();
                if (lid != 0 && mapping.getPn() != 0) {
                    cipher.link(
                            Jid.of(Long.toUnsignedString(lid), JidServer.LID),
                            Jid.of(Long.toUnsignedString(mapping.getPn()), JidServer.USER));
                    count++;
                }
            }
            return new LidMappingsCame(count);
        } catch (InvalidProtocolBufferException e) {
            return new Dropped("the phone's list of LIDs is no protobuf");
        }
    }

    private static Happening answer(PeerDataOperationRequestResponseMessage answer, ChangeSet changes) {
        Optional<String> nonce = answer.getPeerDataOperationResultList().stream()
                .filter(PeerDataOperationResult::hasCompanionMetaNonceFetchRequestResponse)
                .map(result ->
                        result.getCompanionMetaNonceFetchRequestResponse().getNonce())
                .filter(value -> !value.isEmpty() && value.length() <= MAX_NONCE)
                .reduce((first, last) -> last);
        nonce.ifPresent(value -> MessageRows.putCompanionMetaNonce(changes, value));
        return new PeerAnswered(answer.getStanzaId(), answer.toByteArray());
    }
}
