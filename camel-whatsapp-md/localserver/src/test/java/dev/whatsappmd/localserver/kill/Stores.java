package dev.whatsappmd.localserver.kill;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.whatsappmd.engine.store.JdbcSessionStore;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Stores by their names, so that two processes mean the same one. */
final class Stores {
    /** So long the next process waits for one that was killed. */
    private static final Duration LEASE = Duration.ofSeconds(1);

    private Stores() {}

    static String sqlite(Path directory) {
        return "sqlite " + directory;
    }

    static String postgres(String url, String schema) {
        return "postgres " + schema + ' ' + url;
    }

    static SessionStore open(String name) {
        String[] parts = name.split(" ", 3);
        if (parts[0].equals("sqlite")) {
            return new SqliteSessionStore(Path.of(parts[1]));
        }
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(parts[2]);
        config.setMaximumPoolSize(3);
        return new JdbcSessionStore(new HikariDataSource(config), parts[1], LEASE, Optional.empty());
    }
}
