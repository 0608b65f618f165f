package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import dev.whatsappmd.engine.store.Snapshot.Row;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Torn and damaged files: the session is there as it was, or there is a clear error. Never is it empty. */
class SqliteStoreDamageTest {
    private static final Set<Reason> CLEAR =
            EnumSet.of(Reason.CORRUPT, Reason.MISSING, Reason.NEWER, Reason.READ_ONLY, Reason.IO);
    private static final int PAGE = 4096;

    @TempDir
    Path temporary;

    private final Random random = new Random(11);
    private final Map<Reason, Integer> errors = new EnumMap<>(Reason.class);
    private int intact;
    private int cases;

    @Test
    void opensATruncatedDatabaseOnlyWhenNothingIsMissing() throws IOException {
        Path source = closedSession();
        List<String> expected = dump(source);
        byte[] db = Files.readAllBytes(source.resolve("shop.db"));
        check("undamaged", source, db, expected);
        assertThat(intact).isEqualTo(1);
        Set<Integer> lengths = new TreeSet<>(List.of(0, 1, 15, 16, 99, 100, db.length - 1));
        for (int length = 512; length < db.length; length += 512) {
            lengths.add(length);
        }
        for (int i = 0; i < 40; i++) {
            lengths.add(random.nextInt(db.length));
        }
        for (int length : lengths) {
            check("cut to " + length, source, Arrays.copyOf(db, length), expected);
        }
        assertThat(intact).isEqualTo(1);
        assertThat(errors).containsOnlyKeys(Reason.CORRUPT);
    }

    @Test
    void opensADatabaseWithAFlippedBitOnlyAsItWas() throws IOException {
        Path source = closedSession();
        List<String> expected = dump(source);
        byte[] db = Files.readAllBytes(source.resolve("shop.db"));
        check("undamaged", source, db, expected);
        assertThat(intact).isEqualTo(1);
        Set<Integer> offsets = new TreeSet<>();
        for (int page = 0; page < db.length; page += PAGE) {
            // The file's and the pages' headers and the beginning of their cell pointers.
            for (int offset = 0; offset < (page == 0 ? 140 : 30); offset++) {
                offsets.add(page + offset);
            }
        }
        for (int i = 0; i < 400; i++) {
            offsets.add(random.nextInt(db.length));
        }
        for (int offset : offsets) {
            int bit = random.nextInt(8);
            byte[] damaged = db.clone();
            damaged[offset] ^= (byte) (1 << bit);
            check("bit " + bit + " of byte " + offset, source, damaged, expected);
        }
        assertThat(errors).containsKey(Reason.CORRUPT);
    }

    @Test
    void opensADatabaseWithALostPageOnlyAsItWas() throws IOException {
        Path source = closedSession();
        List<String> expected = dump(source);
        byte[] db = Files.readAllBytes(source.resolve("shop.db"));
        check("undamaged", source, db, expected);
        assertThat(intact).isEqualTo(1);
        for (int page = 0; page < db.length; page += PAGE) {
            byte[] zeroed = db.clone();
            Arrays.fill(zeroed, page, page + PAGE, (byte) 0);
            check("page at " + page + " zeroed", source, zeroed, expected);
            byte[] repeated = db.clone();
            System.arraycopy(db, (page + PAGE) % db.length, repeated, page, PAGE);
            check("page at " + page + " replaced by the next", source, repeated, expected);
        }
        assertThat(errors).containsKey(Reason.CORRUPT);
    }

