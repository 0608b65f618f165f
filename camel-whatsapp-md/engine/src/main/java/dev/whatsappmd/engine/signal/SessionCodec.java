package dev.whatsappmd.engine.signal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.proto.store.StoredChain;
import dev.whatsappmd.engine.proto.store.StoredPendingPreKey;
import dev.whatsappmd.engine.proto.store.StoredReceivingChain;
import dev.whatsappmd.engine.proto.store.StoredSessionState;
import dev.whatsappmd.engine.proto.store.StoredSignalSession;
import dev.whatsappmd.engine.signal.SessionState.Pending;
import dev.whatsappmd.engine.signal.SessionState.Receiving;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Session records as the inside of their rows, and back ({@code signal_store.proto}). */
final class SessionCodec implements RowCodec<SessionRecord> {
    @Override
    public byte[] encode(SessionRecord session) {
        StoredSignalSession.Builder stored = StoredSignalSession.newBuilder();
        if (session.current() != null) {
            stored.setCurrent(stored(session.current()));
        }
        session.archived().forEach(state -> stored.addArchived(stored(state)));
        return stored.build().toByteArray();
    }

    @Override
    public SessionRecord decode(byte[] payload) throws InvalidProtocolBufferException {
        StoredSignalSession stored = StoredSignalSession.parseFrom(payload);
        List<SessionState> archived = new ArrayList<>();
        for (StoredSessionState state : stored.getArchivedList()) {
            archived.add(state(state));
        }
        return new SessionRecord(stored.hasCurrent() ? state(stored.getCurrent()) : null, archived);
    }

    @Override
    public int weight(SessionRecord session) {
        int states = session.archived().size() + 1;
        return states * 1_500 + session.skipped() * (SkippedKeys.SEED_LENGTH + Long.BYTES);
    }

    private static StoredSessionState stored(SessionState state) {
        StoredSessionState.Builder stored = StoredSessionState.newBuilder()
                .setBaseKey(bytes(state.baseKey()))
                .setRemoteIdentity(bytes(state.remoteIdentity()))
                .setRemoteRegistrationId(state.remoteRegistrationId())
                .setRootKey(bytes(state.rootKey()))
                .setRatchetPrivate(bytes(state.ratchet().privateKey()))
                .setRatchetPublic(bytes(state.ratchet().publicKey()))
                .setRemoteRatchetKey(bytes(state.remoteRatchetKey()))
                .setPreviousCounter((int) state.previousCounter());
        if (state.sending() != null) {
            stored.setSending(stored(state.sending()));
        }
        for (Receiving receiving : state.receiving()) {
            stored.addReceiving(StoredReceivingChain.newBuilder()
                    .setRatchetKey(bytes(receiving.ratchetKey()))
                    .setChain(stored(receiving.chain())));
        }
        Pending pending = state.pending();
        if (pending != null) {
            StoredPendingPreKey.Builder preKey =
                    StoredPendingPreKey.newBuilder().setSignedPreKeyId(pending.signedPreKeyId());
            pending.preKeyId().ifPresent(preKey::setPreKeyId);
            stored.setPending(preKey);
        }
        return stored.build();
    }

    private static SessionState state(StoredSessionState stored) {
        List<Receiving> receiving = new ArrayList<>();
        for (StoredReceivingChain chain : stored.getReceivingList()) {
            receiving.add(new Receiving(key(chain.getRatchetKey()), chain(chain.getChain())));
        }
        StoredPendingPreKey pending = stored.getPending();
        return new SessionState(
                key(stored.getBaseKey()),
                key(stored.getRemoteIdentity()),
                stored.getRemoteRegistrationId(),
                key(stored.getRootKey()),
                new KeyPair(key(stored.getRatchetPrivate()), key(stored.getRatchetPublic())),
                key(stored.getRemoteRatchetKey()),
                stored.hasSending() ? chain(stored.getSending()) : null,
                Integer.toUnsignedLong(stored.getPreviousCounter()),
                receiving,
                stored.hasPending()
                        ? new Pending(
                                pending.hasPreKeyId() ? OptionalInt.of(pending.getPreKeyId()) : OptionalInt.empty(),
                                pending.getSignedPreKeyId())
                        : null);
    }

    static StoredChain stored(MessageChain chain) {
        StoredChain.Builder stored =
                StoredChain.newBuilder().setKey(bytes(chain.key())).setNext(chain.next());
        SkippedKeys skipped = chain.skipped();
        for (int i = 0; i < skipped.size(); i++) {
            stored.addSkippedCounters((int) skipped.counter(i));
        }
        return stored.setSkippedSeeds(bytes(skipped.allSeeds())).build();
    }

    /** @throws IllegalArgumentException the fields do not make a chain */
    static MessageChain chain(StoredChain stored) {
        return new MessageChain(
                stored.getKey().toByteArray(),
                stored.getNext(),
                SkippedKeys.of(
                        stored.getSkippedCountersList(),
                        stored.getSkippedSeeds().toByteArray(),
                        stored.getNext()));
    }

    /** @throws IllegalArgumentException not 32 bytes */
    static byte[] key(ByteString stored) {
        if (stored.size() != Curve25519.KEY_LENGTH) {
            throw new IllegalArgumentException("a key has 32 bytes, not " + stored.size());
        }
        return stored.toByteArray();
    }

    /** For arrays that nobody writes to. */
    static ByteString bytes(byte[] value) {
        return UnsafeByteOperations.unsafeWrap(value);
    }
}
