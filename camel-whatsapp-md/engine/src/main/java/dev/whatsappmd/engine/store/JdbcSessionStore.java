package dev.whatsappmd.engine.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * Sessions in a PostgreSQL database, in three tables of a schema of their own, which are made when first needed. Safe
 * for several threads; several processes may use one database.
 *
 * <p>A session is owned by one process at a time, by a lease that the owner renews: when a process dies the session is
 * free once its lease has ended, and at once when it was closed. All times are the database's own, so the clocks of the
 * machines do not matter. A commit of an owner that was replaced is refused.
 *
 * <p>Connections come from the {@link DataSource}, which stays its owner's to close: one for each commit or snapshot
 * that runs, none otherwise. Give it a pool, and one whose connections are not part of an application's transactions.
 * A thread that commits while it has a snapshot open needs two. An encoding of UTF-8 is required of the database.
 */
public final class JdbcSessionStore implements SessionStore {
    public static final String DEFAULT_SCHEMA = "whatsappmd";

    /** How long a session stays taken after its process was killed. */
    public static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);

    private static final Duration LEASE_MIN = Duration.ofSeconds(1);
    private static final Duration LEASE_MAX = Duration.ofHours(1);
    private static final int ID_LENGTH_MAX = 200;

    private final DataSource dataSource;
    private final String schema;
    private final Duration lease;
    private final Optional<Passphrase> passphrase;
    private final Set<JdbcSession> open = ConcurrentHashMap.newKeySet();
    private volatile String place;

    /** Touches nothing yet: the tables are made when the first session is opened. Values are not encrypted. */
    public JdbcSessionStore(DataSource dataSource) {
        this(dataSource, DEFAULT_SCHEMA, DEFAULT_LEASE, Optional.empty());
    }

    /**
     * Touches nothing yet.
     *
     * @param schema of the tables: small letters, digits and {@code _}, at most 63
     * @param lease 1 second to 1 hour
     * @param passphrase what values are encrypted with
     * @throws IllegalArgumentException when the schema or the lease is not allowed
     */
    public JdbcSessionStore(DataSource dataSource, String schema, Duration lease, Optional<Passphrase> passphrase) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        this.schema = schema;
        this.lease = lease;
        this.passphrase = passphrase;
        this.place = "the PostgreSQL database, schema " + schema;
        if (!JdbcSchema.NAME.matcher(schema).matches()) {
            throw new IllegalArgumentException("the schema is '" + schema
                    + "': use small letters, digits and _, beginning with a letter, at most 63");
        }
        if (lease.compareTo(LEASE_MIN) < 0 || lease.compareTo(LEASE_MAX) > 0) {
            throw new IllegalArgumentException("the lease is " + lease + ": 1 second to 1 hour are allowed");
        }
    }

    @Override
    public StoredSession open(String sessionId) {
        return openSession(sessionId);
    }

    private JdbcSession openSession(String sessionId) {
        requireName(sessionId);
        JdbcTrouble trouble = new JdbcTrouble(sessionId, () -> place);
        JdbcLease own = new JdbcLease(schema, sessionId, lease, trouble);
        boolean opened = false;
        try {
            JdbcSession session;
            try {
                session = open(sessionId, own, trouble);
            } catch (SQLException e) {
                if (!JdbcTrouble.connectionLost(e)) {
                    throw e;
                }
                // A connection that was lost while it lay in the pool. Should it have been lost after all was done, the
                // session is this owner's already.
                session = open(sessionId, own, trouble);
            }
            opened = true;
            open.add(session);
            return session;
        } catch (SQLException e) {
            throw trouble.of(e);
        } finally {
            if (!opened) {
                own.forget();
            }
        }
    }

    private JdbcSession open(String sessionId, JdbcLease own, JdbcTrouble trouble) throws SQLException {
        try (JdbcTransaction transaction = JdbcTransaction.writing(dataSource)) {
            Connection connection = transaction.connection();
            remember(connection);
            JdbcSchema.prepare(connection, schema, trouble);
            JdbcLease.Row row = own.claim(connection);
            boolean any = row.known() || plain(sessionId, trouble).any(connection);
            Sealing sealing = sealing(sessionId, row, any, trouble);
            boolean saved = checkRows(connection, sessionId, sealing.cipher(), row.known(), trouble);
            long token = own.take(connection, saved, sealing.parameters());
            transaction.commit();
            return new JdbcSession(dataSource, schema, own, token, sealing, saved, trouble, open::remove);
        }
    }

    /** The rows as they are stored. */
    private JdbcRows plain(String sessionId, JdbcTrouble trouble) {
        return new JdbcRows(schema, sessionId, RowCipher.NONE, trouble);
    }

    /** Whether the session has been saved at all; throws when a row is damaged or the credentials are not there. */
    private boolean checkRows(
            Connection connection, String sessionId, RowCipher cipher, boolean known, JdbcTrouble trouble)
            throws SQLException {
        RowCheck check = new RowCheck(cipher, trouble::of);
        JdbcRows plain = plain(sessionId, trouble);
        plain.forEachStored(
                connection, (place, stored) -> check.row(place.kind(), place.key(), () -> plain.intact(place, stored)));
        if (!check.hasCredentials() && (known || check.rows() > 0)) {
            throw trouble.noCredentials(check.rows());
        }
        return check.hasCredentials();
    }

    private Sealing sealing(String sessionId, JdbcLease.Row row, boolean saved, JdbcTrouble trouble) {
        try {
            return Sealing.open(sessionId, row.sealing(), passphrase, saved);
        } catch (SessionStoreException e) {
            throw trouble.of(e);
        }
    }

    /**
     * Encrypts the session's values, stores them as they are again, or has the encrypted ones under another passphrase,
     * in one transaction. The passphrase of this store is the present one. Earlier versions of the rows stay in the
     * database's files until it overwrites them: {@code VACUUM FULL} does.
     *
     * @param next empty to end the encryption
     * @throws SessionStoreException as {@link #open}, and {@code MISSING} when nothing is saved in the session
     */
    public void changePassphrase(String sessionId, Optional<Passphrase> next) {
        try (JdbcSession session = openSession(sessionId)) {
            session.changePassphrase(next);
        }
    }

    @Override
    public String location() {
        return place;
    }

    /** Closes every session that is still open. The {@link DataSource} stays open. */
    @Override
    public void close() {
        List.copyOf(open).forEach(JdbcSession::close);
    }

    /** The address without what may follow it: user and password are given there. */
    private void remember(Connection connection) throws SQLException {
        String url = connection.getMetaData().getURL();
        if (url != null && url.startsWith("jdbc:postgresql:")) {
            place = url.replaceFirst("\\?.*", "").replaceFirst("//[^/@]*@", "//") + ", schema " + schema;
        }
    }

    private static void requireName(String sessionId) {
        if (sessionId.isBlank() || sessionId.length() > ID_LENGTH_MAX || sessionId.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a session needs a name of at most " + ID_LENGTH_MAX
                    + " characters without NUL, not '" + sessionId + "'");
        }
    }
}
