package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.store.ChangeSet.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open session: one connection that writes, one more for each snapshot that is open at the same time. */
final class SqliteSession implements StoredSession {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteSession.class);
    private static final String PUT =
            "INSERT INTO entry VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, checksum ="
                    + " excluded.checksum";
    private static final String DELETE = "DELETE FROM entry WHERE kind = ? AND key = ?";

    private final String sessionId;
    private final SessionFiles files;
    private final SqliteTrouble trouble;
    private final Connection writer;
    private final SessionLock lock;
    private final Sealing sealing;
    private final long token;
    private final Object dbFile;
    private final Object walFile;
    private final Consumer<SqliteSession> onClose;

    // All below guarded by this.
    private final Set<Connection> reading = new HashSet<>();
    private @Nullable Connection idleReader;
    private boolean known;
    private boolean closed;

    SqliteSession(
            String sessionId,
            SessionFiles files,
            SqliteTrouble trouble,
            Connection writer,
            SessionLock lock,
            Sealing sealing,
            long token,
            boolean known,
            Consumer<SqliteSession> onClose)
            throws IOException {
        this.sessionId = sessionId;
        this.files = files;
        this.trouble = trouble;
        this.writer = writer;
        this.lock = lock;
        this.sealing = sealing;
        this.token = token;
        this.known = known;
        this.onClose = onClose;
        this.dbFile = fileKey(files.db());
        this.walFile = fileKey(files.wal());
    }

    @Override
    public String sessionId() {
        return sessionId;
    }

    @Override
    public long fencingToken() {
        return token;
    }

    @Override
    public synchronized Snapshot snapshot() {
        requireOpen();
        Connection connection = idleReader;
        idleReader = null;
        try {
            if (connection == null) {
                connection = SqliteConnections.reader(files.db());
            }
            reading.add(connection);
            return new SqliteSnapshot(connection, trouble, sealing.cipher(), this::giveBack);
        } catch (SQLException e) {
            discard(connection);
            throw trouble.of(e);
        }
    }

    @Override
    public synchronized void commit(ChangeSet changes) {
        inTransaction(() -> {
            CommitRules.check(changes, this::ownCredentials);
            write(changes);
        });
        if (!known && !changes.isEmpty()) {
            markKnown();
        }
    }

    /** The session has to be closed after it: it would go on storing values as it was used to. */
    synchronized void changePassphrase(Optional<Passphrase> next) {
        if (!known) {
            throw trouble.nothingSaved();
        }
        Sealing changed = sealing.changedTo(sessionId, next);
        inTransaction(() -> {
            if (!changed.sameKeyAs(sealing)) {
                SqliteResealing.run(writer, sealing.cipher(), changed.cipher());
            }
            SqliteSchema.setSealing(writer, changed.parameters());
        });
    }

    /** What is written in one transaction. */
    private interface Writing {
        void run() throws SQLException;
    }

    private void inTransaction(Writing writing) {
        requireOpen();
        try {
            boolean saved = false;
            try {
                SqliteConnections.execute(writer, "BEGIN IMMEDIATE");
                requireOwner();
                writing.run();
                requireSameFiles();
                SqliteConnections.execute(writer, "COMMIT");
                saved = true;
            } finally {
                if (!saved) {
                    rollBack();
                }
            }
        } catch (SQLException e) {
            throw trouble.of(e);
        } catch (IOException e) {
            throw trouble.of(e);
        }
    }

    private void markKnown() {
        try {
            files.markKnown(token);
            known = true;
        } catch (IOException e) {
            // The change itself is saved; the mark comes with the next one, or when the session is opened again.
            LOG.warn("{}", trouble.of(e).getMessage());
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            reading.forEach(this::closeQuietly);
            reading.clear();
            closeQuietly(idleReader);
            // The last one: it moves the log into the database and removes it.
            closeQuietly(writer);
            closeQuietly(lock);
        }
        onClose.accept(this);
    }

    private void requireOwner() throws SQLException {
        long owner = SqliteSchema.number(writer, "SELECT token FROM session");
        if (owner != token) {
            throw trouble.fenced(owner, token);
        }
    }

    private Optional<byte[]> ownCredentials() {
        try (PreparedStatement query = writer.prepareStatement("SELECT value FROM entry WHERE kind = ? AND key = ?")) {
            query.setString(1, Table.CREDENTIALS.name());
            query.setString(2, SessionRows.SELF);
            try (ResultSet result = query.executeQuery()) {
                return result.next()
                        ? Optional.of(
                                sealing.cipher().open(Table.CREDENTIALS.name(), SessionRows.SELF, result.getBytes(1)))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    /** Runs of the same kind go as one batch, in the order they were added. */
    private void write(ChangeSet changes) throws SQLException {
        try (PreparedStatement put = writer.prepareStatement(PUT);
                PreparedStatement delete = writer.prepareStatement(DELETE)) {
            PreparedStatement pending = put;
            for (Change change : changes.changes()) {
                PreparedStatement next = change.value().isPresent() ? put : delete;
                if (next != pending) {
                    pending.executeBatch();
                    pending = next;
                }
                next.setString(1, change.table().name());
                next.setString(2, change.key());
                if (change.value().isPresent()) {
                    String kind = change.table().name();
                    byte[] stored = sealing.cipher()
                            .seal(kind, change.key(), change.value().get());
                    next.setBytes(3, stored);
                    next.setInt(4, RowFormat.checksum(kind, change.key(), stored, 0));
                }
                next.addBatch();
            }
            pending.executeBatch();
        }
    }

    /** SQLite goes on writing to a file that has lost its name; such a commit would be gone at the next start. */
    private void requireSameFiles() throws IOException {
        if (!Objects.equals(dbFile, fileKey(files.db())) || !Objects.equals(walFile, fileKey(files.wal()))) {
            throw trouble.moved();
        }
    }

    /** What tells a file from another under the same name; the same for all on systems that do not know it. */
    private static Object fileKey(Path file) throws IOException {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? "present" : key;
        } catch (NoSuchFileException e) {
            return "absent";
        }
    }

    private void rollBack() {
        try {
            SqliteConnections.execute(writer, "ROLLBACK");
        } catch (SQLException e) {
            // What led here is thrown by the caller, and SQLite has often rolled back by itself.
            LOG.debug("session '{}': rollback failed: {}", sessionId, e.getMessage());
        }
    }

    private synchronized void giveBack(Connection connection) {
        if (!reading.remove(connection)) {
            return;
        }
        try {
            SqliteConnections.execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            discard(connection);
            return;
        }
        if (idleReader == null) {
            idleReader = connection;
        } else {
            discard(connection);
        }
    }

    private void discard(@Nullable Connection connection) {
        reading.remove(connection);
        closeQuietly(connection);
    }

    private void closeQuietly(@Nullable AutoCloseable what) {
        try {
            if (what != null) {
                what.close();
            }
        } catch (Exception e) {
            LOG.warn("session '{}': closing its store failed, nothing is lost: {}", sessionId, e.getMessage());
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("session '" + sessionId + "' is closed");
        }
    }
}
