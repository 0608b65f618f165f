package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;

import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import dev.whatsappmd.engine.store.Snapshot.Row;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every {@link SessionStore} has to do. A store's test extends this. */
abstract class SessionStoreContract {
    private static final int KILLS = 6;

    private final Random random = new Random(42);

    /** A store at this test's place; two of them are two owners. */
    abstract SessionStore newStore();

    /** Another owner opens the session although it is in use, as after a lock that was lost, and gives it up again. */
    abstract void takeOver(String sessionId) throws Exception;

    /** Starts a process that opens the session at this test's place and runs a {@link CommitLoop} with its output. */
    abstract Process startCommitLoop(String sessionId, int steps) throws Exception;

    @Test
    void beginsEmptyWhenThereHasNeverBeenASession() {
        try (SessionStore store = newStore();
                StoredSession session = store.open("shop");
                Snapshot snapshot = session.snapshot()) {
            assertThat(session.sessionId()).isEqualTo("shop");
            assertThat(SessionRows.credentials(snapshot)).isEmpty();
            assertThat(snapshot.get(Table.PRE_KEYS, "1")).isEmpty();
            assertThat(snapshot.scan(Table.PRE_KEYS, "", 10)).isEmpty();
            assertThat(snapshot.count(Table.CREDENTIALS)).isZero();
        }
    }

    @Test
    void beginsEmptyAgainWhenNothingWasSaved() {
        try (SessionStore store = newStore()) {
            store.open("shop").close();
            try (StoredSession session = store.open("shop");
                    Snapshot snapshot = session.snapshot()) {
                assertThat(SessionRows.credentials(snapshot)).isEmpty();
            }
        }
    }

