package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.postgres.Postgres;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract, kept by PostgreSQL behind a pool. */
class JdbcSessionStoreTest extends SessionStoreContract {
    @RegisterExtension
    static final Postgres POSTGRES = new Postgres();

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration SHORT_LEASE = Duration.ofSeconds(1);

    private String schema;
    private DataSource pool;

    @BeforeEach
    void choosePlace() {
        schema = POSTGRES.newSchema();
        pool = POSTGRES.pool(10);
    }

    @Override
    SessionStore newStore() {
        return new JdbcSessionStore(pool, schema, LEASE, Optional.empty());
    }

    /** As if the owner had stood still for longer than its lease. */
    @Override
    void takeOver(String sessionId) throws SQLException {
        POSTGRES.execute(
                "UPDATE " + schema + ".session SET expires = clock_timestamp() WHERE id = '" + sessionId + "'");
        try (SessionStore other = newStore()) {
            other.open(sessionId).close();
        }
    }

    @Override
    Process startCommitLoop(String sessionId, int steps) throws IOException {
        return JdbcChild.start("commit", POSTGRES.url(), schema, SHORT_LEASE, sessionId, Integer.toString(steps));
    }

    @Override
    StoredSession openAfterKill(SessionStore store, String sessionId) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsMatching(e -> e instanceof SessionStoreException trouble
                        && trouble.reason() == SessionStoreException.Reason.LOCKED)
                .until(() -> store.open(sessionId), opened -> true);
    }
}
