package dev.whatsappmd.benchmarks.signal;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.signal.GroupCipher;
import dev.whatsappmd.engine.signal.PreKeyBundle;
import dev.whatsappmd.engine.signal.SessionCipher;
import dev.whatsappmd.engine.signal.SignalAddress;
import dev.whatsappmd.engine.signal.SignalStore;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.Table;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A device whose rows are in memory: pre-keys are read from them, the rest stays decoded. */
final class Party {
    private static final RandomGenerator RANDOM = new SecureRandom();

    final SignalAddress address;
    final SignalStore store;
    final SessionCipher cipher;
    final GroupCipher groups;
    private final Credentials credentials = NewCredentials.generate(RANDOM);
    private final Map<String, byte[]> preKeys = new HashMap<>();
    private int nextPreKey = 1;

    Party(String jid) {
        address = SignalAddress.of(Jid.parse(jid));
        store = new SignalStore(Rows::new, () -> credentials, row -> {
            throw new IllegalStateException(row.toString());
        });
        cipher = new SessionCipher(store, RANDOM);
        groups = new GroupCipher(store, RANDOM);
    }

    /** What the server would tell, with a new one-time pre-key. */
    PreKeyBundle bundle() {
        KeyPair pair = Curve25519.generateKeyPair(RANDOM);
        PreKey preKey = new PreKey(nextPreKey++, pair, true);
        for (ChangeSet.Change row :
                SessionRows.putPreKeys(new ChangeSet(), List.of(preKey)).changes()) {
            preKeys.put(row.key(), row.value().orElseThrow());
        }
        return new PreKeyBundle(
                credentials.registrationId(),
                credentials.identityKey().publicKey(),
                new PreKeyBundle.Key(
                        credentials.signedPreKey().id(),
                        credentials.signedPreKey().keyPair().publicKey()),
                credentials.signedPreKey().signature(),
                Optional.of(new PreKeyBundle.Key(preKey.id(), pair.publicKey())));
    }

    /** What is not committed stays in memory; a run that lasts lets go of it now and then. */
    void forget() {
        store.drainTo(new ChangeSet());
        store.committed();
    }

    private final class Rows implements Snapshot {
        @Override
        public Optional<byte[]> get(Table table, String key) {
            return table == Table.PRE_KEYS ? Optional.ofNullable(preKeys.get(key)) : Optional.empty();
        }

        @Override
        public List<Row> scan(Table table, String after, int limit) {
            return List.of();
        }

        @Override
        public long count(Table table) {
            return table == Table.PRE_KEYS ? preKeys.size() : 0;
        }

        @Override
        public void close() {}
    }
}
