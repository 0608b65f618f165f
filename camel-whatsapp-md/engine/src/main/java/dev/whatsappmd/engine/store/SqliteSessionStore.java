package dev.whatsappmd.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Sessions in SQLite databases, one file for each, in one directory on a local disk. Needs no set-up. Safe for several
 * threads.
 *
 * <p>A directory that is not there yet is made for its owner only (0700); the files in it always are (0600). A session
 * is owned by one process at a time; the ownership ends with the process, however it ends. Commits are on the disk when
 * they return. To back a session up while it runs use SQLite's own {@code .backup}; while it is closed a copy of its
 * {@code .db} file is enough.
 *
 * <p>SQLite's native library is unpacked into {@code java.io.tmpdir} when first used. Where that cannot be written to
 * or executed from, name another directory with the system property {@code org.sqlite.tmpdir}.
 */
public final class SqliteSessionStore implements SessionStore {
    private final Path directory;
    private final Optional<Passphrase> passphrase;
    private final Set<SqliteSession> open = ConcurrentHashMap.newKeySet();

    /** Touches nothing yet: the directory is made when the first session is opened. Values are not encrypted. */
    public SqliteSessionStore(Path directory) {
        this(directory, Optional.empty());
    }

    /**
     * Touches nothing yet.
     *
     * @param passphrase what values are encrypted with
     */
    public SqliteSessionStore(Path directory, Optional<Passphrase> passphrase) {
        this.directory = directory.toAbsolutePath().normalize();
        this.passphrase = passphrase;
    }

    @Override
    public StoredSession open(String sessionId) {
        return openSession(sessionId);
    }

    /**
     * Encrypts the session's values, stores them as they are again, or has the encrypted ones under another passphrase,
     * in one transaction. The passphrase of this store is the present one.
     *
     * @param next empty to end the encryption
     * @throws SessionStoreException as {@link #open}, and {@code MISSING} when nothing is saved in the session
     */
    public void changePassphrase(String sessionId, Optional<Passphrase> next) {
        try (SqliteSession session = openSession(sessionId)) {
            session.changePassphrase(next);
        }
    }

