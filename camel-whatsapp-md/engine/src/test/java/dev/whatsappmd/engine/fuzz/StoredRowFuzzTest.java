package dev.whatsappmd.engine.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.proto.store.StoredCredentials;
import dev.whatsappmd.engine.proto.store.StoredPreKey;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.Table;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** A row of the store that was damaged, with or without its checksum made right again, is refused as corrupt. */
@Timeout(36_000)
class StoredRowFuzzTest {
    private static final Credentials LINKED = linked();
    private static final PreKey PRE_KEY = new PreKey(7, Curve25519.generateKeyPair(new Random(8)), true);
    private static final byte[] CREDENTIALS_ROW = row(SessionRows.putCredentials(new ChangeSet(), LINKED));
    private static final byte[] PRE_KEY_ROW = row(SessionRows.putPreKeys(new ChangeSet(), List.of(PRE_KEY)));
    private static final String PRE_KEY_KEY = "00000007";
    private static final int HEADER = 5;

    @Test
    void refusesRowsThatWereDamaged(TestInfo info) {
        List<byte[]> rows = List.of(CREDENTIALS_ROW, PRE_KEY_ROW);
        Fuzz.run(info, 5_000, random -> {
            byte[] row = new Mutator(random, rows).mutate(pick(random, rows));
            if (!Arrays.equals(row, CREDENTIALS_ROW)) {
                assertThat(credentials(row)).isEmpty();
            }
            if (!Arrays.equals(row, PRE_KEY_ROW)) {
                assertThat(preKey(row)).isEmpty();
            }
        });
    }

    /** What a program that is not ours may have written: anything, but well sealed. */
    @Test
    void takesOrRefusesRowsThatAreWellSealed(TestInfo info) throws Exception {
        List<byte[]> payloads = List.of(payload(CREDENTIALS_ROW), payload(PRE_KEY_ROW));
        StoredCredentials credentials = StoredCredentials.parseFrom(payloads.get(0));
        StoredPreKey preKey = StoredPreKey.parseFrom(payloads.get(1));
        Fuzz.run(info, 5_000, random -> {
            MessageMutator fields = new MessageMutator(random);
            Mutator bytes = new Mutator(random, payloads);
            byte[] payload =
                    switch (random.nextInt(4)) {
                        case 0 -> bytes.mutate(bytes.original());
                        case 1 -> fields.mutate(preKey).toByteArray();
                        default -> fields.mutate(credentials).toByteArray();
                    };
            credentials(sealed(Table.CREDENTIALS, SessionRows.SELF, payload)).ifPresent(read -> {
                byte[] written = row(SessionRows.putCredentials(new ChangeSet(), read));
                assertThat(credentials(written)).as("written again").isPresent();
            });
            preKey(sealed(Table.PRE_KEYS, PRE_KEY_KEY, payload))
                    .ifPresent(read -> assertThat(read.id()).isEqualTo(7));
        });
    }

    private static Optional<Credentials> credentials(byte[] row) {
        try {
            return SessionRows.credentials(new OneRow(SessionRows.SELF, row));
        } catch (SessionStoreException e) {
            assertRefusal(e);
            return Optional.empty();
        }
    }

    private static Optional<PreKey> preKey(byte[] row) {
        try {
            return SessionRows.preKey(new OneRow(PRE_KEY_KEY, row), 7);
        } catch (SessionStoreException e) {
            assertRefusal(e);
            return Optional.empty();
        }
    }

    private static void assertRefusal(SessionStoreException e) {
        assertThat(e.reason()).isIn(Reason.CORRUPT, Reason.NEWER);
        assertThat(e).hasMessageContaining("the row ").hasMessageContaining(": ");
        assertThat(e.getCause()).as("a parser's words may quote what it read").isNull();
    }

    private static Credentials linked() {
        Credentials.Account account = new Credentials.Account(
                Jid.parse("4915550001234:7@s.whatsapp.net"),
                Optional.of(Jid.parse("98765432101234:7@lid")),
                Optional.of("Name"),
                "android",
                Optional.of("Business"),
                new byte[120],
                new byte[32],
                Instant.parse("2026-01-15T12:00:00.123Z"));
        return NewCredentials.generate(new Random(9)).toBuilder()
                .account(Optional.of(account))
                .revocation(Optional.of(
                        new Credentials.Revocation(401, "LOGGED_OUT", Instant.parse("2026-01-16T12:00:00Z"))))
                .routingInfo(Optional.of(new byte[20]))
                .nextPreKeyId(813)
                .build();
    }

    private static byte[] row(ChangeSet changes) {
        return changes.changes().get(0).value().orElseThrow();
    }

    private static byte[] payload(byte[] row) {
        return Arrays.copyOfRange(row, HEADER, row.length);
    }

    /** The wrapping of every row, done by hand: CRC-32C over table, key and what follows, a version, the payload. */
    private static byte[] sealed(Table table, String key, byte[] payload) {
        byte[] versioned = ByteBuffer.allocate(1 + payload.length)
                .put((byte) 1)
                .put(payload)
                .array();
        CRC32C crc = new CRC32C();
        crc.update((table.name() + '/' + key + '\0').getBytes(StandardCharsets.UTF_8));
        crc.update(versioned);
        return ByteBuffer.allocate(4 + versioned.length)
                .putInt((int) crc.getValue())
                .put(versioned)
                .array();
    }

    private static <T> T pick(RandomGenerator random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private record OneRow(String key, byte[] value) implements Snapshot {
        @Override
        public Optional<byte[]> get(Table table, String wanted) {
            return wanted.equals(key) ? Optional.of(value) : Optional.empty();
        }

        @Override
        public List<Row> scan(Table table, String after, int limit) {
            return List.of(new Row(key, value));
        }

        @Override
        public long count(Table table) {
            return 1;
        }

        @Override
        public void close() {}
    }
}
