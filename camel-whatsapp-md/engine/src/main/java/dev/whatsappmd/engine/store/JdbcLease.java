package dev.whatsappmd.engine.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who has a session: one row of the table {@code session}. All times are the database's own. An owner is told from
 * another by a name that is made for each opening, not only by its number: a database that was set back to an older
 * state gives the same numbers again.
 *
 * <p>Every statement works within the caller's transaction, and locks the row until that ends.
 */
final class JdbcLease {
    /** The owners that live in this process. */
    private static final Set<String> HERE = ConcurrentHashMap.newKeySet();

    private static final String COLUMNS =
            "token, owner, described, expires, coalesce(expires > clock_timestamp(), false)"
                    + " AS live, coalesce(extract(epoch FROM expires - clock_timestamp()), 0) AS seconds, commits, known, sealing";

    private final String table;
    private final String sessionId;
    private final Duration length;
    private final JdbcTrouble trouble;
    private final String owner = UUID.randomUUID().toString();

    JdbcLease(String schema, String sessionId, Duration length, JdbcTrouble trouble) {
        this.table = schema + ".session";
        this.sessionId = sessionId;
        this.length = length;
        this.trouble = trouble;
    }

    /** The row. Of one without an owner the name is null. */
    record Row(
            long token,
            @Nullable String owner,
            String described,
            Instant expires,
            boolean live,
            long seconds,
            long commits,
            boolean known,
            Optional<byte[]> sealing) {}

    String sessionId() {
        return sessionId;
    }

    Duration length() {
        return length;
    }

    /**
     * The row of a session that nobody else has; made when there has never been one.
     *
     * @throws SessionStoreException {@code LOCKED}
     */
    Row claim(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + table
                + " (id, token, commits, known) SELECT ?, 0, 0, false WHERE NOT EXISTS (SELECT FROM " + table
                + " WHERE id = ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, sessionId);
            insert.setString(2, sessionId);
            insert.executeUpdate();
        }
        Row row = lock(connection).orElseThrow(trouble::removed);
        if (row.live() && !owner.equals(row.owner())) {
            throw trouble.locked(
                    row.owner() != null && HERE.contains(row.owner()), row.described(), row.expires(), row.seconds());
        }
        return row;
    }

    /** From here on commits of every earlier owner are refused. */
    long take(Connection connection, boolean known, Optional<byte[]> sealing) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE " + table
                + " SET token = token + 1, owner = ?, described = ? || coalesce(' at ' || host(inet_client_addr()), ''),"
                + " expires = " + end() + ", known = ?, sealing = ? WHERE id = ? RETURNING token")) {
            update.setString(1, owner);
            update.setString(2, "PID " + ProcessHandle.current().pid());
            update.setBoolean(3, known);
            update.setBytes(4, sealing.orElse(null));
            update.setString(5, sessionId);
            HERE.add(owner);
            return number(update).orElseThrow(trouble::removed);
        }
    }

    /**
     * Counts a commit of the owner of this number, and renews its lease.
     *
     * @return how many there were with this one
     * @throws SessionStoreException {@code FENCED}, {@code MISSING}
     */
    long count(Connection connection, long token, boolean known) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE " + table
                + " SET commits = commits + 1, known = ?, expires = " + end()
                + " WHERE id = ? AND token = ? AND owner = ? RETURNING commits")) {
            update.setBoolean(1, known);
            update.setString(2, sessionId);
            update.setLong(3, token);
            update.setString(4, owner);
            Optional<Long> commits = number(update);
            return commits.isPresent()
                    ? commits.get()
                    : requireOwned(connection, token).commits();
        }
    }

    /** @throws SessionStoreException {@code FENCED}, {@code MISSING} */
    void renew(Connection connection, long token) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE " + table + " SET expires = " + end() + " WHERE id = ? AND token = ? AND owner = ?")) {
            update.setString(1, sessionId);
            update.setLong(2, token);
            update.setString(3, owner);
            if (update.executeUpdate() == 0) {
                requireOwned(connection, token);
            }
        }
    }

    /** The row of a session that is still this owner's; waits for whoever changes it. */
    Row requireOwned(Connection connection, long token) throws SQLException {
        Row row = lock(connection).orElseThrow(trouble::removed);
        if (row.token() != token || !owner.equals(row.owner())) {
            throw trouble.fenced(row.token(), token);
        }
        return row;
    }

    /** Others may have it at once. Does nothing when it belongs to another by now. */
    void release(Connection connection, long token) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement("UPDATE " + table
                + " SET owner = NULL, described = NULL, expires = NULL WHERE id = ? AND token = ? AND owner = ?")) {
            update.setString(1, sessionId);
            update.setLong(2, token);
            update.setString(3, owner);
            update.executeUpdate();
        }
    }

    void seal(Connection connection, Optional<byte[]> sealing) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE " + table + " SET sealing = ? WHERE id = ?")) {
            update.setBytes(1, sealing.orElse(null));
            update.setString(2, sessionId);
            update.executeUpdate();
        }
    }

    /** This process has it no more, whatever the database knows. */
    void forget() {
        HERE.remove(owner);
    }

    private Optional<Row> lock(Connection connection) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT " + COLUMNS + " FROM " + table + " WHERE id = ? FOR UPDATE")) {
            query.setString(1, sessionId);
            try (ResultSet result = query.executeQuery()) {
                if (!result.next()) {
                    return Optional.empty();
                }
                OffsetDateTime expires = result.getObject("expires", OffsetDateTime.class);
                return Optional.of(new Row(
                        result.getLong("token"),
                        result.getString("owner"),
                        String.valueOf(result.getString("described")),
                        expires == null ? Instant.EPOCH : expires.toInstant(),
                        result.getBoolean("live"),
                        result.getLong("seconds"),
                        result.getLong("commits"),
                        result.getBoolean("known"),
                        Optional.ofNullable(result.getBytes("sealing"))));
            }
        }
    }

    private String end() {
        return "clock_timestamp() + interval '" + length.toMillis() + " milliseconds'";
    }

    private static Optional<Long> number(PreparedStatement statement) throws SQLException {
        try (ResultSet result = statement.executeQuery()) {
            return result.next() ? Optional.of(result.getLong(1)) : Optional.empty();
        }
    }
}
