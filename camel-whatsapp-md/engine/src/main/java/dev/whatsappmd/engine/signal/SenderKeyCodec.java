package dev.whatsappmd.engine.signal;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.proto.store.StoredSenderKey;
import dev.whatsappmd.engine.proto.store.StoredSenderKeys;
import java.util.ArrayList;
import java.util.List;

/** Sender keys as the inside of their rows, and back ({@code signal_store.proto}). */
final class SenderKeyCodec implements RowCodec<SenderKeys> {
    @Override
    public byte[] encode(SenderKeys keys) {
        StoredSenderKeys.Builder stored = StoredSenderKeys.newBuilder();
        for (SenderKey state : keys.states()) {
            StoredSenderKey.Builder key = StoredSenderKey.newBuilder()
                    .setId(state.id())
                    .setSigningPublic(SessionCodec.bytes(state.verifier().publicKey()))
                    .setChain(SessionCodec.stored(state.chain()));
            if (state.signing() != null) {
                key.setSigningPrivate(SessionCodec.bytes(state.signing().privateKey()));
            }
            stored.addStates(key);
        }
        return stored.build().toByteArray();
    }

    @Override
    public SenderKeys decode(byte[] payload) throws InvalidProtocolBufferException {
        List<SenderKey> states = new ArrayList<>();
        for (StoredSenderKey stored : StoredSenderKeys.parseFrom(payload).getStatesList()) {
            byte[] signingPublic = SessionCodec.key(stored.getSigningPublic());
            KeyPair signing = stored.hasSigningPrivate()
                    ? new KeyPair(SessionCodec.key(stored.getSigningPrivate()), signingPublic)
                    : null;
            states.add(new SenderKey(stored.getId(), signingPublic, signing, SessionCodec.chain(stored.getChain())));
        }
        return new SenderKeys(states);
    }

    @Override
    public int weight(SenderKeys keys) {
        return keys.states().size() * 2_000 + keys.skipped() * (SkippedKeys.SEED_LENGTH + Long.BYTES);
    }
}
