package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.whatsappmd.engine.postgres.CuttingProxy;
import dev.whatsappmd.engine.postgres.CuttingProxy.Cut;
import dev.whatsappmd.engine.postgres.Postgres;
import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** A connection that is lost, also while a commit is under way: what was said is what is there. */
class JdbcLostConnectionTest {
    @RegisterExtension
    static final Postgres POSTGRES = new Postgres();

    private final Credentials linked = TestCredentials.linked(new Random(3));
    private String schema;
    private CuttingProxy proxy;
    private SessionStore store;
    private StoredSession session;

    @BeforeEach
    void openASessionThroughTheProxy() throws IOException {
        PGSimpleDataSource direct = new PGSimpleDataSource();
        direct.setUrl(POSTGRES.url());
        proxy = new CuttingProxy(direct.getPortNumbers()[0]);
        PGSimpleDataSource proxied = new PGSimpleDataSource();
        proxied.setUrl(POSTGRES.url());
        proxied.setServerNames(new String[] {"127.0.0.1"});
        proxied.setPortNumbers(new int[] {proxy.port()});
        // So that the word is to be seen in each request.
        proxied.setPrepareThreshold(0);
        schema = POSTGRES.newSchema();
        store = new JdbcSessionStore(proxied, schema, Duration.ofMinutes(10), Optional.empty());
        session = store.open("shop");
        session.commit(SessionRows.putCredentials(new ChangeSet(), linked)
                .put(Table.PRE_KEYS, "old", new byte[] {1})
                .put(Table.PRE_KEYS, "other", new byte[] {1}));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        proxy.close();
    }

    @Test
    void acknowledgesACommitWhoseAnswerWasLost() {
        proxy.cutNextCommit(Cut.BEFORE_THE_ANSWER, false);
        session.commit(change());
        assertChanged();
        assertThat(commits()).isEqualTo(2);
    }

    @Test
    void commitsAgainWhenTheServerNeverHeardOfIt() {
        proxy.cutNextCommit(Cut.BEFORE_THE_SERVER, false);
        session.commit(change());
        assertChanged();
        assertThat(commits()).isEqualTo(2);
    }

    @Test
    void takesBackWhatHasFailedAndIsThereAllTheSame() {
        proxy.cutNextCommit(Cut.BEFORE_THE_ANSWER, true);
        assertUnknown();
        // It is there, and nobody knows: no answer can be had.
        Awaitility.await().until(() -> commits() == 2);
        assertThatExceptionOfType(SessionStoreException.class).isThrownBy(session::snapshot);
        assertThatExceptionOfType(SessionStoreException.class).isThrownBy(() -> session.commit(change()));
        proxy.allow();
        assertUnchanged();
        session.commit(change());
        assertChanged();
    }

    @Test
    void takesNothingBackWhenNothingIsThere() {
        proxy.cutNextCommit(Cut.BEFORE_THE_SERVER, true);
        assertUnknown();
        proxy.allow();
        assertUnchanged();
        assertThat(commits()).isEqualTo(1);
        session.commit(change());
        assertChanged();
    }

    @Test
    void takesBackOnceWhenThatAnswerIsLostToo() {
        proxy.cutNextCommit(Cut.BEFORE_THE_ANSWER, true);
        assertUnknown();
        Awaitility.await().until(() -> commits() == 2);
        proxy.allow();
        proxy.cutNextCommit(Cut.BEFORE_THE_ANSWER, true);
        assertThatExceptionOfType(SessionStoreException.class).isThrownBy(session::snapshot);
        Awaitility.await().until(() -> commits() == 3);
        proxy.allow();
        assertUnchanged();
        assertThat(commits()).isEqualTo(3);
    }

    @Test
    void leavesAloneWhatAnotherOwnerHasTakenOver() throws Exception {
        proxy.cutNextCommit(Cut.BEFORE_THE_ANSWER, true);
        assertUnknown();
        Awaitility.await().until(() -> commits() == 2);
        POSTGRES.execute("UPDATE " + schema + ".session SET expires = clock_timestamp()");
        try (SessionStore other =
                        new JdbcSessionStore(POSTGRES.dataSource(), schema, Duration.ofMinutes(10), Optional.empty());
                StoredSession theirs = other.open("shop");
                Snapshot snapshot = theirs.snapshot()) {
            assertThat(snapshot.get(Table.PRE_KEYS, "new")).isPresent();
            proxy.allow();
            assertThatExceptionOfType(SessionStoreException.class)
                    .isThrownBy(session::snapshot)
                    .extracting(SessionStoreException::reason)
                    .isEqualTo(Reason.FENCED);
        }
        assertThat(commits()).isEqualTo(2);
    }

