package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.zaxxer.hikari.HikariDataSource;
import dev.whatsappmd.engine.postgres.Postgres;
import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteDataSource;

/** Every kind of trouble with PostgreSQL has its own message, and none of them ends in an empty session. */
class JdbcStoreTroubleTest {
    @RegisterExtension
    static final Postgres POSTGRES = new Postgres();

    private static final Duration LEASE = Duration.ofMinutes(10);
    private static final String UNTOUCHED = "; nothing was deleted, and no new identity was begun";

    private final Random random = new Random(9);
    private final Credentials linked = TestCredentials.linked(random);
    private String schema;
    private String place;

    @BeforeEach
    void saveASession() {
        schema = POSTGRES.newSchema();
        try (SessionStore store = newStore();
                StoredSession session = store.open("shop")) {
            session.commit(SessionRows.putPreKeys(
                    SessionRows.putCredentials(new ChangeSet(), linked), TestCredentials.preKeys(random, 1, 100)));
            place = store.location();
        }
    }

    @Test
    void saysWhereItIsWithoutAnySecret() {
        assertThat(place)
                .startsWith("jdbc:postgresql://")
                .endsWith(", schema " + schema)
                .doesNotContain("user", "?");
    }

    @Test
    void holdsNoConnectionWhileNothingRuns() {
        HikariDataSource pool = POSTGRES.pool(3);
        try (SessionStore store = new JdbcSessionStore(pool, schema, LEASE, Optional.empty());
                StoredSession session = store.open("shop")) {
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
            try (Snapshot snapshot = session.snapshot()) {
                session.commit(new ChangeSet().put(Table.PRE_KEYS, "a", new byte[1]));
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isEqualTo(1);
                assertThat(snapshot.count(Table.PRE_KEYS)).isEqualTo(100);
            }
            session.renew();
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        }
    }

    @Test
    void leavesAConnectionAsItWas() throws SQLException {
        HikariDataSource pool = POSTGRES.pool(1);
        try (SessionStore store = new JdbcSessionStore(pool, schema, LEASE, Optional.empty())) {
            store.open("shop").snapshot().close();
            try (var connection = pool.getConnection();
                    var result = connection.createStatement().executeQuery("SELECT current_setting('lock_timeout')")) {
                assertThat(connection.getAutoCommit()).isTrue();
                assertThat(connection.isReadOnly()).isFalse();
                assertThat(result.next()).isTrue();
                assertThat(result.getString(1)).isEqualTo("0");
            }
        }
    }

    @Test
    void refusesAnotherDatabase() {
        SQLiteDataSource other = new SQLiteDataSource();
        other.setUrl("jdbc:sqlite::memory:");
        try (SessionStore store = new JdbcSessionStore(other)) {
            assertFails(
                    Reason.IO,
                    "the DataSource leads to 'SQLite': sessions are kept in PostgreSQL, or without a DataSource in the"
                            + " embedded database; nothing was written",
                    () -> store.open("shop"));
        }
    }