    /** A row of one address is that address's trouble: the session opens, and the row can be put aside. */
    @Test
    void opensWithADamagedRowOfOneAddress() throws Exception {
        try (SessionStore store = new SqliteSessionStore(temporary);
                StoredSession session = store.open("shop")) {
            session.commit(SessionRows.putCredentials(new ChangeSet(), TestCredentials.linked(random))
                    .put(Table.SESSIONS, "4915550001234.0", new byte[] {1, 2, 3})
                    .put(Table.SESSIONS, "4915550005555.0", new byte[] {4, 5, 6}));
        }
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + temporary.resolve("shop.db"));
                Statement statement = connection.createStatement()) {
            int changed = statement.executeUpdate(
                    "UPDATE entry SET value = x'010203ff' WHERE kind = 'SESSIONS' AND key = '4915550001234.0'");
            assertThat(changed).isEqualTo(1);
        }
        try (SessionStore store = new SqliteSessionStore(temporary);
                StoredSession session = store.open("shop");
                Snapshot snapshot = session.snapshot()) {
            assertThatThrownBy(() -> snapshot.get(Table.SESSIONS, "4915550001234.0"))
                    .isInstanceOfSatisfying(SessionStoreException.class, e -> assertThat(e.reason())
                            .isEqualTo(Reason.CORRUPT))
                    .hasMessageContaining("SESSIONS/…1234.0")
                    .hasMessageNotContaining("4915550001234");
            assertThat(snapshot.keys(Table.SESSIONS, "", 10)).containsExactly("4915550001234.0", "4915550005555.0");
            assertThat(snapshot.raw(Table.SESSIONS, "4915550001234.0")).contains(new byte[] {1, 2, 3, -1});
            assertThat(snapshot.get(Table.SESSIONS, "4915550005555.0")).contains(new byte[] {4, 5, 6});
        }
    }

    /** After a kill: what SQLite cannot use of its log it leaves out, but the identity stays or there is an error. */
    @Test
    void opensATornLogOnlyWithTheIdentityAndWholeCommits() throws Exception {
        Path source = killedSession();
        byte[] wal = Files.readAllBytes(source.resolve("shop.db-wal"));
        assertThat(wal.length).isGreaterThan(10 * PAGE);
        Set<Integer> offsets = new TreeSet<>(List.of(0, 1, 31, 32));
        for (int i = 0; i < 80; i++) {
            offsets.add(random.nextInt(wal.length));
        }
        Set<Integer> steps = new TreeSet<>();
        for (int offset : offsets) {
            byte[] flipped = wal.clone();
            flipped[offset] ^= 0x10;
            for (byte[] damaged : List.of(Arrays.copyOf(wal, offset), flipped)) {
                Path copy = copy(source);
                Files.write(copy.resolve("shop.db-wal"), damaged);
                try (SessionStore store = new SqliteSessionStore(copy);
                        StoredSession session = store.open("shop");
                        Snapshot snapshot = session.snapshot()) {
                    steps.add(CommitLoop.verify(snapshot));
                } catch (SessionStoreException e) {
                    assertThat(CLEAR)
                            .as("offset " + offset + ": " + e.getMessage())
                            .contains(e.reason());
                    errors.merge(e.reason(), 1, Integer::sum);
                }
            }
        }
        assertThat(steps).allSatisfy(step -> assertThat(step).isBetween(1, 30)).hasSizeGreaterThan(5);
        assertThat(errors).containsKey(Reason.CORRUPT);
    }

    private void check(String what, Path source, byte[] db, List<String> expected) throws IOException {
        Path copy = copy(source);
        Files.write(copy.resolve("shop.db"), db);
        try {
            assertThat(dump(copy)).as(what).isEqualTo(expected);
            intact++;
        } catch (SessionStoreException e) {
            assertThat(CLEAR).as(what + ": " + e.getMessage()).contains(e.reason());
            errors.merge(e.reason(), 1, Integer::sum);
        }
    }

    private Path copy(Path source) throws IOException {
        Path copy = Files.createDirectory(temporary.resolve("case-" + cases++));
        for (String file : List.of("shop.db", "shop.db-wal", "shop.known")) {
            if (Files.exists(source.resolve(file))) {
                Files.copy(source.resolve(file), copy.resolve(file));
            }
        }
        return copy;
    }

    private Path closedSession() {
        Path directory = temporary.resolve("whole");
        try (SessionStore store = new SqliteSessionStore(directory);
                StoredSession session = store.open("shop")) {
            session.commit(SessionRows.putPreKeys(
                    SessionRows.putCredentials(new ChangeSet(), TestCredentials.linked(random)),
                    TestCredentials.preKeys(random, 1, 120)));
            // A page of its own for one value, and some free space.
            session.commit(new ChangeSet().put(Table.PRE_KEYS, "x", TestCredentials.bytes(random, 9000)));
            session.commit(SessionRows.deletePreKey(new ChangeSet(), 50));
        }
        return directory;
    }

    private Path killedSession() throws Exception {
        Path directory = temporary.resolve("whole");
        Process child = SqliteChild.start(SqliteChild.command("commit", directory, "shop", "30"));
        try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
            SqliteChild.readUntil(out, "done");
        } finally {
            child.destroyForcibly().waitFor();
        }
        return directory;
    }

    /** Everything a session can read. */
    private static List<String> dump(Path directory) {
        try (SessionStore store = new SqliteSessionStore(directory);
                StoredSession session = store.open("shop");
                Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.credentials(snapshot)).isPresent();
            List<String> rows = new ArrayList<>();
            for (Table table : Table.values()) {
                for (Row row : snapshot.scan(table, "", 1000)) {
                    assertThat(snapshot.get(table, row.key())).contains(row.value());
                    rows.add(table + "/" + row.key() + "=" + Arrays.toString(row.value()));
                }
                rows.add(table + " " + snapshot.count(table));
            }
            return rows;
        }
    }
}
