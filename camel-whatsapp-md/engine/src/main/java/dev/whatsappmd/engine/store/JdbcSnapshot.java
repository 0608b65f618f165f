package dev.whatsappmd.engine.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A read transaction (repeatable read) on a connection of its own, which goes back at the end. */
final class JdbcSnapshot implements Snapshot {
    private final JdbcTransaction transaction;
    private final JdbcRows rows;
    private final JdbcTrouble trouble;
    private final Consumer<JdbcSnapshot> onClose;
    private volatile boolean closed;

    JdbcSnapshot(JdbcTransaction transaction, JdbcRows rows, JdbcTrouble trouble, Consumer<JdbcSnapshot> onClose)
            throws SQLException {
        this.transaction = transaction;
        this.rows = rows;
        this.trouble = trouble;
        this.onClose = onClose;
        // PostgreSQL fixes what a transaction sees at its first query.
        try (PreparedStatement first = transaction.connection().prepareStatement("SELECT 1")) {
            first.execute();
        }
    }

    @Override
    public Optional<byte[]> get(Table table, String key) {
        requireOpen();
        try {
            return rows.get(transaction.connection(), table, key);
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public Optional<byte[]> raw(Table table, String key) {
        requireOpen();
        try {
            return rows.raw(transaction.connection(), table, key);
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public List<String> keys(Table table, String after, int limit) {
        requireOpen();
        requireLimit(limit);
        try {
            return rows.keys(transaction.connection(), table, after, limit);
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public List<Row> scan(Table table, String after, int limit) {
        requireOpen();
        requireLimit(limit);
        try {
            return rows.scan(transaction.connection(), table, after, limit);
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public long count(Table table) {
        requireOpen();
        try {
            return rows.count(transaction.connection(), table);
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            transaction.close();
            onClose.accept(this);
        }
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
