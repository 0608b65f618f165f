package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.postgres.Postgres;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Where sessions are kept: the directory, a bean, a database; encrypted or not. */
class StoreOptionTest {
    @TempDir
    Path directory;

    private final LocalWhatsAppServer server = LocalWhatsAppServer.start();

    @AfterEach
    void stop() {
        server.awaitAllClosed(RunningRoutes.LIMIT);
        server.close();
    }

    @Test
    void aPassphraseEncryptsTheDirectory() throws Exception {
        String encrypted = route("storePassphrase=RAW(one two)");
        try (RunningRoutes routes = RunningRoutes.onServer(server, directory)) {
            routes.start(encrypted).link();
        }
        try (RunningRoutes routes = RunningRoutes.onServer(server, directory)) {
            routes.start(encrypted).awaitPhase("open");
        }
        for (String wrong : new String[] {"", "storePassphrase=three"}) {
            try (RunningRoutes routes = RunningRoutes.onServer(server, directory)) {
                assertThatThrownBy(() -> routes.start(route(wrong)))
                        .hasRootCauseInstanceOf(SessionStoreException.class)
                        .rootCause()
                        .isInstanceOfSatisfying(SessionStoreException.class, e -> assertThat(e.reason())
                                .isEqualTo(SessionStoreException.Reason.PASSPHRASE))
                        .message()
                        .doesNotContain("three");
            }
        }
    }

    @Test
    void aStoreHasAPassphraseOfItsOwn() {
        try (SqliteSessionStore store = new SqliteSessionStore(directory.resolve("own"));
                RunningRoutes routes = RunningRoutes.onServer(server, directory)) {
            routes.context.getRegistry().bind("own", store);
            assertThatThrownBy(() -> routes.start(route("store=#own&storePassphrase=one")))
                    .hasStackTraceContaining(
                            "storePassphrase is set, but store is a SessionStore, which has a passphrase of"
                                    + " its own or none: give it the passphrase where it is made, or name a DataSource");
        }
    }

    /** Sessions in PostgreSQL. */
    @Nested
    class InADatabase {
        @RegisterExtension
        static final Postgres POSTGRES = new Postgres();

        @Test
        void isUsedWhenItIsNamed() throws Exception {
            POSTGRES.useDefaultSchema();
            DataSource pool = POSTGRES.pool(4);
            String named = route("store=#sessions&storePassphrase=RAW(one two)");
            try (RunningRoutes routes = RunningRoutes.onServer(server, directory)) {
                routes.context.getRegistry().bind("sessions", pool);
                routes.start(named).link();
            }
            assertThat(directory).isEmptyDirectory();
            assertThat(POSTGRES.number("SELECT count(*) FROM whatsappmd.entry WHERE session = 'sales'"))
                    .isGreaterThan(800);
            try (RunningRoutes routes = RunningRoutes.onServer(server, directory)) {
                // At the component, as properties do it.
                routes.component().getConfiguration().setStore(pool);
                routes.component().getConfiguration().setStorePassphrase("one two");
                routes.start(route("")).awaitPhase("open");
            }
        }

        @Test
        void isNotUsedBecauseItIsThere() throws Exception {
            try (RunningRoutes routes = RunningRoutes.onServer(server, directory)) {
                routes.context.getRegistry().bind("orders", POSTGRES.pool(1));
                routes.start(route("")).awaitPhase("pairing");
            }
            assertThat(directory.resolve("sales.db")).exists();
        }
    }

    private static String route(String options) {
        return "- route: { id: sales, from: { uri: \"whatsappmd:sales?%s\", steps: [ { process: { ref: seen } } ] } }\n"
                .formatted(options);
    }
}
