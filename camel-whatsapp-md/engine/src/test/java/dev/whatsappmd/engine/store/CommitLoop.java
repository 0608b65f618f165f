package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.util.Random;

/**
 * Commits one numbered step after the other and says each number once it is acknowledged. A step touches several rows,
 * so that half a step shows: rows are put and older ones deleted by turns, and the credentials count it last.
 */
final class CommitLoop {
    private static final int KEPT_STEPS = 20;

    private CommitLoop() {}

    /** From the step after the last one, for so many steps. */
    static void run(StoredSession session, int steps, PrintStream out) {
        Credentials credentials;
        try (Snapshot snapshot = session.snapshot()) {
            credentials = SessionRows.credentials(snapshot).orElseGet(() -> TestCredentials.linked(new Random(1)));
        }
        int first = lastStep(credentials) + 1;
        for (int step = first; step < first + steps; step++) {
            ChangeSet changes = new ChangeSet();
            for (int row = 2 * step - 1; row <= 2 * step; row++) {
                changes.put(Table.PRE_KEYS, key(row), content(row));
                changes.delete(Table.PRE_KEYS, key(Math.max(0, row - 2 * KEPT_STEPS)));
            }
            credentials = credentials.toBuilder().nextPreKeyId(2 * step + 1).build();
            session.commit(SessionRows.putCredentials(changes, credentials));
            out.println(step);
            out.flush();
        }
    }

    /** The last step that was saved, having checked that it and all that should be left of those before is there. */
    static int verify(Snapshot snapshot) {
        Credentials credentials = SessionRows.credentials(snapshot).orElseThrow();
        assertThat(credentials.identityKey())
                .isEqualTo(TestCredentials.linked(new Random(1)).identityKey());
        int last = lastStep(credentials);
        int firstKept = Math.max(1, last - KEPT_STEPS + 1);
        assertThat(snapshot.count(Table.PRE_KEYS)).isEqualTo(2L * (last - firstKept + 1));
        for (int row = 2 * firstKept - 1; row <= 2 * last; row++) {
            assertThat(snapshot.get(Table.PRE_KEYS, key(row))).contains(content(row));
        }
        return last;
    }

    private static int lastStep(Credentials credentials) {
        return (credentials.nextPreKeyId() - 1) / 2;
    }

    private static String key(int row) {
        return String.format("%08d", row);
    }

    private static byte[] content(int row) {
        return TestCredentials.bytes(new Random(row), 10 + row % 500);
    }
}
