package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every kind of trouble has its own message, and none of them ends in an empty session. */
class SqliteStoreTroubleTest {
    private static final String UNTOUCHED = "; nothing was deleted, and no new identity was begun";

    private static final String WITHOUT_LOG = ", without the -wal and -shm files that are there now" + UNTOUCHED;

    @TempDir
    Path temporary;

    private final Random random = new Random(9);
    private final Credentials linked = TestCredentials.linked(random);
    private Path directory;
    private Path db;
    private Path wal;
    private Path known;
    private SessionFiles files;

    @BeforeEach
    void saveASession() {
        directory = temporary.resolve("store");
        files = new SessionFiles(directory, "shop");
        db = directory.resolve("shop.db");
        wal = directory.resolve("shop.db-wal");
        known = directory.resolve("shop.known");
        try (SessionStore store = new SqliteSessionStore(directory);
                StoredSession session = store.open("shop")) {
            session.commit(SessionRows.putPreKeys(
                    SessionRows.putCredentials(new ChangeSet(), linked), TestCredentials.preKeys(random, 1, 100)));
        }
        assertThat(db).exists();
        assertThat(wal).doesNotExist();
    }

    @Test
    void saysCorruptForGarbage() throws IOException {
        Files.write(db, TestCredentials.bytes(random, 20_000));
        assertOpenFails(
                Reason.CORRUPT,
                "session 'shop': " + db + " is damaged (SQLITE_NOTADB): put back a backup of it" + WITHOUT_LOG);
    }

    @Test
    void saysCorruptForATruncatedFile() throws IOException {
        Files.write(db, Arrays.copyOf(Files.readAllBytes(db), 9000));
        assertOpenFails(
                Reason.CORRUPT,
                "session 'shop': " + db + " is damaged (SQLITE_CORRUPT): put back a backup of it" + WITHOUT_LOG);
    }

    @Test
    void saysCorruptForAnEmptiedFile() throws IOException {
        Files.write(db, new byte[0]);
        assertOpenFails(
                Reason.CORRUPT,
                "session 'shop': " + db + " is damaged (it is empty although a session was saved in it):"
                        + " put back a backup of it" + WITHOUT_LOG);
        assertThat(db).isEmptyFile();
    }

    @Test
    void saysCorruptForADatabaseThatHoldsNothing() throws Exception {
        Files.delete(db);
        sql("CREATE TABLE t (a)", "DROP TABLE t");
        assertOpenFails(
                Reason.CORRUPT,
                "session 'shop': " + db + " is damaged (it holds nothing although a session was saved in it):"
                        + " put back a backup of it" + WITHOUT_LOG);
    }

    @Test
    void saysCorruptForADamagedRow() throws Exception {
        sql("UPDATE entry SET value = zeroblob(length(value)) WHERE kind = 'PRE_KEYS' AND key = '00000050'");
        assertOpenFails(
                Reason.CORRUPT,
                "session 'shop': " + db + " is damaged (the checksum of the row PRE_KEYS/00000050 does not match):"
                        + " put back a backup of it" + WITHOUT_LOG);
    }

    @Test
    void saysCorruptForCredentialsThatCannotBeDecoded() throws Exception {
        putRow(Table.CREDENTIALS, "self", new byte[] {1, 2, 3, 4, 5, 6, 7});
        assertOpenFails(
                Reason.CORRUPT,
                "session 'shop': " + db + ": the row CREDENTIALS/self cannot be read (its checksum does not match):"
                        + " put back a backup of the store");
    }

    @Test
    void saysCorruptForTheDatabaseOfAnotherProgram() throws Exception {
        Files.delete(db);
        Files.delete(known);
        sql("CREATE TABLE songs (title TEXT)", "PRAGMA user_version = 77");
        byte[] before = Files.readAllBytes(db);
        assertOpenFails(
                Reason.CORRUPT,
                "session 'shop': " + db + " is the database of another program: put the right file in its place"
                        + UNTOUCHED);
        assertThat(db).hasBinaryContent(before);
    }

    @Test
    void saysCorruptForTheDatabaseOfAnotherSession() throws IOException {
        Path copy = directory.resolve("copy.db");
        Files.copy(db, copy);
        assertOpenFails(
                "copy",
                Reason.CORRUPT,
                "session 'copy': " + copy + " holds the session 'shop': put the right file in its place" + UNTOUCHED);
    }

    @Test
    void saysMissingWhenTheDatabaseIsGone() throws IOException {
        Files.delete(db);
        assertOpenFails(
                Reason.MISSING,
                "session 'shop': " + db + " is gone although a session was saved in it (shop.known):"
                        + " put back the newest copy or a backup; only if the session is to be linked anew, remove "
                        + known + UNTOUCHED);
        assertThat(db).doesNotExist();
        Files.delete(known);
        assertBeginsEmpty();
    }

