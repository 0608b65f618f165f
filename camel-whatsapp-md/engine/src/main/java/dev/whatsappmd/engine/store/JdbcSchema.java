package dev.whatsappmd.engine.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;

/** What the tables in PostgreSQL look like, version by version, and how they come to be. */
final class JdbcSchema {
    /** What needs no quotes, so that nobody has to know when to write them. */
    static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

    /** Of processes that make or change the tables at the same time; the number is ours alone ("WAMD" twice). */
    private static final long MIGRATION_LOCK = 0x57414D44_57414D44L;

    /**
     * The steps from each version to the next; the first makes version 1 from nothing. {@code %s} is the schema. A step
     * that was released is never changed.
     */
    private static final List<List<String>> MIGRATIONS = List.of(List.of(
            // One row.
            "CREATE TABLE %s.store_version (version integer NOT NULL)",
            "INSERT INTO %s.store_version VALUES (0)",
            // token: how often it was opened. owner, described, expires: who has it now, for how long; null: nobody.
            // commits: how often it was saved, by which an owner finds out what became of a commit. known: whether it
            // has credentials, so that lost ones are noticed. sealing: how its values are encrypted; null: not at all.
            "CREATE TABLE %s.session (id text COLLATE \"C\" PRIMARY KEY, token bigint NOT NULL, owner text,"
                    + " described text, expires timestamptz, commits bigint NOT NULL, known boolean NOT NULL,"
                    + " sealing bytea)",
            // The checksum is RowFormat's, over kind, key and value as stored. "C" sorts UTF-8 by code point.
            "CREATE TABLE %s.entry (session text COLLATE \"C\" NOT NULL REFERENCES %s.session, kind text COLLATE \"C\""
                    + " NOT NULL, key text COLLATE \"C\" NOT NULL, value bytea NOT NULL, checksum integer NOT NULL,"
                    + " PRIMARY KEY (session, kind, key))"));

    /** The version this program writes. */
    static final int VERSION = MIGRATIONS.size();

    private JdbcSchema() {}

    /**
     * Brings the tables to the present version within the caller's transaction. Of several processes that do so at the
     * same time one works and the others wait. Needs no right to create anything when nothing is to be created.
     *
     * @throws SessionStoreException {@code NEWER}; {@code CORRUPT} when tables of another program are there
     */
    static void prepare(Connection connection, String schema, JdbcTrouble trouble) throws SQLException {
        String encoding = text(connection, "SHOW server_encoding");
        if (!encoding.equals("UTF8")) {
            throw trouble.encoding(encoding);
        }
        if (version(connection, schema, trouble) == VERSION) {
            return;
        }
        try (PreparedStatement lock = connection.prepareStatement("SELECT pg_advisory_xact_lock(?)")) {
            lock.setLong(1, MIGRATION_LOCK);
            lock.execute();
        }
        int version = version(connection, schema, trouble);
        try (Statement statement = connection.createStatement()) {
            if (version == 0) {
                requireFree(connection, schema, trouble);
                if (!exists(connection, "SELECT FROM pg_catalog.pg_namespace WHERE nspname = ?", schema)) {
                    statement.executeUpdate("CREATE SCHEMA " + schema);
                }
            }
            for (int from = version; from < VERSION; from++) {
                for (String step : MIGRATIONS.get(from)) {
                    statement.executeUpdate(step.replace("%s", schema));
                }
                statement.executeUpdate("UPDATE " + schema + ".store_version SET version = " + (from + 1));
            }
        }
    }

    private static int version(Connection connection, String schema, JdbcTrouble trouble) throws SQLException {
        if (!table(connection, schema, "store_version")) {
            return 0;
        }
        String written = text(connection, "SELECT max(version)::text FROM " + schema + ".store_version");
        if (!written.matches("[0-9]{1,9}")) {
            throw trouble.corrupt("schema version '" + written + "'");
        }
        int version = Integer.parseInt(written);
        if (version > VERSION) {
            throw trouble.newer(version, VERSION);
        }
        return version;
    }

    private static void requireFree(Connection connection, String schema, JdbcTrouble trouble) throws SQLException {
        for (String table : List.of("session", "entry")) {
            if (table(connection, schema, table)) {
                throw trouble.foreign(schema, table);
            }
        }
    }

    /**
     * Asks the catalog's own tables. {@code to_regclass} may answer what was so before this transaction waited for
     * another one.
     */
    private static boolean table(Connection connection, String schema, String table) throws SQLException {
        return exists(
                connection,
                "SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                        + " WHERE n.nspname = ? AND c.relname = ?",
                schema,
                table);
    }

    private static boolean exists(Connection connection, String query, String... names) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < names.length; i++) {
                statement.setString(i + 1, names[i]);
            }
            try (ResultSet result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            String text = result.next() ? result.getString(1) : null;
            return text == null ? "" : text;
        }
    }
}
