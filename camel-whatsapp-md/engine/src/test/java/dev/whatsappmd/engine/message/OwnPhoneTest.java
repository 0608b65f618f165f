package dev.whatsappmd.engine.message;

import static dev.whatsappmd.engine.message.IntakeWorld.events;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Happening.AppStateKeysShared;
import dev.whatsappmd.engine.message.Happening.Dropped;
import dev.whatsappmd.engine.message.Happening.HistoryOffered;
import dev.whatsappmd.engine.message.Happening.LidMappingsCame;
import dev.whatsappmd.engine.message.Happening.PeerAnswered;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.LIDMigrationMapping;
import dev.whatsappmd.engine.proto.e2e.LIDMigrationMappingSyncMessage;
import dev.whatsappmd.engine.proto.e2e.LIDMigrationMappingSyncPayload;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.proto.e2e.Message.HistorySyncNotification;
import dev.whatsappmd.engine.proto.e2e.Message.PeerDataOperationRequestResponseMessage;
import dev.whatsappmd.engine.proto.e2e.Message.PeerDataOperationRequestResponseMessage.PeerDataOperationResult;
import dev.whatsappmd.engine.proto.e2e.Message.ProtocolMessage;
import dev.whatsappmd.engine.store.MessageRows;
import dev.whatsappmd.engine.store.Table;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What only the user's own devices may say. */
class OwnPhoneTest {
    private static final byte[] KEY_ID = {0, 0, 1, 2, 3, 4};

    private final IntakeWorld world = IntakeWorld.linked();
    private final Contact phone = new Contact("491700000001@s.whatsapp.net").meets(world, 1);

    private static Message protocol(ProtocolMessage.Builder message) {
        return Message.newBuilder().setProtocolMessage(message).build();
    }

    private static Message history() {
        return protocol(ProtocolMessage.newBuilder()
                .setType(ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION)
                .setHistorySyncNotification(HistorySyncNotification.newBuilder()
                        .setSyncType(Message.HistorySyncType.RECENT)
                        .setChunkOrder(3)
                        .setProgress(40)
                        .setFileEncSha256(ByteString.copyFromUtf8("hash"))
                        .setDirectPath("/v/t62")));
    }

    private static Message keyShare() {
        return protocol(ProtocolMessage.newBuilder()
                .setType(ProtocolMessage.Type.APP_STATE_SYNC_KEY_SHARE)
                .setAppStateSyncKeyShare(Message.AppStateSyncKeyShare.newBuilder()
                        .addKeys(Message.AppStateSyncKey.newBuilder()
                                .setKeyId(Message.AppStateSyncKeyId.newBuilder().setKeyId(ByteString.copyFrom(KEY_ID)))
                                .setKeyData(Message.AppStateSyncKeyData.newBuilder()
                                        .setKeyData(ByteString.copyFrom(new byte[32]))
                                        .setFingerprint(Message.AppStateSyncKeyFingerprint.newBuilder()
                                                .setRawId(9)
                                                .addDeviceIndexes(0))
                                        .setTimestamp(1_768_000_000)))
                        .addKeys(Message.AppStateSyncKey.getDefaultInstance())));
    }

    private static Message mappings() {
        return protocol(ProtocolMessage.newBuilder()
                .setType(ProtocolMessage.Type.LID_MIGRATION_MAPPING_SYNC)
                .setLidMigrationMappingSyncMessage(LIDMigrationMappingSyncMessage.newBuilder()
                        .setEncodedMappingPayload(LIDMigrationMappingSyncPayload.newBuilder()
                                .addPnToLidMappings(LIDMigrationMapping.newBuilder()
                                        .setPn(491511111111L)
                                        .setAssignedLid(200000000000001L)
                                        .setLatestLid(200000000000002L))
                                .addPnToLidMappings(
                                        LIDMigrationMapping.newBuilder().setPn(4915L))
                                .build()
                                .toByteString())));
    }

    private static Message answer() {
        return protocol(ProtocolMessage.newBuilder()
                .setType(ProtocolMessage.Type.PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE)
                .setPeerDataOperationRequestResponseMessage(PeerDataOperationRequestResponseMessage.newBuilder()
                        .setPeerDataOperationRequestType(
                                Message.PeerDataOperationRequestType.COMPANION_META_NONCE_FETCH)
                        .setStanzaId("ASKED1")
                        .addPeerDataOperationResult(PeerDataOperationResult.newBuilder()
                                .setCompanionMetaNonceFetchRequestResponse(
                                        PeerDataOperationResult.CompanionMetaNonceFetchResponse.newBuilder()
                                                .setNonce("n0nce")))));
    }

    static List<Message> selfOnly() {
        return List.of(history(), keyShare(), mappings(), answer());
    }

    private Taken fromPhone(Message message) {
        Taken taken = world.take(phone.stanza()
                .attribute("category", "peer")
                .child(phone.enc(message))
                .build());
        assertThat(taken.answers()).singleElement().satisfies(receipt -> assertThat(receipt.attribute("type"))
                .contains("peer_msg"));
        assertThat(events(taken)).isEmpty();
        assertThat(taken.happenings()).hasSize(1);
        return taken;
    }

    @Test
    void offersHistoryDurablyAndDoesNotSayYetThatItIsDone() throws InvalidProtocolBufferException {
        Taken taken = fromPhone(history());
        HistoryNotice notice = ((HistoryOffered) taken.happenings().get(0)).notice();
        HistorySyncNotification read = HistorySyncNotification.parseFrom(notice.notification());
        assertThat(read).isEqualTo(history().getProtocolMessage().getHistorySyncNotification());
        assertThat(taken.changesTheStore()).isTrue();
        HistoryNotice stored = HistoryNotice.decode(notice.encode());
        assertThat(stored).isEqualTo(notice);
        assertThat(stored.deliveryId()).isEqualTo(notice.deliveryId()).hasSize(32);
        assertThat(notice.receivedAt()).isEqualTo(IntakeWorld.NOW);
        assertThat(notice.toString()).doesNotContain("t62");
    }

