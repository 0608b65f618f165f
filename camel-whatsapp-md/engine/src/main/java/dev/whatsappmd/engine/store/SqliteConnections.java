package dev.whatsappmd.engine.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteOpenMode;

/**
 * Connections to one database file, set up alike. None of them ever creates the file.
 *
 * <p>Transactions are begun and ended in SQL. The driver's {@code setAutoCommit(false)} begins the next one as soon as
 * one has ended, and would so keep the write lock while nothing is written.
 */
final class SqliteConnections {
    private static final int BUSY_TIMEOUT_MILLIS = 5_000;

    private SqliteConnections() {}

    static Connection writer(Path db) throws SQLException {
        return connect(db, "PRAGMA journal_size_limit = 4194304");
    }

    static Connection reader(Path db) throws SQLException {
        return connect(db, "PRAGMA query_only = ON");
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection connect(Path db, String last) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        config.setOpenMode(SQLiteOpenMode.OPEN_URI);
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setSynchronous(SynchronousMode.FULL);
        // A URI, because the driver takes what follows a ? in a plain path for settings.
        Connection connection =
                config.createConnection("jdbc:sqlite:" + db.toUri().toASCIIString());
        try {
            // A spent key leaves nothing on the disk; macOS needs its own call to reach it; a session's pages are few.
            execute(connection, "PRAGMA secure_delete = ON");
            execute(connection, "PRAGMA fullfsync = ON");
            execute(connection, "PRAGMA cache_size = -512");
            execute(connection, last);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }
}
