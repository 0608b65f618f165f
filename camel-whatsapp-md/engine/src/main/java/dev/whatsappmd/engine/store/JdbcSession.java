package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.store.JdbcRows.Place;
import dev.whatsappmd.engine.store.JdbcRows.Stored;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open session in PostgreSQL. It holds no connection while nothing runs: each commit and each snapshot borrows one.
 *
 * <p>A connection can be lost between the request to commit and its answer. Then only the database knows what became of
 * the change, and it is asked: every commit counts up a number in the session's row, which nobody but the owner does.
 * When the database cannot be asked in time the commit fails, and before the session does anything else the change is
 * taken back, should it be there. So what has failed is not there for this owner, and what was acknowledged is; only a
 * process that ends in between may leave a change that it never acknowledged, as after any kill.
 */
final class JdbcSession implements StoredSession {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcSession.class);
    private static final Place SELF = new Place(Table.CREDENTIALS.name(), SessionRows.SELF);

    private final String sessionId;
    private final DataSource dataSource;
    private final String schema;
    private final JdbcLease lease;
    private final long token;
    private final Sealing sealing;
    private final JdbcRows rows;
    private final JdbcTrouble trouble;
    private final Consumer<JdbcSession> onClose;
    private final Set<JdbcSnapshot> reading = ConcurrentHashMap.newKeySet();

    // All below guarded by this.
    private boolean known;
    private boolean closed;
    private @Nullable Unsettled unsettled;

    JdbcSession(
            DataSource dataSource,
            String schema,
            JdbcLease lease,
            long token,
            Sealing sealing,
            boolean known,
            JdbcTrouble trouble,
            Consumer<JdbcSession> onClose) {
        this.sessionId = lease.sessionId();
        this.dataSource = dataSource;
        this.schema = schema;
        this.lease = lease;
        this.token = token;
        this.sealing = sealing;
        this.known = known;
        this.rows = new JdbcRows(schema, sessionId, sealing.cipher(), trouble);
        this.trouble = trouble;
        this.onClose = onClose;
    }

    /**
     * A commit whose outcome is not known.
     *
     * @param commits what the session's row counts when it was made
     * @param before what was in the places it changed
     * @param knownBefore whether the session had credentials
     */
    private record Unsettled(long commits, Map<Place, @Nullable Stored> before, boolean knownBefore) {}

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
        try {
            takeBack();
            return snapshot(true);
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    private Snapshot snapshot(boolean again) throws SQLException {
        JdbcTransaction transaction = null;
        try {
            transaction = JdbcTransaction.reading(dataSource);
            JdbcSnapshot snapshot = new JdbcSnapshot(transaction, rows, trouble, reading::remove);
            reading.add(snapshot);
            return snapshot;
        } catch (SQLException e) {
            if (transaction != null) {
                transaction.close();
            }
            if (again && JdbcTrouble.connectionLost(e)) {
                return snapshot(false);
            }
            throw e;
        }
    }

    @Override
    public synchronized void commit(ChangeSet changes) {
        requireOpen();
        Map<Place, byte @Nullable []> last = JdbcRows.last(changes);
        try {
            takeBack();
            SQLException lost = save(changes, last);
            if (lost != null) {
                lost = save(changes, last);
            }
            if (lost != null) {
                throw lost;
            }
        } catch (SQLException e) {
            throw unsettled == null ? trouble.of(e) : trouble.unknown(e);
        }
    }

    /** Null when it is saved; how the connection was lost when it was and the change is not there for certain. */
    private @Nullable SQLException save(ChangeSet changes, Map<Place, byte @Nullable []> last) throws SQLException {
        boolean saved = known || !last.isEmpty();
        try (JdbcTransaction transaction = JdbcTransaction.writing(dataSource)) {
            Connection connection = transaction.connection();
            long commits = lease.count(connection, token, saved);
            Map<Place, Stored> found = rows.stored(connection, with(SELF, last.keySet()));
            CommitRules.check(
                    changes, () -> Optional.ofNullable(found.get(SELF)).map(stored -> rows.value(SELF, stored)));
            rows.write(connection, last);
            Map<Place, @Nullable Stored> before = new HashMap<>();
            last.keySet().forEach(place -> before.put(place, found.get(place)));
            unsettled = new Unsettled(commits, before, known);
            transaction.commit();
        } catch (SQLException e) {
            if (!JdbcTrouble.connectionLost(e)) {
                unsettled = null;
                throw e;
            }
            LOG.debug("session '{}': connection lost while saving: {}", sessionId, e.getMessage());
            if (unsettled == null || !isThere(unsettled)) {
                unsettled = null;
                return e;
            }
        }
        unsettled = null;
        known = saved;
        return null;
    }

    /** Waits for the transaction of the lost connection to end, one way or the other. */
    private boolean isThere(Unsettled commit) throws SQLException {
        try (JdbcTransaction transaction = JdbcTransaction.writing(dataSource)) {
            return lease.requireOwned(transaction.connection(), token).commits() == commit.commits();
        }
    }

    /** After a commit that failed without anybody knowing what became of it: makes sure that it is not there. */
    private void takeBack() throws SQLException {
        Unsettled commit = unsettled;
        if (commit == null) {
            return;
        }
        try (JdbcTransaction transaction = JdbcTransaction.writing(dataSource)) {
            Connection connection = transaction.connection();
            // One more than the commit's number when taking it back went through unseen the last time.
            if (lease.requireOwned(connection, token).commits() == commit.commits()) {
                lease.count(connection, token, commit.knownBefore());
                rows.store(connection, commit.before());
                transaction.commit();
                LOG.info("session '{}': a change that had failed was found in the database and taken back", sessionId);
            }
        }
        unsettled = null;
    }

    /** The session has to be closed after it: it would go on storing values as it was used to. */
    synchronized void changePassphrase(Optional<Passphrase> next) {
        requireOpen();
        if (!known) {
            throw trouble.nothingSaved();
        }
        Sealing changed = sealing.changedTo(sessionId, next);
        try (JdbcTransaction transaction = JdbcTransaction.writing(dataSource)) {
            Connection connection = transaction.connection();
            lease.count(connection, token, true);
            if (!changed.sameKeyAs(sealing)) {
                Map<Place, byte @Nullable []> values = new HashMap<>();
                rows.forEachStored(connection, (place, stored) -> values.put(place, rows.value(place, stored)));
                new JdbcRows(schema, sessionId, changed.cipher(), trouble).write(connection, values);
            }
            lease.seal(connection, changed.parameters());
            transaction.commit();
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    @Override
    public Optional<Duration> renewEvery() {
        return Optional.of(lease.length().dividedBy(3));
    }

    @Override
    public synchronized void renew() {
        requireOpen();
        try {
            try {
                renewNow();
            } catch (SQLException e) {
                if (!JdbcTrouble.connectionLost(e)) {
                    throw e;
                }
                renewNow();
            }
        } catch (SQLException e) {
            throw trouble.of(e);
        }
    }

    private void renewNow() throws SQLException {
        try (JdbcTransaction transaction = JdbcTransaction.writing(dataSource)) {
            lease.renew(transaction.connection(), token);
            transaction.commit();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            List.copyOf(reading).forEach(JdbcSnapshot::close);
            try (JdbcTransaction transaction = JdbcTransaction.writing(dataSource)) {
                lease.release(transaction.connection(), token);
                transaction.commit();
            } catch (SQLException | SessionStoreException e) {
                LOG.warn(
                        "session '{}': it could not be given up, nothing is lost: others may open it when its lease of"
                                + " {} s has ended: {}",
                        sessionId,
                        lease.length().toSeconds(),
                        e.getMessage());
            }
            lease.forget();
        }
        onClose.accept(this);
    }

    private static Set<Place> with(Place one, Set<Place> others) {
        Set<Place> all = new LinkedHashSet<>(others);
        all.add(one);
        return all;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("session '" + sessionId + "' is closed");
        }
    }
}