    @Test
    void saysMissingWhenOnlyTheLogIsLeft() throws IOException {
        Files.delete(db);
        Files.delete(known);
        Files.write(wal, TestCredentials.bytes(random, 5000));
        assertOpenFails(
                Reason.MISSING,
                "session 'shop': " + db + " is gone although its log shop.db-wal is there:"
                        + " put back the newest copy or a backup; only if the session is to be linked anew, remove "
                        + wal + UNTOUCHED);
        assertThat(db).doesNotExist();
        assertThat(wal).hasSize(5000);
    }

    @Test
    void saysMissingWhenTheCredentialsAreGone() throws Exception {
        sql("DELETE FROM entry WHERE kind = 'CREDENTIALS'");
        String message = "session 'shop': " + db + " has no credentials although a session was saved in it"
                + " (100 other rows): put back the newest copy or a backup; only if the session is to be linked anew,"
                + " remove " + db + " and " + wal + " and " + known + UNTOUCHED;
        assertOpenFails(Reason.MISSING, message);
        Files.delete(known);
        assertOpenFails(Reason.MISSING, message);
        sql("DELETE FROM entry");
        assertBeginsEmpty();
    }

    @Test
    void saysMissingWhenAnOlderCopyWasPutBack() throws IOException {
        Path older = temporary.resolve("older.db");
        Files.copy(db, older);
        try (SessionStore store = new SqliteSessionStore(directory)) {
            store.open("shop").close();
            store.open("shop").close();
        }
        Files.copy(older, db, StandardCopyOption.REPLACE_EXISTING);
        assertOpenFails(
                Reason.MISSING,
                "session 'shop': " + db + " is an older copy (owner 1, the newest was 3): put back the newest one with"
                        + " its -wal file; only if that is lost for good, remove " + known
                        + " to go on with the older one");
        Files.delete(known);
        assertHasTheSession();
    }

    @Test
    void saysMissingWhenTheDatabaseIsRemovedWhileItIsOpen() throws IOException {
        try (SessionStore store = new SqliteSessionStore(directory);
                StoredSession session = store.open("shop")) {
            Files.move(db, temporary.resolve("moved.db"));
            assertFails(
                    Reason.MISSING,
                    "session 'shop': " + db + " was removed or replaced while it was open: put it back and start again;"
                            + " the last change was not saved",
                    () -> session.commit(new ChangeSet().put(Table.PRE_KEYS, "a", new byte[1])));
        }
    }

    @Test
    void saysNewerForANewerSchema() throws Exception {
        sql("PRAGMA user_version = 9");
        assertOpenFails(
                Reason.NEWER,
                "session 'shop': " + db + " was written by a newer version (schema 9, this version knows up to 2):"
                        + " run the newer version again, or put back a backup from before the update");
        sql("PRAGMA user_version = 2");
        assertHasTheSession();
    }

    @Test
    void bringsADatabaseOfTheVersionBeforeToThePresentOne() throws Exception {
        sql("ALTER TABLE session DROP COLUMN sealing", "PRAGMA user_version = 1");
        assertHasTheSession();
        try (Connection connection = SqliteConnections.reader(db)) {
            assertThat(SqliteSchema.number(connection, "PRAGMA user_version")).isEqualTo(SqliteSchema.VERSION);
        }
    }

    @Test
    void saysNewerForNewerCredentials() throws Exception {
        putRow(Table.CREDENTIALS, "self", RowFormat.seal(Table.CREDENTIALS, "self", 3, new byte[] {1}));
        assertOpenFails(
                Reason.NEWER,
                "session 'shop': " + db + ": the row CREDENTIALS/self has format version 3, this version reads up to 1:"
                        + " run the newer version again");
    }

    @Test
    void saysLockedForASecondOpenInThisProcess() {
        try (SessionStore store = new SqliteSessionStore(directory);
                SessionStore other = new SqliteSessionStore(directory.resolve("../store"))) {
            store.open("shop");
            String message = "session 'shop' is already open in this process: close it first (lock file "
                    + directory.resolve("shop.lock") + ")";
            for (int i = 0; i < 3; i++) {
                assertFails(Reason.LOCKED, message, () -> store.open("shop"));
                assertFails(Reason.LOCKED, message, () -> other.open("shop"));
            }
            // The refused ones must not have freed the lock that the operating system holds for this process.
            assertThat(openInAnotherProcess())
                    .isEqualTo("LOCKED session 'shop' is open in another process (PID "
                            + ProcessHandle.current().pid()
                            + "): stop that one first, two connections of one device end each other (lock file "
                            + directory.resolve("shop.lock") + ")");
        }
        assertThat(openInAnotherProcess()).isEqualTo("token 3");
    }