    @Test
    void refusesSchemasAndLeasesThatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JdbcSessionStore(POSTGRES.dataSource(), "a; b", LEASE, Optional.empty()))
                .withMessage(
                        "the schema is 'a; b': use small letters, digits and _, beginning with a letter, at most 63");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JdbcSessionStore(POSTGRES.dataSource(), "a", Duration.ZERO, Optional.empty()))
                .withMessage("the lease is PT0S: 1 second to 1 hour are allowed");
    }

    @Test
    void saysLockedUntilTheLeaseOfAKilledProcessEnds() throws Exception {
        Duration lease = Duration.ofSeconds(2);
        Process child = JdbcChild.start("open", POSTGRES.url(), schema, Duration.ofMinutes(1), "shop");
        try (SessionStore store = new JdbcSessionStore(POSTGRES.dataSource(), schema, lease, Optional.empty());
                BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
            SqliteChild.readUntil(out, "done");
            child.destroyForcibly().waitFor();
            assertThatExceptionOfType(SessionStoreException.class)
                    .isThrownBy(() -> store.open("shop"))
                    .withMessageMatching(
                            "session 'shop' is open in another process \\(PID " + child.pid() + " at [^)]+\\):"
                                    + " stop that one first, two connections of one device end each other\\. If it was killed,"
                                    + " the session is free in \\d+ s, at [-0-9T:]+Z by the database's clock \\(.*\\)")
                    .extracting(SessionStoreException::reason)
                    .isEqualTo(Reason.LOCKED);
            // The clock is the database's, so it is turned there.
            POSTGRES.execute(
                    "UPDATE " + schema + ".session SET expires = clock_timestamp() + interval '300 milliseconds'");
            StoredSession session = Awaitility.await()
                    .ignoreExceptionsInstanceOf(SessionStoreException.class)
                    .until(() -> store.open("shop"), opened -> true);
            assertThat(session.renewEvery()).contains(lease.dividedBy(3));
            assertThat(session.fencingToken()).isEqualTo(3);
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void keepsTheSessionWhileItIsRenewed() throws SQLException {
        try (SessionStore store = newStore();
                SessionStore other = newStore();
                StoredSession session = store.open("shop")) {
            String soon = "UPDATE " + schema + ".session SET expires = clock_timestamp() + interval '1 millisecond'";
            POSTGRES.execute(soon);
            session.renew();
            assertFails(
                    Reason.LOCKED,
                    "session 'shop' is already open in this process: close it first (" + place + ")",
                    () -> other.open("shop"));
            POSTGRES.execute(soon);
            session.commit(new ChangeSet().put(Table.PRE_KEYS, "a", new byte[1]));
            assertFails(
                    Reason.LOCKED,
                    "session 'shop' is already open in this process: close it first (" + place + ")",
                    () -> other.open("shop"));
        }
    }

    @Test
    void saysFencedToAnOwnerThatWasReplaced() throws SQLException {
        try (SessionStore store = newStore();
                SessionStore other = newStore();
                StoredSession session = store.open("shop")) {
            POSTGRES.execute("UPDATE " + schema + ".session SET expires = clock_timestamp()");
            other.open("shop");
            String message = "session 'shop': another process took it over (owner 3, this one is 2): nothing was saved;"
                    + " close this one";
            assertFails(
                    Reason.FENCED,
                    message,
                    () -> session.commit(new ChangeSet().put(Table.PRE_KEYS, "a", new byte[1])));
            assertFails(Reason.FENCED, message, session::renew);
            // Closing what is another's by now does not give it up.
            session.close();
            assertFails(
                    Reason.LOCKED,
                    "session 'shop' is already open in this process: close it first (" + place + ")",
                    () -> store.open("shop"));
        }
    }

    @Test
    void saysMissingWhenTheSessionIsRemovedWhileItIsOpen() throws SQLException {
        try (SessionStore store = newStore();
                StoredSession session = store.open("shop")) {
            POSTGRES.execute("DELETE FROM " + schema + ".entry", "DELETE FROM " + schema + ".session");
            assertFails(
                    Reason.MISSING,
                    "session 'shop': " + place + ": the session's rows were removed while it was open: restore them and"
                            + " start again; the last change was not saved",
                    () -> session.commit(new ChangeSet().put(Table.PRE_KEYS, "a", new byte[1])));
        }
    }

    @Test
    void saysMissingWhenTheCredentialsAreGone() throws SQLException {
        POSTGRES.execute("DELETE FROM " + schema + ".entry WHERE kind = 'CREDENTIALS'");
        assertOpenFails(
                Reason.MISSING,
                "session 'shop': " + place + " has no credentials although a session was saved in it (100 other rows):"
                        + " restore a backup; only if the session is to be linked anew, delete its rows from the tables"
                        + " entry and session" + UNTOUCHED);
    }

    @Test
    void saysCorruptForADamagedRow() throws SQLException {
        POSTGRES.execute(
                "UPDATE " + schema + ".entry SET value = '\\x00' WHERE kind = 'PRE_KEYS' AND key = '00000050'");
        assertOpenFails(
                Reason.CORRUPT,
                "session 'shop': " + place + " is damaged (the checksum of the row PRE_KEYS/00000050 does not match):"
                        + " restore a backup" + UNTOUCHED);
    }

    @Test
    void replacesTheDamagedRowOfOneAddress() throws SQLException {
        String insert = "INSERT INTO " + schema + ".entry VALUES ('shop', 'SESSIONS', '4915550101.0', '\\x01', 1)";
        POSTGRES.execute(insert);
        try (SessionStore store = newStore();
                StoredSession session = store.open("shop")) {
            try (Snapshot snapshot = session.snapshot()) {
                assertThat(snapshot.keys(Table.SESSIONS, "", 9)).containsExactly("4915550101.0");
                assertThat(snapshot.raw(Table.SESSIONS, "4915550101.0")).contains(new byte[] {1});
                assertFails(
                        Reason.CORRUPT,
                        "session 'shop': " + place + " is damaged (the checksum of the row SESSIONS/…0101.0 does not"
                                + " match): restore a backup" + UNTOUCHED,
                        () -> snapshot.get(Table.SESSIONS, "4915550101.0"));
            }
            session.commit(new ChangeSet().put(Table.SESSIONS, "4915550101.0", new byte[] {7}));
            try (Snapshot snapshot = session.snapshot()) {
                assertThat(snapshot.get(Table.SESSIONS, "4915550101.0")).contains(new byte[] {7});
            }
        }
    }

    @Test
    void saysNewerForANewerSchema() throws SQLException {
        POSTGRES.execute("UPDATE " + schema + ".store_version SET version = 9");
        assertOpenFails(
                Reason.NEWER,
                "session 'shop': " + place
                        + " was written by a newer version (schema 9, this version knows up to 1): run"
                        + " the newer version again, or restore a backup from before the update");
    }

    @Test
    void saysCorruptForTheTablesOfAnotherProgram() throws SQLException {
        POSTGRES.execute("DROP TABLE " + schema + ".store_version");
        assertOpenFails(
                Reason.CORRUPT,
                "session 'shop': " + place + " has a table " + schema
                        + ".session that is not this program's: name another" + " schema for the sessions" + UNTOUCHED);
        assertThat(POSTGRES.number("SELECT count(*) FROM " + schema + ".entry")).isEqualTo(101);
    }

    @Test
    void saysFullAndGoesOnWhenThereIsRoomAgain() throws SQLException {
        try (SessionStore store = newStore();
                StoredSession session = store.open("shop")) {
            // As the server says it when its disk is full.
            POSTGRES.execute(
                    "CREATE FUNCTION " + schema + ".full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
                            + " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$",
                    "CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON " + schema + ".entry EXECUTE FUNCTION " + schema
                            + ".full()");
            ChangeSet changes =
                    new ChangeSet().put(Table.PRE_KEYS, "new", new byte[1]).delete(Table.PRE_KEYS, "00000007");
            assertFails(
                    Reason.FULL,
                    "session 'shop': " + place + " cannot grow (53100): free some disk space; nothing was saved",
                    () -> session.commit(changes));
            assertUnchanged(session);
            POSTGRES.execute("DROP TRIGGER no_room ON " + schema + ".entry");
            session.commit(changes);
            try (Snapshot snapshot = session.snapshot()) {
                assertThat(SessionRows.preKey(snapshot, 7)).isEmpty();
            }
        }
    }

    @Test
    void saysReadOnlyWhenTheServerTakesNoWrites() {
        PGSimpleDataSource readOnly = new PGSimpleDataSource();
        readOnly.setUrl(POSTGRES.url());
        readOnly.setOptions("-c default_transaction_read_only=on");
        String message = "session 'shop': " + place + " takes no writes (25006): connect to the primary server and see"
                + " that default_transaction_read_only is off; nothing was saved";
        try (SessionStore store = new JdbcSessionStore(readOnly, schema, LEASE, Optional.empty())) {
            store.location();
            assertThatExceptionOfType(SessionStoreException.class)
                    .isThrownBy(() -> store.open("shop"))
                    .extracting(SessionStoreException::reason)
                    .isEqualTo(Reason.READ_ONLY);
            assertFails(Reason.READ_ONLY, message, () -> store.open("shop"));
        }
    }

    @Test
    void saysIoWhenTheServerIsGoneAndGoesOnWhenItIsBack() throws Exception {
        try (SessionStore store = newStore();
                StoredSession session = store.open("shop")) {
            POSTGRES.stop("INT");
            try {
                assertThatExceptionOfType(SessionStoreException.class)
                        .isThrownBy(() -> session.commit(new ChangeSet().put(Table.PRE_KEYS, "a", new byte[1])))
                        .withMessage(
                                "session 'shop': " + place + " cannot be reached (08001): see that the server runs,"
                                        + " that the JDBC URL is right and that the pool has a connection to give; nothing was"
                                        + " saved")
                        .extracting(SessionStoreException::reason)
                        .isEqualTo(Reason.IO);
                assertThatExceptionOfType(SessionStoreException.class).isThrownBy(session::renew);
            } finally {
                POSTGRES.start();
            }
            assertUnchanged(session);
            session.renew();
        }
    }

    @Test
    void letsProcessesMakeTheTablesAtOnce() throws Exception {
        for (int round = 0; round < 3; round++) {
            String fresh = POSTGRES.newSchema();
            List<Process> children = new ArrayList<>();
            try {
                for (int i = 0; i < 2; i++) {
                    children.add(JdbcChild.start("open", POSTGRES.url(), fresh, LEASE, "shop-" + i));
                }
                for (Process child : children) {
                    try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
                        assertThat(SqliteChild.readUntil(out, "done")).containsExactly("token 1", "done");
                    }
                }
            } finally {
                children.forEach(Process::destroyForcibly);
            }
        }
    }

    private SessionStore newStore() {
        DataSource dataSource = POSTGRES.dataSource();
        return new JdbcSessionStore(dataSource, schema, LEASE, Optional.empty());
    }

    private void assertOpenFails(Reason reason, String message) {
        try (SessionStore store = newStore()) {
            assertThatExceptionOfType(SessionStoreException.class).isThrownBy(() -> store.open("shop"));
            // Twice: the first failure must not have changed what the second sees.
            assertFails(reason, message, () -> store.open("shop"));
        }
    }

    private void assertUnchanged(StoredSession session) {
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.credentials(snapshot).orElseThrow().identityKey())
                    .isEqualTo(linked.identityKey());
            assertThat(snapshot.count(Table.PRE_KEYS)).isEqualTo(100);
        }
    }

    private static void assertFails(Reason reason, String message, ThrowingCallable call) {
        assertThatExceptionOfType(SessionStoreException.class)
                .isThrownBy(call)
                .withMessage(message)
                .extracting(SessionStoreException::reason)
                .isEqualTo(reason);
    }
}
