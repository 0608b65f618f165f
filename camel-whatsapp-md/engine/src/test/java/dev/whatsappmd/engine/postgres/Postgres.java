package dev.whatsappmd.engine.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A PostgreSQL database for tests:
 *
 * <pre>
 *   &#64;RegisterExtension
 *   static final Postgres POSTGRES = new Postgres();
 * </pre>
 *
 * <p>It is the one whose JDBC URL is in the environment variable {@code WHATSAPPMD_TEST_POSTGRES}, or a server that is
 * started for all tests of this process and stopped behind the last one. Where there is neither the class is skipped.
 * After each test its schemas are dropped and its pools closed.
 */
public final class Postgres implements BeforeAllCallback, AfterEachCallback {
    private static final String VARIABLE = "WHATSAPPMD_TEST_POSTGRES";
    private static final Namespace NAMESPACE = Namespace.create(Postgres.class);

    private final List<String> schemas = new ArrayList<>();
    private final List<HikariDataSource> pools = new ArrayList<>();
    private Shared shared;

    private record Shared(String url, Optional<PostgresCluster> cluster) implements AutoCloseable {
        @Override
        public void close() throws IOException, InterruptedException {
            if (cluster.isPresent()) {
                cluster.get().close();
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Optional<Path> binaries = PostgresCluster.findBinaries();
        if (System.getenv(VARIABLE) == null && binaries.isEmpty()) {
            String why = context.getDisplayName() + " is skipped: no PostgreSQL is installed (Debian: apt-get install"
                    + " postgresql), and " + VARIABLE + " names no database";
            System.out.println(why);
            Assumptions.abort(why);
        }
        shared = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Shared.class, key -> share(binaries), Shared.class);
    }

    private static Shared share(Optional<Path> binaries) {
        String url = System.getenv(VARIABLE);
        if (url != null) {
            return new Shared(url, Optional.empty());
        }
        try {
            PostgresCluster cluster = PostgresCluster.start(binaries.orElseThrow());
            return new Shared(cluster.url(), Optional.of(cluster));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException("PostgreSQL could not be started", e);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws SQLException {
        pools.forEach(HikariDataSource::close);
        pools.clear();
        for (String schema : schemas) {
            execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
        }
        schemas.clear();
    }

    public String url() {
        return shared.url();
    }

    /** The name of a schema that is not there yet. */
    public String newSchema() {
        String schema = "test_" + UUID.randomUUID().toString().replace("-", "").toLowerCase(Locale.ROOT);
        schemas.add(schema);
        return schema;
    }

    /** For what knows no other schema than {@code whatsappmd}: it is dropped after the test. Only in a server of our own. */
    public void useDefaultSchema() {
        ours();
        schemas.add("whatsappmd");
    }

    /** Makes a new connection each time. */
    public DataSource dataSource() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url());
        return dataSource;
    }

    public HikariDataSource pool(int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        HikariDataSource pool = new HikariDataSource(config);
        pools.add(pool);
        return pool;
    }

    public void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** What a query answers: one number. */
    public long number(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }

    /**
     * Ends the server and starts it again on its port; a test that needs it is skipped where the server is not ours.
     *
     * @param signal INT: connections are closed; QUIT: as after a crash
     */
    public void restart(String signal) throws IOException, InterruptedException {
        ours().restart(signal);
    }

    public void stop(String signal) throws IOException, InterruptedException {
        ours().stop(signal);
    }

    /** After {@link #stop}. */
    public void start() throws IOException {
        ours().run();
    }

    private PostgresCluster ours() {
        Assumptions.assumeTrue(shared.cluster().isPresent(), "the server of " + VARIABLE + " is not ours to restart");
        return shared.cluster().get();
    }
}
