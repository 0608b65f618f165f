package dev.whatsappmd.engine.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/** A read transaction on a connection of its own, which goes back to its session at the end. */
final class SqliteSnapshot implements Snapshot {
    private static final byte[] NOTHING = {};

    private final Connection connection;
    private final SqliteTrouble trouble;
    private final RowCipher cipher;
    private final Consumer<Connection> giveBack;
    private boolean closed;

    SqliteSnapshot(Connection connection, SqliteTrouble trouble, RowCipher cipher, Consumer<Connection> giveBack)
            throws SQLException {
        this.connection = connection;
        this.cipher = cipher;
        this.trouble = trouble;
        this.giveBack = giveBack;
        // SQLite fixes what a transaction sees at its first read.
        SqliteConnections.execute(connection, "BEGIN");
        SqliteSchema.number(connection, "SELECT token FROM session");
    }

    @Override
    public Optional<byte[]> get(Table table, String key) {
        requireOpen();
        try (PreparedStatement query =
                connection.prepareStatement("SELECT value, checksum FROM entry WHERE kind = ? AND key = ?")) {
            query.setString(1, table.name());
            query.setString(2, key);
            try (ResultSet result = query.executeQuery()) {
                return result.next()
                        ? Optional.of(open(table.name(), key, result.getBytes(1), result.getInt(2)))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public List<Row> scan(Table table, String after, int limit) {
        requireOpen();
        requireLimit(limit);
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT key, value, checksum FROM entry WHERE kind = ? AND key > ? ORDER BY key LIMIT ?")) {
            query.setString(1, table.name());
            query.setString(2, after);
            query.setInt(3, limit);
            List<Row> rows = new ArrayList<>();
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    String key = result.getString(1);
                    rows.add(new Row(key, open(table.name(), key, result.getBytes(2), result.getInt(3))));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public List<String> keys(Table table, String after, int limit) {
        requireOpen();
        requireLimit(limit);
        try (PreparedStatement query =
                connection.prepareStatement("SELECT key FROM entry WHERE kind = ? AND key > ? ORDER BY key LIMIT ?")) {
            query.setString(1, table.name());
            query.setString(2, after);
            query.setInt(3, limit);
            List<String> keys = new ArrayList<>();
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    keys.add(result.getString(1));
                }
            }
            return keys;
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public Optional<byte[]> raw(Table table, String key) {
        requireOpen();
        try (PreparedStatement query =
                connection.prepareStatement("SELECT value FROM entry WHERE kind = ? AND key = ?")) {
            query.setString(1, table.name());
            query.setString(2, key);
            try (ResultSet result = query.executeQuery()) {
                // A value that is null is damage too: there is nothing of it to keep.
                return result.next()
                        ? Optional.of(cipher.openOrKeep(
                                table.name(), key, Objects.requireNonNullElse(result.getBytes(1), NOTHING)))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public long count(Table table) {
        requireOpen();
        try (PreparedStatement query = connection.prepareStatement("SELECT count(*) FROM entry WHERE kind = ?")) {
            query.setString(1, table.name());
            try (ResultSet result = query.executeQuery()) {
                return result.next() ? result.getLong(1) : 0;
            }
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            giveBack.accept(connection);
        }
    }

    private byte[] open(String table, String key, byte[] stored, int checksum) {
        byte[] intact = checked(trouble, table, key, stored, checksum);
        try {
            return cipher.open(table, key, intact);
        } catch (SessionStoreException e) {
            throw trouble.of(e);
        }
    }

    /** SQLite does not notice a changed byte within a value; this does. */
    static byte[] checked(SqliteTrouble trouble, String table, String key, byte[] value, int checksum) {
        if (value == null || RowFormat.checksum(table, key, value, 0) != checksum) {
            throw trouble.corrupt("the checksum of the row " + Table.shown(table, key) + " does not match");
        }
        return value;
    }

    private static void requireLimit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("the limit of a scan is at least 1, not " + limit);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the snapshot is closed");
        }
    }
}
