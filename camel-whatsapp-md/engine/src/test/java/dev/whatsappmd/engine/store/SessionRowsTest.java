package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.whatsappmd.engine.store.Snapshot.Row;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionRowsTest {
    @TempDir
    Path directory;

    private final Random random = new Random(5);
    private final Credentials linked =
            TestCredentials.linked(random).toBuilder().nextPreKeyId(813).build();
    private final List<PreKey> preKeys = TestCredentials.preKeys(random, 1, 812);
    private SessionStore store;
    private StoredSession session;

    @BeforeEach
    void openSession() {
        store = new SqliteSessionStore(directory);
        session = store.open("shop");
        session.commit(SessionRows.putPreKeys(SessionRows.putCredentials(new ChangeSet(), linked), preKeys));
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void findsPreKeysByNumber() {
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.preKey(snapshot, 1)).contains(preKeys.get(0));
            assertThat(SessionRows.preKey(snapshot, 812)).contains(preKeys.get(811));
            assertThat(SessionRows.preKey(snapshot, 813)).isEmpty();
        }
    }

    @Test
    void givesPreKeysToUploadInTheOrderOfTheirNumbers() {
        session.commit(SessionRows.markUploaded(new ChangeSet(), preKeys.subList(0, 5)));
        session.commit(SessionRows.markUploaded(new ChangeSet(), preKeys.subList(9, 600)));
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.preKeys(snapshot))
                    .hasSize(812)
                    .filteredOn(preKey -> !preKey.uploaded())
                    .hasSize(4 + 212)
                    .startsWith(preKeys.subList(5, 9).toArray(PreKey[]::new))
                    .extracting(PreKey::id)
                    .isSorted();
            assertThat(SessionRows.preKey(snapshot, 10)).contains(preKeys.get(9).markedUploaded());
        }
    }

    @Test
    void tellsWhetherTheNewestPreKeyIsThere() {
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.newestPreKeyExists(snapshot)).isTrue();
        }
        session.commit(SessionRows.deletePreKey(new ChangeSet(), 812));
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.newestPreKeyExists(snapshot)).isFalse();
        }
        session.commit(SessionRows.putCredentials(
                new ChangeSet(), linked.toBuilder().nextPreKeyId(1).build()));
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.newestPreKeyExists(snapshot)).isFalse();
        }
    }

    @Test
    void keepsRevokedCredentialsWhenANewIdentityBegins() {
        Credentials revoked = TestCredentials.revoked(linked);
        Credentials fresh = TestCredentials.fresh(random);
        session.commit(SessionRows.putCredentials(new ChangeSet(), revoked));
        for (Table table : Table.OF_AN_IDENTITY) {
            session.commit(new ChangeSet().put(table, "4915550001234.7", new byte[] {1}));
        }
        replaceIdentity(fresh);
        session.close();
        session = store.open("shop");
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.credentials(snapshot).orElseThrow())
                    .usingRecursiveComparison()
                    .isEqualTo(fresh);
            assertThat(Table.OF_AN_IDENTITY)
                    .contains(
                            Table.PRE_KEYS,
                            Table.SESSIONS,
                            Table.IDENTITIES,
                            Table.SENDER_KEYS,
                            Table.LID_MAPPINGS,
                            Table.QUARANTINE)
                    .allSatisfy(table -> assertThat(snapshot.count(table)).isZero());
            List<Row> rows = snapshot.scan(Table.CREDENTIALS, "", 10);
            assertThat(rows).extracting(Row::key).containsExactly("revoked-2026-11-21T12:00:00Z", "self");
            assertThat(CredentialsCodec.decodeCredentials(
                            rows.get(0).key(), rows.get(0).value()))
                    .usingRecursiveComparison()
                    .isEqualTo(revoked);
        }
    }

    @Test
    void refusesANewIdentityWhileTheOldOneIsLinked() {
        assertThatIllegalStateException().isThrownBy(() -> replaceIdentity(TestCredentials.fresh(random)));
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.credentials(snapshot).orElseThrow().identityKey())
                    .isEqualTo(linked.identityKey());
            assertThat(snapshot.count(Table.PRE_KEYS)).isEqualTo(812);
        }
    }

    @Test
    void replacesAnIdentityThatWasNeverLinkedWithoutKeepingIt() {
        try (StoredSession other = store.open("other")) {
            other.commit(SessionRows.putCredentials(new ChangeSet(), TestCredentials.fresh(random)));
            Credentials fresh = TestCredentials.fresh(random);
            try (Snapshot snapshot = other.snapshot()) {
                other.commit(SessionRows.replaceIdentity(snapshot, new ChangeSet(), fresh, Instant.EPOCH));
            }
            try (Snapshot snapshot = other.snapshot()) {
                assertThat(SessionRows.credentials(snapshot).orElseThrow().identityKey())
                        .isEqualTo(fresh.identityKey());
                assertThat(snapshot.count(Table.CREDENTIALS)).isEqualTo(1);
            }
        }
    }

    @Test
    void listsKeysByPrefixOverManyPages() {
        ChangeSet changes = new ChangeSet();
        for (int i = 0; i < 1_100; i++) {
            changes.put(Table.SENDER_KEYS, String.format("123.0/%04d@g.us", i), new byte[0]);
        }
        session.commit(changes.put(Table.SENDER_KEYS, "12.0/1@g.us", new byte[0])
                .put(Table.SENDER_KEYS, "1234.0/1@g.us", new byte[0]));
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.keys(snapshot, Table.SENDER_KEYS, "123."))
                    .hasSize(1_100)
                    .allMatch(key -> key.startsWith("123.0/"))
                    .isSorted();
            assertThat(SessionRows.keys(snapshot, Table.SENDER_KEYS, "9")).isEmpty();
        }
    }

    @Test
    void hidesNumbersInTheNamesOfRows() {
        assertThat(Table.SESSIONS.shown("4915550001234_1.12")).isEqualTo("SESSIONS/…1234_1.12");
        assertThat(Table.SENDER_KEYS.shown("4915550001234.0/120363012345678901@g.us"))
                .isEqualTo("SENDER_KEYS/…1234.0/…8901@g.us");
        assertThat(Table.PRE_KEYS.shown("00000812")).isEqualTo("PRE_KEYS/00000812");
        assertThat(new ChangeSet()
                        .put(Table.SESSIONS, "4915550001234.0", new byte[0])
                        .changes())
                .hasToString("[put SESSIONS/…1234.0]");
    }

    private void replaceIdentity(Credentials fresh) {
        try (Snapshot snapshot = session.snapshot()) {
            session.commit(SessionRows.replaceIdentity(
                    snapshot, new ChangeSet(), fresh, Instant.parse("2026-11-21T12:00:00Z")));
        }
    }
}