    @Test
    void namesPiecesOfTheHistoryByWhatTheyAre() {
        HistoryNotice notice = new HistoryNotice("S", new byte[] {8, 1}, 0, false, IntakeWorld.NOW);
        HistoryNotice later = new HistoryNotice("S", new byte[] {8, 1}, 5, true, IntakeWorld.NOW.plusSeconds(9));
        assertThat(later.deliveryId()).isEqualTo(notice.deliveryId());
        for (HistorySyncNotification other : List.of(
                HistorySyncNotification.newBuilder().setChunkOrder(2).build(),
                HistorySyncNotification.newBuilder()
                        .setFileEncSha256(ByteString.copyFromUtf8("x"))
                        .build())) {
            HistoryNotice differs = new HistoryNotice("S", other.toByteArray(), 0, false, IntakeWorld.NOW);
            assertThat(differs.deliveryId()).isNotEqualTo(notice.deliveryId());
        }
        assertThat(new HistoryNotice("T", new byte[] {8, 1}, 0, false, IntakeWorld.NOW).deliveryId())
                .isNotEqualTo(notice.deliveryId());
    }

    @Test
    void storesKeysOfTheAppState() {
        Taken taken = fromPhone(keyShare());
        assertThat(taken.happenings()).containsExactly(new AppStateKeysShared(1));
        MessageRows.AppStateKey key =
                MessageRows.appStateKey(world.rows, KEY_ID).orElseThrow();
        assertThat(key.keyData()).hasSize(32);
        assertThat(key.timestamp()).isEqualTo(1_768_000_000);
        assertThat(key.fingerprint()).isNotEmpty();
        assertThat(MessageRows.appStateKey(world.rows, new byte[] {9})).isEmpty();
    }

    @Test
    void learnsWhichLidBelongsToWhichNumber() {
        Taken taken = fromPhone(mappings());
        assertThat(taken.happenings()).containsExactly(new LidMappingsCame(1));
        assertThat(world.signal.lidOf("491511111111")).contains("200000000000002");
    }

    @Test
    void keepsTheNonceAndTellsTheAnswer() {
        Taken taken = fromPhone(answer());
        PeerAnswered answered = (PeerAnswered) taken.happenings().get(0);
        assertThat(answered.requestId()).isEqualTo("ASKED1");
        assertThat(answered.response())
                .isEqualTo(answer().getProtocolMessage()
                        .getPeerDataOperationRequestResponseMessage()
                        .toByteArray());
        assertThat(MessageRows.companionMetaNonce(world.rows)).contains("n0nce");
        assertThat(answered.toString()).doesNotContain("n0nce");
    }

    @ParameterizedTest
    @MethodSource("selfOnly")
    void dropsTheSameFromAnybodyElseAndAnswersIt(Message message) {
        Contact mallory = new Contact("491522222222@s.whatsapp.net").meets(world, 2);
        Message wrapped = Message.newBuilder()
                .setEphemeralMessage(Message.FutureProofMessage.newBuilder().setMessage(message))
                .build();
        Message sent = Message.newBuilder()
                .setDeviceSentMessage(Message.DeviceSentMessage.newBuilder().setMessage(message))
                .build();
        Message untyped = protocol(message.getProtocolMessage().toBuilder().clearType());
        for (Message each : List.of(message, wrapped, sent, untyped)) {
            assertDropped(world.take(mallory.writes(each)));
            assertDropped(world.take(mallory.stanza()
                    .attribute("category", "peer")
                    .child(mallory.enc(each))
                    .build()));
        }
    }

    /** A group knows the sender only by a key that everybody in it has. */
    @ParameterizedTest
    @MethodSource("selfOnly")
    void dropsTheSameInAGroupEvenFromTheUser(Message message) {
        Jid group = Jid.parse("120363000000000001@g.us");
        assertDropped(world.take(phone.groupStanza(group)
                .child(phone.enc(phone.distribution(group)))
                .child(phone.groupEnc(group, message))
                .build()));
        assertDropped(
                world.take(phone.groupStanza(group).child(phone.enc(message)).build()));
    }

    private void assertDropped(Taken taken) {
        assertThat(taken.answers()).singleElement().satisfies(answer -> assertThat(answer.tag())
                .isEqualTo("receipt"));
        assertThat(taken.happenings()).singleElement().isInstanceOf(Dropped.class);
        assertThat(world.rows.count(Table.APP_STATE_KEYS)).isZero();
        assertThat(world.rows.count(Table.ACCOUNT_FACTS)).isZero();
        assertThat(world.signal.lidOf("491511111111")).isEmpty();
    }

    @Test
    void dropsAListOfLidsThatIsNone() {
        Message broken = protocol(ProtocolMessage.newBuilder()
                .setType(ProtocolMessage.Type.LID_MIGRATION_MAPPING_SYNC)
                .setLidMigrationMappingSyncMessage(LIDMigrationMappingSyncMessage.newBuilder()
                        .setEncodedMappingPayload(ByteString.copyFrom(new byte[] {10, 99}))));
        assertThat(fromPhone(broken).happenings()).singleElement().isInstanceOf(Dropped.class);
        Node empty = phone.writes(
                protocol(ProtocolMessage.newBuilder().setType(ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION)));
        assertThat(world.take(empty).happenings()).singleElement().isInstanceOf(Dropped.class);
    }
}