    private SqliteSession openSession(String sessionId) {
        SessionFiles files = new SessionFiles(directory, sessionId);
        SqliteTrouble trouble = new SqliteTrouble(sessionId, files);
        loadNativeLibrary(trouble);
        try {
            files.createDirectory();
            SessionLock lock = SessionLock.acquire(files, sessionId);
            try {
                SqliteSession session = open(sessionId, files, trouble, lock);
                open.add(session);
                return session;
            } catch (IOException | SQLException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw trouble.of(e);
        } catch (SQLException e) {
            throw trouble.of(e);
        } catch (ReadOnlyFileSystemException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public String location() {
        return directory.toString();
    }

    /** Closes every session that is still open. */
    @Override
    public void close() {
        List.copyOf(open).forEach(SqliteSession::close);
    }

    private SqliteSession open(String sessionId, SessionFiles files, SqliteTrouble trouble, SessionLock lock)
            throws IOException, SQLException {
        boolean known = files.isKnown();
        Connection connection = connect(files, trouble, known);
        try {
            SqliteConnections.execute(connection, "BEGIN IMMEDIATE");
            SqliteSchema.migrate(connection, sessionId);
            requireSession(connection, trouble, sessionId);
            Sealing sealing = sealing(connection, sessionId, trouble, known);
            boolean saved = checkRows(connection, files, trouble, sealing.cipher(), known);
            long token = takeOwnership(connection, files, trouble, known);
            SqliteSchema.setSealing(connection, sealing.parameters());
            SqliteConnections.execute(connection, "COMMIT");
            if (saved) {
                files.markKnown(token);
            }
            return new SqliteSession(sessionId, files, trouble, connection, lock, sealing, token, saved, open::remove);
        } catch (IOException | SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** A connection to a file that is, or may become, the session's database; in write-ahead mode. */
    private static Connection connect(SessionFiles files, SqliteTrouble trouble, boolean known)
            throws IOException, SQLException {
        requireDatabase(files, trouble, known);
        files.restrictDatabase();
        Connection connection = SqliteConnections.writer(files.db());
        try {
            if (SqliteSchema.inspect(connection, trouble) == SqliteSchema.Content.NOTHING && known) {
                throw trouble.corrupt("it holds nothing although a session was saved in it");
            }
            String mode = SqliteSchema.text(connection, "PRAGMA journal_mode = WAL");
            if (!mode.equals("wal")) {
                throw trouble.noWal(mode);
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private Sealing sealing(Connection connection, String sessionId, SqliteTrouble trouble, boolean known)
            throws SQLException {
        boolean saved = known || SqliteSchema.number(connection, "SELECT EXISTS (SELECT 1 FROM entry)") == 1;
        try {
            return Sealing.open(sessionId, SqliteSchema.sealing(connection), passphrase, saved);
        } catch (SessionStoreException e) {
            throw trouble.of(e);
        }
    }

    /** Makes an empty file for a session that has never been; anything that hints at more than that is an error. */
    private static void requireDatabase(SessionFiles files, SqliteTrouble trouble, boolean known) throws IOException {
        OptionalLong size = SessionFiles.size(files.db());
        boolean log = SessionFiles.size(files.wal()).orElse(0) > 0;
        if (size.isEmpty()) {
            if (known) {
                throw trouble.missing(
                        files.db() + " is gone although a session was saved in it ("
                                + files.known().getFileName() + ")",
                        log ? new Path[] {files.known(), files.wal()} : new Path[] {files.known()});
            }
            if (log) {
                throw trouble.missing(
                        files.db() + " is gone although its log " + files.wal().getFileName() + " is there",
                        files.wal());
            }
            files.openOwnerOnly(files.db(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                    .close();
        } else if (size.getAsLong() == 0 && (known || log)) {
            // Empty and nothing else there: the process ended while it was making the file, before any commit.
            throw trouble.corrupt("it is empty although a session was saved in it");
        }
    }

    private static void requireSession(Connection connection, SqliteTrouble trouble, String sessionId)
            throws SQLException {
        String owner = SqliteSchema.text(connection, "SELECT id FROM session");
        if (!owner.equals(sessionId)) {
            throw trouble.foreign("holds the session '" + owner + "'");
        }
    }

    /** Whether the session has been saved at all; throws when a row is damaged or the credentials are not there. */
    private static boolean checkRows(
            Connection connection, SessionFiles files, SqliteTrouble trouble, RowCipher cipher, boolean known)
            throws SQLException {
        RowCheck check = new RowCheck(cipher, trouble::of);
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT kind, key, value, checksum FROM entry")) {
            while (result.next()) {
                String kind = result.getString(1);
                String key = result.getString(2);
                byte[] value = result.getBytes(3);
                int checksum = result.getInt(4);
                check.row(kind, key, () -> SqliteSnapshot.checked(trouble, kind, key, value, checksum));
            }
        }
        if (!check.hasCredentials() && (known || check.rows() > 0)) {
            throw trouble.missing(
                    files.db() + " has no credentials although a session was saved in it (" + check.rows()
                            + " other rows)",
                    files.db(),
                    files.wal(),
                    files.known());
        }
        return check.hasCredentials();
    }

    /** From here on commits of every earlier owner are refused. */
    private static long takeOwnership(Connection connection, SessionFiles files, SqliteTrouble trouble, boolean known)
            throws SQLException, IOException {
        long token = SqliteSchema.number(connection, "SELECT token FROM session");
        long newest = known ? files.knownToken() : 0;
        if (token < newest) {
            throw trouble.older(token, newest);
        }
        SqliteConnections.execute(connection, "UPDATE session SET token = token + 1");
        return token + 1;
    }

    private static void loadNativeLibrary(SqliteTrouble trouble) {
        try {
            if (!SQLiteJDBCLoader.initialize()) {
                throw trouble.noNativeLibrary(null);
            }
        } catch (SessionStoreException e) {
            throw e;
        } catch (Exception | LinkageError e) {
            throw trouble.noNativeLibrary(e);
        }
    }
}
