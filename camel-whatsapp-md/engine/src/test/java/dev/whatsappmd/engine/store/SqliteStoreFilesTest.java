package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files there are, how they are called and who may read them. */
class SqliteStoreFilesTest {
    @TempDir
    Path temporary;

    private final Credentials linked = TestCredentials.linked(new Random(3));

    @ParameterizedTest
    @CsvSource({
        "shop, shop",
        "shop-1_b.eu, shop-1_b.eu",
        "Shop, %53hop",
        "a/b, a%2fb",
        "../up, %2e.%2fup",
        "..., %2e..",
        "50%, 50%25",
        "ä, %c3%a4",
        "two words, two%20words",
        "con, %63on",
        "nul.eu, %6eul.eu",
        "lpt1, %6cpt1",
        "console, console"
    })
    void namesFilesSafely(String sessionId, String fileName) {
        assertThat(SessionFiles.fileName(sessionId)).isEqualTo(fileName);
    }

    @Test
    void neverNamesTwoSessionsAlike() {
        List<String> sessions = List.of(
                "shop", "Shop", "SHOP", "sho%70", "shop.", ".shop", "s/hop", "s\\hop", "%53hop", "con", "%63on");
        Set<String> names = new HashSet<>();
        for (String session : sessions) {
            names.add(SessionFiles.fileName(session).toLowerCase(Locale.ROOT));
        }
        assertThat(names).hasSameSizeAs(sessions);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void refusesBlankNames(String sessionId) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SqliteSessionStore(temporary).open(sessionId))
                .withMessage("a session needs a name, not '" + sessionId + "'");
    }

    @Test
    void refusesNamesTooLongForAFile() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SqliteSessionStore(temporary).open("ä".repeat(34)))
                .withMessage("the session's name is too long: as a file name it has 204 characters, at most 200 fit");
    }

    @Test
    void opensSessionsOfAnyNameInDirectoriesOfAnyName() throws IOException {
        Path directory = temporary.resolve("where? 100% #1 ä");
        List<String> names = List.of("a/b", "../up", "?mode=memory", "50%", "ä ö", "#", "x".repeat(200));
        try (SessionStore store = new SqliteSessionStore(directory)) {
            for (String name : names) {
                store.open(name).commit(SessionRows.putCredentials(new ChangeSet(), linked));
            }
        }
        try (SessionStore store = new SqliteSessionStore(directory)) {
            for (String name : names) {
                try (Snapshot snapshot = store.open(name).snapshot()) {
                    assertThat(SessionRows.credentials(snapshot)).isPresent();
                }
            }
        }
        assertThat(names(directory).stream().filter(name -> name.endsWith(".db")))
                .hasSameSizeAs(names);
        assertThat(names(temporary)).containsExactly(directory.getFileName().toString());
    }

    @Test
    void keepsDirectoryAndFilesForTheirOwner() throws IOException {
        assumePosix();
        Path directory = temporary.resolve("a/b/store");
        try (SessionStore store = new SqliteSessionStore(directory);
                StoredSession session = store.open("shop")) {
            assertOwnerOnly(directory, Set.of("shop.db", "shop.db-wal", "shop.db-shm", "shop.lock"));
            session.commit(SessionRows.putCredentials(new ChangeSet(), linked));
            session.snapshot().close();
            assertOwnerOnly(directory, Set.of("shop.db", "shop.db-wal", "shop.db-shm", "shop.lock", "shop.known"));
        }
        assertOwnerOnly(directory, Set.of("shop.db", "shop.lock", "shop.known"));
        assertThat(permissions(directory)).isEqualTo("rwx------");
    }

    @Test
    void takesTheRightsOfOthersFromADatabaseThatWasPutThere() throws IOException {
        assumePosix();
        try (SessionStore store = new SqliteSessionStore(temporary)) {
            String before = permissions(temporary);
            store.open("shop").close();
            Files.setPosixFilePermissions(temporary.resolve("shop.db"), PosixFilePermissions.fromString("rw-rw-rw-"));
            store.open("shop");
            assertOwnerOnly(temporary, Set.of("shop.db", "shop.db-wal", "shop.db-shm", "shop.lock"));
            assertThat(permissions(temporary)).isEqualTo(before);
        }
    }

    @Test
    void beginsOverAnEmptyFileWhenNothingWasEverSaved() throws IOException {
        Files.createFile(temporary.resolve("shop.db"));
        try (SessionStore store = new SqliteSessionStore(temporary);
                StoredSession session = store.open("shop")) {
            session.commit(SessionRows.putCredentials(new ChangeSet(), linked));
        }
        assertThat(temporary.resolve("shop.known")).hasContent("""
                A session is stored in shop.db. Without it this file stops a new identity.
                owner 1
                """);
    }

    @Test
    void marksASessionAsKnownAgainWhenTheMarkIsGone() throws IOException {
        Path known = temporary.resolve("shop.known");
        try (SessionStore store = new SqliteSessionStore(temporary)) {
            try (StoredSession session = store.open("shop")) {
                assertThat(known).doesNotExist();
                session.commit(SessionRows.putCredentials(new ChangeSet(), linked));
                assertThat(known).exists();
            }
            Files.delete(known);
            store.open("shop").close();
            assertThat(known).content().contains("owner 2");
            Files.writeString(known, "nonsense");
            store.open("shop").close();
            assertThat(known).content().contains("owner 3");
        }
        assertThat(names(temporary)).containsExactlyInAnyOrder("shop.db", "shop.lock", "shop.known");
    }

    /** No test can cut the power; so the settings that a commit's durability rests on are pinned. */
    @Test
    void writesThroughToTheDisk() throws SQLException {
        Path db = temporary.resolve("shop.db");
        try (SessionStore store = new SqliteSessionStore(temporary)) {
            store.open("shop");
            try (Connection writer = SqliteConnections.writer(db)) {
                assertThat(SqliteSchema.text(writer, "PRAGMA journal_mode")).isEqualTo("wal");
                assertThat(SqliteSchema.text(writer, "PRAGMA synchronous")).isEqualTo("2");
                assertThat(SqliteSchema.text(writer, "PRAGMA fullfsync")).isEqualTo("1");
                assertThat(SqliteSchema.text(writer, "PRAGMA secure_delete")).isEqualTo("1");
            }
        }
    }

    @Test
    void worksInSeveralProcessesAtOnce() throws Exception {
        Path directory = temporary.resolve("store");
        List<Process> children = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                children.add(SqliteChild.start(SqliteChild.command("commit", directory, "shop-" + i, "20")));
            }
            for (Process child : children) {
                try (BufferedReader out = child.inputReader(StandardCharsets.UTF_8)) {
                    assertThat(SqliteChild.readUntil(out, "done")).hasSize(22);
                    child.getOutputStream().close();
                    assertThat(child.waitFor()).isZero();
                }
            }
        } finally {
            children.forEach(Process::destroyForcibly);
        }
        try (SessionStore store = new SqliteSessionStore(directory)) {
            for (int i = 0; i < 3; i++) {
                try (Snapshot snapshot = store.open("shop-" + i).snapshot()) {
                    assertThat(CommitLoop.verify(snapshot)).isEqualTo(20);
                }
            }
        }
    }

    private static void assumePosix() {
        assumeThat(Path.of("").getFileSystem().supportedFileAttributeViews()).contains("posix");
    }

    private static void assertOwnerOnly(Path directory, Set<String> files) throws IOException {
        assertThat(names(directory)).containsExactlyInAnyOrderElementsOf(files);
        for (String file : files) {
            assertThat(permissions(directory.resolve(file))).as(file).isEqualTo("rw-------");
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