    @Test
    void goesOnWithConnectionsThatWereLostInThePool() throws Exception {
        String place = POSTGRES.newSchema();
        try (SessionStore pooled =
                        new JdbcSessionStore(POSTGRES.pool(2), place, Duration.ofMinutes(10), Optional.empty());
                StoredSession inPool = pooled.open("shop")) {
            inPool.commit(SessionRows.putCredentials(new ChangeSet(), linked));
            for (String signal : new String[] {"INT", "QUIT"}) {
                POSTGRES.restart(signal);
                inPool.commit(new ChangeSet().put(Table.PRE_KEYS, signal, new byte[] {1}));
                inPool.renew();
                try (Snapshot snapshot = inPool.snapshot()) {
                    assertThat(snapshot.get(Table.PRE_KEYS, signal)).isPresent();
                }
            }
        }
    }

    @Test
    void losesNothingAcknowledgedWhenTheServerEndsInTheMiddle() throws Exception {
        String place = POSTGRES.newSchema();
        AtomicInteger acknowledged = new AtomicInteger();
        AtomicReference<Throwable> unexpected = new AtomicReference<>();
        try (SessionStore direct =
                        new JdbcSessionStore(POSTGRES.dataSource(), place, Duration.ofMinutes(10), Optional.empty());
                StoredSession busy = direct.open("shop")) {
            busy.commit(SessionRows.putCredentials(new ChangeSet(), linked));
            Thread writer = new Thread(() -> {
                for (int step = 1; step <= 10_000 && !Thread.currentThread().isInterrupted(); ) {
                    try {
                        busy.commit(new ChangeSet().put(Table.PRE_KEYS, String.format("%06d", step), new byte[] {1}));
                        acknowledged.set(step++);
                    } catch (SessionStoreException e) {
                        if (e.reason() != Reason.IO) {
                            unexpected.set(e);
                            return;
                        }
                    }
                }
            });
            writer.start();
            for (String signal : new String[] {"QUIT", "INT", "QUIT"}) {
                int before = acknowledged.get();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> !writer.isAlive() || acknowledged.get() >= before + 20);
                POSTGRES.restart(signal);
            }
            int before = acknowledged.get();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !writer.isAlive() || acknowledged.get() >= before + 20);
            writer.interrupt();
            writer.join(60_000);
            assertThat(unexpected.get()).isNull();
            try (Snapshot snapshot = busy.snapshot()) {
                assertThat(snapshot.count(Table.PRE_KEYS)).isEqualTo(acknowledged.get());
                assertThat(snapshot.get(Table.PRE_KEYS, String.format("%06d", acknowledged.get())))
                        .isPresent();
            }
        }
    }

    private static ChangeSet change() {
        return new ChangeSet()
                .put(Table.PRE_KEYS, "new", new byte[] {2})
                .put(Table.PRE_KEYS, "other", new byte[] {2})
                .delete(Table.PRE_KEYS, "old");
    }

    private void assertUnknown() {
        assertThatExceptionOfType(SessionStoreException.class)
                .isThrownBy(() -> session.commit(change()))
                .withMessageContaining(" was lost while a change was being saved (08")
                .withMessageEndingWith("it counts as not saved, and is taken back should the database have it; see that"
                        + " the database can be reached")
                .extracting(SessionStoreException::reason)
                .isEqualTo(Reason.IO);
    }

    private void assertChanged() {
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(snapshot.get(Table.PRE_KEYS, "new")).contains(new byte[] {2});
            assertThat(snapshot.get(Table.PRE_KEYS, "other")).contains(new byte[] {2});
            assertThat(snapshot.get(Table.PRE_KEYS, "old")).isEmpty();
        }
    }

    private void assertUnchanged() {
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(snapshot.get(Table.PRE_KEYS, "new")).isEmpty();
            assertThat(snapshot.get(Table.PRE_KEYS, "other")).contains(new byte[] {1});
            assertThat(snapshot.get(Table.PRE_KEYS, "old")).contains(new byte[] {1});
        }
    }

    private long commits() {
        try {
            return POSTGRES.number("SELECT commits FROM " + schema + ".session");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
