package dev.whatsappmd.engine.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.postgres.Postgres;
import dev.whatsappmd.engine.store.JdbcSessionStore;
import dev.whatsappmd.engine.store.Passphrase;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.engine.store.StoredSession;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class StoreToolTest {
    private static final String FOLDER =
            Path.of("src", "test", "resources", "baileys", "auth").toString();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    Path directory;

    @Test
    void importsEncryptsAndDecrypts() {
        String store = directory.toString();
        assertThat(run(Map.of(), "import", store, "moved", FOLDER)).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith(
                        "session 'moved' is in " + directory + ": 9 pre-keys, 3 sessions, 3 identities, 2 sender keys,"
                                + " 2 LIDs, 1 app state keys; 1 files were of no use.");
        assertThat(run(Map.of(StoreTool.NEW_PASSPHRASE, "one two"), "passphrase", store, "moved"))
                .isZero();
        assertThat(run(Map.of(), "passphrase", store, "moved")).isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("its values are encrypted: give the passphrase");
        assertHasCredentials(new SqliteSessionStore(directory, Optional.of(Passphrase.of("one two"))));
        assertThat(run(Map.of(StoreTool.PASSPHRASE, "one two"), "passphrase", store, "moved"))
                .isZero();
        assertHasCredentials(new SqliteSessionStore(directory));
    }

    @Test
    void saysInOneLineWhyItCannot() {
        assertThat(run(Map.of(), "import", directory.toString(), "moved", directory.toString()))
                .isEqualTo(1);
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .contains("is not an auth folder of Baileys");
    }

    @Test
    void saysHowItIsUsed() {
        assertThat(run(Map.of(), "import", "a")).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("usage: StoreTool import <store>");
    }

    @Nested
    class WithPostgres {
        @RegisterExtension
        static final Postgres POSTGRES = new Postgres();

        @Test
        void importsIntoADatabase() throws Exception {
            POSTGRES.useDefaultSchema();
            assertThat(run(Map.of(StoreTool.PASSPHRASE, "one two"), "import", POSTGRES.url(), "moved", FOLDER))
                    .as(() -> err.toString(StandardCharsets.UTF_8))
                    .isZero();
            assertHasCredentials(new JdbcSessionStore(
                    POSTGRES.dataSource(),
                    JdbcSessionStore.DEFAULT_SCHEMA,
                    JdbcSessionStore.DEFAULT_LEASE,
                    Optional.of(Passphrase.of("one two"))));
        }
    }

    private int run(Map<String, String> environment, String... args) {
        return StoreTool.run(
                args,
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static void assertHasCredentials(SessionStore place) {
        try (SessionStore store = place;
                StoredSession session = store.open("moved");
                Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.credentials(snapshot)).isPresent();
        }
    }
}