    @Test
    void saysLockedToTheSameCodeFromAnotherClassLoader() throws Exception {
        List<URL> classPath = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            classPath.add(Path.of(entry).toUri().toURL());
        }
        try (URLClassLoader loader =
                new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> type = loader.loadClass(SqliteSessionStore.class.getName());
            AutoCloseable other =
                    (AutoCloseable) type.getConstructor(Path.class).newInstance(directory);
            Method open = type.getMethod("open", String.class);
            try (SessionStore store = new SqliteSessionStore(directory)) {
                store.open("shop");
                for (int i = 0; i < 3; i++) {
                    assertThatExceptionOfType(InvocationTargetException.class)
                            .isThrownBy(() -> open.invoke(other, "shop"))
                            .havingCause()
                            .withMessage("session 'shop' is already open in this process: close it first (lock file "
                                    + directory.resolve("shop.lock") + ")");
                }
                // The refused ones must not have freed the lock that the operating system holds for this process.
                assertThat(openInAnotherProcess()).startsWith("LOCKED session 'shop' is open in another process");
            }
            open.invoke(other, "shop");
            assertThat(openInAnotherProcess()).startsWith("LOCKED session 'shop' is open in another process");
            other.close();
        }
        assertHasTheSession();
    }

    @Test
    void saysLockedWithTheProcessAndOpensAtOnceWhenThatIsKilled() throws Exception {
        Process child = SqliteChild.start(SqliteChild.command("open", directory, "shop"));
        try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
            SqliteChild.readUntil(out, "done");
            assertOpenFails(
                    Reason.LOCKED,
                    "session 'shop' is open in another process (PID " + child.pid()
                            + "): stop that one first, two connections of one device end each other (lock file "
                            + directory.resolve("shop.lock") + ")");
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertHasTheSession();
    }

    @Test
    void saysFencedToAnOwnerThatWasReplaced() throws Exception {
        try (SessionStore store = new SqliteSessionStore(directory);
                StoredSession session = store.open("shop")) {
            sql("UPDATE session SET token = 7");
            assertFails(
                    Reason.FENCED,
                    "session 'shop': another process took it over (owner 7, this one is 2): nothing was saved;"
                            + " close this one",
                    () -> session.commit(new ChangeSet().put(Table.PRE_KEYS, "a", new byte[1])));
        }
    }

    @Test
    void saysFullAndGoesOnWhenThereIsRoomAgain() throws Exception {
        try (Connection connection = SqliteConnections.writer(db);
                SqliteSession session = session(connection)) {
            SqliteSchema.number(connection, "PRAGMA max_page_count = 1");
            ChangeSet changes = new ChangeSet()
                    .put(Table.PRE_KEYS, "small", new byte[1])
                    .delete(Table.PRE_KEYS, "00000007")
                    .put(Table.PRE_KEYS, "large", new byte[100_000]);
            assertFails(
                    Reason.FULL,
                    "session 'shop': " + db + " cannot grow (SQLITE_FULL): free some disk space; nothing was saved",
                    () -> session.commit(changes));
            try (Snapshot snapshot = session.snapshot()) {
                assertThat(snapshot.count(Table.PRE_KEYS)).isEqualTo(100);
                assertThat(snapshot.get(Table.PRE_KEYS, "small")).isEmpty();
                assertThat(SessionRows.preKey(snapshot, 7)).isPresent();
            }
            SqliteSchema.number(connection, "PRAGMA max_page_count = 1000000");
            session.commit(changes);
            try (Snapshot snapshot = session.snapshot()) {
                assertThat(snapshot.count(Table.PRE_KEYS)).isEqualTo(101);
            }
        }
    }

    @Test
    void saysReadOnlyWhenTheDatabaseCannotBeWritten() throws Exception {
        try (Connection connection = SqliteConnections.writer(db);
                SqliteSession session = session(connection)) {
            SqliteConnections.execute(connection, "PRAGMA query_only = ON");
            assertFails(
                    Reason.READ_ONLY,
                    "session 'shop': " + db + " cannot be written (SQLITE_READONLY): give this user write access to the"
                            + " directory and the files in it; nothing was saved",
                    () -> session.commit(new ChangeSet().put(Table.PRE_KEYS, "a", new byte[1])));
        }
    }

    @Test
    void saysReadOnlyWhenTheDirectoryCannotBeWritten() throws IOException {
        Path closed = Files.createDirectory(
                temporary.resolve("closed"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
        assumeThat(Files.isWritable(closed)).as("root may write everywhere").isFalse();
        try (SessionStore store = new SqliteSessionStore(closed)) {
            assertFails(
                    Reason.READ_ONLY,
                    "session 'shop': " + closed + " cannot be written (AccessDeniedException): give this user write"
                            + " access to the directory and the files in it; nothing was saved",
                    () -> store.open("shop"));
        }
    }

    @Test
    void saysIoWhenTheDirectoryIsAFile() throws IOException {
        Path file = Files.createFile(temporary.resolve("file"));
        try (SessionStore store = new SqliteSessionStore(file)) {
            assertFails(
                    Reason.IO,
                    "session 'shop': " + file + " failed (FileAlreadyExistsException): check the directory and the"
                            + " rights of this user",
                    () -> store.open("shop"));
        }
    }

    @Test
    void saysWhereSqlitesNativeLibraryNeedsToGo() throws Exception {
        Path nowhere = temporary.resolve("nowhere");
        List<String> command = SqliteChild.command(
                List.of("-Djava.io.tmpdir=" + nowhere), List.of("open", directory.toString(), "shop"));
        // The driver logs each of its attempts.
        Process child = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine())
                    .isEqualTo("IO session 'shop': SQLite's native library could not be loaded from " + nowhere
                            + ": start with -Dorg.sqlite.tmpdir=<a directory that can be written and executed from>");
        } finally {
            child.destroyForcibly();
        }
        assertHasTheSession();
    }

    private void assertOpenFails(Reason reason, String message) {
        assertOpenFails("shop", reason, message);
    }

    private void assertOpenFails(String sessionId, Reason reason, String message) {
        try (SessionStore store = new SqliteSessionStore(directory)) {
            // Twice: the first failure must not have changed what the second sees.
            assertFails(reason, message, () -> store.open(sessionId));
            assertFails(reason, message, () -> store.open(sessionId));
        }
    }

    private static void assertFails(Reason reason, String message, ThrowingCallable call) {
        assertThatExceptionOfType(SessionStoreException.class)
                .isThrownBy(call)
                .withMessage(message)
                .extracting(SessionStoreException::reason)
                .isEqualTo(reason);
    }

    private void assertHasTheSession() {
        try (SessionStore store = new SqliteSessionStore(directory);
                StoredSession session = store.open("shop");
                Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.credentials(snapshot).orElseThrow())
                    .usingRecursiveComparison()
                    .isEqualTo(linked);
            assertThat(snapshot.count(Table.PRE_KEYS)).isEqualTo(100);
        }
    }

    private void assertBeginsEmpty() {
        try (SessionStore store = new SqliteSessionStore(directory);
                StoredSession session = store.open("shop");
                Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.credentials(snapshot)).isEmpty();
        }
    }

    /** The first line it says. */
    private String openInAnotherProcess() {
        try {
            Process child = SqliteChild.start(SqliteChild.command("open", directory, "shop"));
            try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
                return out.readLine();
            } finally {
                child.destroyForcibly().waitFor();
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The session over a connection that the test can restrict. */
    private SqliteSession session(Connection connection) throws Exception {
        SqliteTrouble trouble = new SqliteTrouble("shop", files);
        // Makes the log, so that the session sees it from its beginning.
        SqliteConnections.execute(connection, "UPDATE session SET token = token + 1");
        long token = SqliteSchema.number(connection, "SELECT token FROM session");
        SessionLock lock = SessionLock.acquire(files, "shop");
        return new SqliteSession("shop", files, trouble, connection, lock, Sealing.NONE, token, true, closed -> {});
    }

    private void putRow(Table table, String key, byte[] value) throws SQLException {
        try (Connection connection = SqliteConnections.writer(db);
                var put = connection.prepareStatement(
                        "UPDATE entry SET value = ?, checksum = ? WHERE kind = ? AND key = ?")) {
            put.setBytes(1, value);
            put.setInt(2, RowFormat.checksum(table.name(), key, value, 0));
            put.setString(3, table.name());
            put.setString(4, key);
            assertThat(put.executeUpdate()).isEqualTo(1);
        }
    }

    /** What somebody with SQLite's shell might do. */
    private void sql(String... statements) throws SQLException, IOException {
        if (!Files.exists(db)) {
            Files.createFile(db);
        }
        try (Connection connection = SqliteConnections.writer(db)) {
            for (String statement : statements) {
                SqliteConnections.execute(connection, statement);
            }
        }
    }
}
