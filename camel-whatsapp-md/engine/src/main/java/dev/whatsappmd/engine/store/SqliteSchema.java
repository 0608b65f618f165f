package dev.whatsappmd.engine.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;

/** What a session's database looks like, version by version, and whether a file is one. */
final class SqliteSchema {
    /** In the file's header ({@code PRAGMA application_id}): "WAMD". */
    static final int APPLICATION_ID = 0x57414D44;

    /**
     * The steps from each version to the next; the first makes version 1 from nothing. A step that was released is
     * never changed.
     */
    private static final List<List<String>> MIGRATIONS = List.of(
            List.of(
                    // One row: whose database it is, and how often it was opened.
                    "CREATE TABLE session (singleton INTEGER PRIMARY KEY CHECK (singleton = 1), id TEXT NOT NULL,"
                            + " token INTEGER NOT NULL) STRICT",
                    // Columns in the order of the primary key; the checksum is RowFormat's, over all three others.
                    "CREATE TABLE entry (kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, checksum INTEGER NOT NULL,"
                            + " PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID"),
            // How the values are encrypted; null: not at all.
            List.of("ALTER TABLE session ADD COLUMN sealing BLOB"));

    /** The version this program writes. */
    static final int VERSION = MIGRATIONS.size();

    private SqliteSchema() {}

    /** What a file that SQLite can open is. */
    enum Content {
        /** Nothing: no table, no mark. */
        NOTHING,
        /** A session's database of this or an older version. */
        SESSION
    }

    /**
     * Tells what a database is, without writing to it.
     *
     * @throws SessionStoreException {@code NEWER}, or {@code CORRUPT} for what is damaged or another program's
     */
    static Content inspect(Connection connection, SqliteTrouble trouble) throws SQLException {
        long application = number(connection, "PRAGMA application_id");
        if (application != APPLICATION_ID) {
            if (application == 0 && number(connection, "SELECT count(*) FROM sqlite_schema") == 0) {
                return Content.NOTHING;
            }
            throw trouble.foreign("is the database of another program");
        }
        int version = (int) number(connection, "PRAGMA user_version");
        if (version > VERSION) {
            throw trouble.newer(version, VERSION);
        }
        if (version < 1) {
            throw trouble.corrupt("schema version " + version);
        }
        String check = text(connection, "PRAGMA quick_check(1)");
        if (!check.equals("ok")) {
            throw trouble.corrupt("quick_check: " + check.lines().findFirst().orElse(""));
        }
        return Content.SESSION;
    }

    /** Brings the database to the present version within the caller's transaction. */
    static void migrate(Connection connection, String sessionId) throws SQLException {
        int version = (int) number(connection, "PRAGMA user_version");
        try (Statement statement = connection.createStatement()) {
            for (int from = version; from < VERSION; from++) {
                for (String step : MIGRATIONS.get(from)) {
                    statement.executeUpdate(step);
                }
            }
            if (version < VERSION) {
                statement.executeUpdate("PRAGMA application_id = " + APPLICATION_ID);
                statement.executeUpdate("PRAGMA user_version = " + VERSION);
            }
        }
        if (version == 0) {
            try (var insert =
                    connection.prepareStatement("INSERT INTO session (singleton, id, token) VALUES (1, ?, 0)")) {
                insert.setString(1, sessionId);
                insert.executeUpdate();
            }
        }
    }

    /** How the values are encrypted; empty when they are not. */
    static Optional<byte[]> sealing(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT sealing FROM session")) {
            return result.next() ? Optional.ofNullable(result.getBytes(1)) : Optional.empty();
        }
    }

    static void setSealing(Connection connection, Optional<byte[]> sealing) throws SQLException {
        try (var update = connection.prepareStatement("UPDATE session SET sealing = ?")) {
            update.setBytes(1, sealing.orElse(null));
            update.executeUpdate();
        }
    }

    static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }

    static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            String text = result.next() ? result.getString(1) : null;
            return text == null ? "" : text;
        }
    }
}