    @Test
    void hasWhatWasCommittedWhenOpenedAgain() {
        Credentials credentials = TestCredentials.linked(random);
        byte[] large = TestCredentials.bytes(random, 3_000_000);
        try (SessionStore store = newStore();
                StoredSession session = store.open("shop")) {
            session.commit(SessionRows.putCredentials(new ChangeSet(), credentials)
                    .put(Table.PRE_KEYS, "empty", new byte[0])
                    .put(Table.PRE_KEYS, "large", large)
                    .put(Table.PRE_KEYS, "straße/😀 '\"%", new byte[] {1}));
        }
        try (SessionStore store = newStore();
                StoredSession session = store.open("shop");
                Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.credentials(snapshot).orElseThrow())
                    .usingRecursiveComparison()
                    .isEqualTo(credentials);
            assertThat(snapshot.get(Table.PRE_KEYS, "empty")).contains(new byte[0]);
            assertThat(snapshot.get(Table.PRE_KEYS, "large")).contains(large);
            assertThat(snapshot.get(Table.PRE_KEYS, "straße/😀 '\"%")).contains(new byte[] {1});
            assertThat(snapshot.count(Table.PRE_KEYS)).isEqualTo(3);
        }
    }

    @Test
    void letsTheLaterChangeOfARowWin() {
        try (SessionStore store = newStore();
                StoredSession session = begun(store, "shop")) {
            session.commit(new ChangeSet()
                    .put(Table.PRE_KEYS, "a", new byte[] {1})
                    .put(Table.PRE_KEYS, "b", new byte[] {1})
                    .delete(Table.PRE_KEYS, "a")
                    .put(Table.PRE_KEYS, "b", new byte[] {2})
                    .delete(Table.PRE_KEYS, "c")
                    .put(Table.PRE_KEYS, "c", new byte[] {3}));
            try (Snapshot snapshot = session.snapshot()) {
                assertThat(snapshot.get(Table.PRE_KEYS, "a")).isEmpty();
                assertThat(snapshot.get(Table.PRE_KEYS, "b")).contains(new byte[] {2});
                assertThat(snapshot.get(Table.PRE_KEYS, "c")).contains(new byte[] {3});
            }
        }
    }

    @Test
    void takesManyPreKeysInOneCommit() {
        List<PreKey> preKeys = TestCredentials.preKeys(random, 1, 5000);
        try (SessionStore store = newStore();
                StoredSession session = begun(store, "shop")) {
            session.commit(SessionRows.putPreKeys(new ChangeSet(), preKeys));
            try (Snapshot snapshot = session.snapshot()) {
                assertThat(SessionRows.preKeys(snapshot)).isEqualTo(preKeys);
            }
        }
    }

    @Test
    void scansInCodePointOrderPageByPage() {
        List<String> ordered = List.of("1", "10", "2", "A", "a", "aa", "z", "ä", "中", "\uFF21", "😀");
        try (SessionStore store = newStore();
                StoredSession session = begun(store, "shop")) {
            ChangeSet changes = new ChangeSet();
            for (int i = ordered.size() - 1; i >= 0; i--) {
                changes.put(Table.PRE_KEYS, ordered.get(i), new byte[] {(byte) i});
            }
            session.commit(changes);
            try (Snapshot snapshot = session.snapshot()) {
                for (int limit = 1; limit <= ordered.size() + 1; limit++) {
                    assertThat(scanAll(snapshot, limit)).isEqualTo(ordered);
                }
                assertThat(snapshot.scan(Table.PRE_KEYS, "10", 2))
                        .extracting(Row::key)
                        .containsExactly("2", "A");
                assertThat(snapshot.scan(Table.PRE_KEYS, "b", 1))
                        .extracting(Row::key, row -> row.value()[0])
                        .containsExactly(tuple("z", (byte) 6));
                assertThat(snapshot.scan(Table.PRE_KEYS, "😀", 1)).isEmpty();
                assertThatIllegalArgumentException().isThrownBy(() -> snapshot.scan(Table.PRE_KEYS, "", 0));
            }
        }
    }

    @Test
    void listsKeysAndGivesRawValues() {
        try (SessionStore store = newStore();
                StoredSession session = begun(store, "shop")) {
            session.commit(new ChangeSet()
                    .put(Table.SESSIONS, "b", new byte[] {2})
                    .put(Table.SESSIONS, "a", new byte[] {1})
                    .put(Table.IDENTITIES, "c", new byte[] {3}));
            try (Snapshot snapshot = session.snapshot()) {
                assertThat(snapshot.keys(Table.SESSIONS, "", 10)).containsExactly("a", "b");
                assertThat(snapshot.keys(Table.SESSIONS, "", 1)).containsExactly("a");
                assertThat(snapshot.keys(Table.SESSIONS, "a", 10)).containsExactly("b");
                assertThat(snapshot.raw(Table.SESSIONS, "b")).contains(new byte[] {2});
                assertThat(snapshot.raw(Table.SESSIONS, "c")).isEmpty();
            }
        }
    }

    @Test
    void keepsASnapshotAsItWas() {
        try (SessionStore store = newStore();
                StoredSession session = begun(store, "shop")) {
            session.commit(
                    new ChangeSet().put(Table.PRE_KEYS, "a", new byte[] {1}).put(Table.PRE_KEYS, "b", new byte[] {1}));
            try (Snapshot before = session.snapshot()) {
                session.commit(new ChangeSet()
                        .put(Table.PRE_KEYS, "a", new byte[] {2})
                        .delete(Table.PRE_KEYS, "b")
                        .put(Table.PRE_KEYS, "c", new byte[] {2}));
                try (Snapshot after = session.snapshot()) {
                    assertThat(before.get(Table.PRE_KEYS, "a")).contains(new byte[] {1});
                    assertThat(before.scan(Table.PRE_KEYS, "", 9))
                            .extracting(Row::key)
                            .containsExactly("a", "b");
                    assertThat(before.count(Table.PRE_KEYS)).isEqualTo(2);
                    assertThat(after.get(Table.PRE_KEYS, "a")).contains(new byte[] {2});
                    assertThat(after.scan(Table.PRE_KEYS, "", 9))
                            .extracting(Row::key)
                            .containsExactly("a", "c");
                }
            }
        }
    }

    @Test
    void showsOnlyWholeCommitsToSnapshotsOfOtherThreads() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(2);
        try (SessionStore store = newStore();
                StoredSession session = begun(store, "shop")) {
            session.commit(pair(0));
            Callable<Integer> read = () -> {
                int last = 0;
                while (!done.get()) {
                    try (Snapshot snapshot = session.snapshot()) {
                        int left = snapshot.get(Table.PRE_KEYS, "left").orElseThrow()[0];
                        Thread.yield();
                        int right = snapshot.get(Table.PRE_KEYS, "right").orElseThrow()[0];
                        assertThat(right).isEqualTo(left).isGreaterThanOrEqualTo(last);
                        last = left;
                    }
                }
                return last;
            };
            List<Future<Integer>> results = List.of(readers.submit(read), readers.submit(read));
            for (int i = 1; i <= 100; i++) {
                session.commit(pair(i));
            }
            done.set(true);
            for (Future<Integer> result : results) {
                assertThat(result.get(30, TimeUnit.SECONDS)).isBetween(0, 100);
            }
        } finally {
            done.set(true);
            readers.shutdownNow();
        }
    }

    @Test
    void keepsSessionsApartThatAreUsedAtOnce() throws Exception {
        int sessions = 8;
        ExecutorService threads = Executors.newFixedThreadPool(sessions);
        try (SessionStore store = newStore()) {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < sessions; i++) {
                String name = "shop-" + i;
                byte[] mine = {(byte) i};
                running.add(threads.submit(() -> {
                    try (StoredSession session = begun(store, name)) {
                        for (int n = 0; n < 25; n++) {
                            session.commit(new ChangeSet().put(Table.PRE_KEYS, "k" + n, mine));
                        }
                    }
                }));
            }
            for (Future<?> one : running) {
                one.get(60, TimeUnit.SECONDS);
            }
            for (int i = 0; i < sessions; i++) {
                byte[] mine = {(byte) i};
                try (StoredSession session = store.open("shop-" + i);
                        Snapshot snapshot = session.snapshot()) {
                    assertThat(snapshot.scan(Table.PRE_KEYS, "", 100))
                            .hasSize(25)
                            .allSatisfy(row -> assertThat(row.value()).isEqualTo(mine));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void letsOneOwnerHaveASession() {
        try (SessionStore store = newStore();
                SessionStore other = newStore()) {
            StoredSession session = store.open("shop");
            assertTrouble(Reason.LOCKED, () -> store.open("shop"));
            assertTrouble(Reason.LOCKED, () -> other.open("shop"));
            other.open("other").close();
            session.commit(SessionRows.putCredentials(new ChangeSet(), TestCredentials.linked(random)));
            session.close();
            session.close();
            try (StoredSession next = other.open("shop")) {
                assertThat(next.fencingToken()).isGreaterThan(session.fencingToken());
                assertTrouble(Reason.LOCKED, () -> store.open("shop"));
            }
        }
    }

    @Test
    void letsOneOfManyOpenersWin() throws Exception {
        int openers = 8;
        ExecutorService threads = Executors.newFixedThreadPool(openers);
        CountDownLatch start = new CountDownLatch(1);
        try (SessionStore store = newStore()) {
            List<Future<StoredSession>> results = new ArrayList<>();
            for (int i = 0; i < openers; i++) {
                results.add(threads.submit(() -> {
                    start.await();
                    return store.open("shop");
                }));
            }
            start.countDown();
            List<StoredSession> winners = new ArrayList<>();
            List<Throwable> losers = new ArrayList<>();
            for (Future<StoredSession> result : results) {
                try {
                    winners.add(result.get(60, TimeUnit.SECONDS));
                } catch (ExecutionException e) {
                    losers.add(e.getCause());
                }
            }
            assertThat(winners).hasSize(1);
            assertThat(losers).hasSize(openers - 1).allSatisfy(loser -> assertThat(loser)
                    .isInstanceOfSatisfying(SessionStoreException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.LOCKED)));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void refusesCommitsOfAnOwnerThatWasReplaced() throws Exception {
        try (SessionStore store = newStore()) {
            StoredSession session = begun(store, "shop");
            takeOver("shop");
            assertTrouble(
                    Reason.FENCED, () -> session.commit(new ChangeSet().put(Table.PRE_KEYS, "late", new byte[] {1})));
            session.close();
            try (StoredSession next = store.open("shop");
                    Snapshot snapshot = next.snapshot()) {
                assertThat(next.fencingToken()).isGreaterThan(session.fencingToken() + 1);
                assertThat(snapshot.count(Table.PRE_KEYS)).isZero();
                assertThat(SessionRows.credentials(snapshot)).isPresent();
            }
        }
    }

    @Test
    void refusesToDeleteCredentials() {
        try (SessionStore store = newStore();
                StoredSession session = begun(store, "shop")) {
            ChangeSet changes = new ChangeSet()
                    .put(Table.PRE_KEYS, "a", new byte[] {1})
                    .delete(Table.CREDENTIALS, SessionRows.SELF);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> session.commit(changes))
                    .withMessage("credentials are never deleted: mark them revoked");
            assertOnlyCredentials(session);
        }
    }

    @Test
    void refusesRowsWithoutCredentials() {
        try (SessionStore store = newStore();
                StoredSession session = store.open("shop")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> session.commit(new ChangeSet().put(Table.PRE_KEYS, "a", new byte[] {1})))
                    .withMessage("the first rows of a session have to include its credentials");
            session.commit(new ChangeSet());
            try (Snapshot snapshot = session.snapshot()) {
                assertThat(snapshot.count(Table.PRE_KEYS)).isZero();
            }
        }
    }

    @Test
    void refusesAnotherIdentityInThePlaceOfALinkedOne() {
        Credentials linked = TestCredentials.linked(random);
        Credentials another = TestCredentials.fresh(random);
        try (SessionStore store = newStore();
                StoredSession session = store.open("shop")) {
            session.commit(SessionRows.putCredentials(new ChangeSet(), linked));
            ChangeSet replace =
                    SessionRows.putCredentials(new ChangeSet().put(Table.PRE_KEYS, "a", new byte[] {1}), another);
            assertThatIllegalStateException()
                    .isThrownBy(() -> session.commit(replace))
                    .withMessage("the stored identity is linked to an account and is not replaced by a new one:"
                            + " log it out first");
            assertOnlyCredentials(session);

            session.commit(SessionRows.putCredentials(new ChangeSet(), TestCredentials.revoked(linked)));
            session.commit(replace);
            try (Snapshot snapshot = session.snapshot()) {
                assertThat(SessionRows.credentials(snapshot).orElseThrow().identityKey())
                        .isEqualTo(another.identityKey());
            }
        }
    }

    @Test
    void refusesWorkAfterClose() {
        try (SessionStore store = newStore()) {
            StoredSession session = begun(store, "shop");
            Snapshot snapshot = session.snapshot();
            snapshot.close();
            snapshot.close();
            assertThatIllegalStateException().isThrownBy(() -> snapshot.count(Table.PRE_KEYS));
            session.close();
            assertThatIllegalStateException().isThrownBy(session::snapshot);
            assertThatIllegalStateException().isThrownBy(() -> session.commit(new ChangeSet()));
        }
    }

    @Test
    void givesUpASessionAlsoWithASnapshotOpen() {
        try (SessionStore store = newStore()) {
            StoredSession session = begun(store, "shop");
            Snapshot snapshot = session.snapshot();
            session.close();
            store.open("shop").close();
            snapshot.close();
        }
    }

    @Test
    void closesItsSessionsWithItself() {
        SessionStore store = newStore();
        store.open("shop");
        store.close();
        try (SessionStore other = newStore()) {
            other.open("shop").close();
        }
    }

    @Test
    void losesNothingAcknowledgedWhenTheProcessIsKilled() throws Exception {
        int acknowledged = 0;
        for (int round = 1; round <= KILLS; round++) {
            int killAfter = acknowledged + 1 + random.nextInt(150);
            Process child = startCommitLoop("shop", 1_000_000);
            try (BufferedReader out = child.inputReader(StandardCharsets.US_ASCII)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    if (line.matches("[0-9]+")) {
                        acknowledged = Integer.parseInt(line);
                        if (acknowledged == killAfter) {
                            spin(random.nextInt(2_000_000));
                            // By its handle: what it has said until then can still be read.
                            child.toHandle().destroyForcibly();
                        }
                    }
                }
            } finally {
                child.destroyForcibly().waitFor();
            }
            assertThat(acknowledged).as("round %d", round).isGreaterThanOrEqualTo(killAfter);
            try (SessionStore store = newStore();
                    StoredSession session = openAfterKill(store, "shop");
                    Snapshot snapshot = session.snapshot()) {
                assertThat(CommitLoop.verify(snapshot))
                        .as("round %d, killed after %d", round, killAfter)
                        .isBetween(acknowledged, acknowledged + 1);
            }
        }
    }

    /** A store whose owner is gone without a word may keep the session for a while; it says so. */
    StoredSession openAfterKill(SessionStore store, String sessionId) {
        return store.open(sessionId);
    }

    /** Lets the other process get to some place within one of its next steps. */
    private static void spin(long nanos) {
        long until = System.nanoTime() + nanos;
        while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
    }

    /** An open session that has credentials and nothing else. */
    StoredSession begun(SessionStore store, String sessionId) {
        StoredSession session = store.open(sessionId);
        session.commit(SessionRows.putCredentials(new ChangeSet(), TestCredentials.linked(new Random(7))));
        return session;
    }

    static void assertTrouble(Reason reason, ThrowingCallable call) {
        assertThatExceptionOfType(SessionStoreException.class)
                .isThrownBy(call)
                .extracting(SessionStoreException::reason)
                .isEqualTo(reason);
    }

    private static void assertOnlyCredentials(StoredSession session) {
        try (Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.credentials(snapshot)).isPresent();
            assertThat(snapshot.count(Table.PRE_KEYS)).isZero();
        }
    }

    private static ChangeSet pair(int n) {
        return new ChangeSet()
                .put(Table.PRE_KEYS, "left", new byte[] {(byte) n})
                .delete(Table.PRE_KEYS, "between")
                .put(Table.PRE_KEYS, "right", new byte[] {(byte) n});
    }

    private static List<String> scanAll(Snapshot snapshot, int limit) {
        List<String> keys = new ArrayList<>();
        String after = "";
        while (true) {
            List<Row> page = snapshot.scan(Table.PRE_KEYS, after, limit);
            if (page.isEmpty()) {
                return keys;
            }
            assertThat(page).hasSizeLessThanOrEqualTo(limit);
            page.forEach(row -> keys.add(row.key()));
            after = page.get(page.size() - 1).key();
        }
    }
}
