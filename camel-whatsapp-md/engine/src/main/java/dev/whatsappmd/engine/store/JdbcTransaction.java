package dev.whatsappmd.engine.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction on a connection that is borrowed for it and given back as it was. What it sets holds for the
 * transaction only, so a pooler between here and the server may hand its connections around. For one thread.
 */
final class JdbcTransaction implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcTransaction.class);

    /** How long one answer of the server may take; the driver's own default is for ever. */
    private static final int NETWORK_TIMEOUT_MILLIS = 20_000;

    /**
     * Committed means on the disk, whatever the database's default is. A client that has vanished without a word must
     * not keep the session's row locked, and nobody waits for it longer than that.
     */
    private static final String WRITING = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED;"
            + " SET LOCAL synchronous_commit = on;"
            + " SET LOCAL idle_in_transaction_session_timeout = '20s';"
            + " SET LOCAL lock_timeout = '25s'";

    private static final String READING = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

    private final Connection connection;
    private final boolean autoCommit;
    private final int networkTimeout;
    private boolean ended;

    private JdbcTransaction(Connection connection, boolean autoCommit, int networkTimeout) {
        this.connection = connection;
        this.autoCommit = autoCommit;
        this.networkTimeout = networkTimeout;
    }

    static JdbcTransaction writing(DataSource dataSource) throws SQLException {
        return begin(dataSource, WRITING);
    }

    /** What it sees is fixed by its first query. */
    static JdbcTransaction reading(DataSource dataSource) throws SQLException {
        return begin(dataSource, READING);
    }

    private static JdbcTransaction begin(DataSource dataSource, String settings) throws SQLException {
        Connection connection = borrow(dataSource);
        try {
            requirePostgres(connection);
            JdbcTransaction transaction =
                    new JdbcTransaction(connection, connection.getAutoCommit(), connection.getNetworkTimeout());
            connection.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT_MILLIS);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(settings);
            }
            return transaction;
        } catch (SQLException | RuntimeException e) {
            closeQuietly(connection);
            throw e;
        }
    }

    private static Connection borrow(DataSource dataSource) throws SQLException {
        try {
            return dataSource.getConnection();
        } catch (RuntimeException e) {
            // A pool that cannot make its first connection says so in an exception of its own.
            throw new SQLException("the DataSource gave no connection", "08001", e);
        }
    }

    private static void requirePostgres(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        if (!"PostgreSQL".equals(product)) {
            throw JdbcTrouble.unknownProduct(product);
        }
    }

    Connection connection() {
        return connection;
    }

    void commit() throws SQLException {
        connection.commit();
        ended = true;
    }

    /** Takes back what was not committed. Never throws: what led here is thrown by the caller. */
    @Override
    public void close() {
        try {
            if (!connection.isClosed()) {
                if (!ended) {
                    connection.rollback();
                }
                connection.setAutoCommit(autoCommit);
                connection.setNetworkTimeout(Runnable::run, networkTimeout);
            }
        } catch (SQLException e) {
            LOG.debug("giving a connection back: {}", e.getMessage());
        } finally {
            closeQuietly(connection);
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("closing a connection: {}", e.getMessage());
        }
    }
}
