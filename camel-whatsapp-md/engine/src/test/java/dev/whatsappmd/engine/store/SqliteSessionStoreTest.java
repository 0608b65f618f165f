package dev.whatsappmd.engine.store;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept by SQLite. */
class SqliteSessionStoreTest extends SessionStoreContract {
    @TempDir
    Path temporary;

    private Path directory;

    @BeforeEach
    void chooseDirectory() {
        directory = temporary.resolve("store");
    }

    @Override
    SessionStore newStore() {
        return new SqliteSessionStore(directory);
    }

    /** A lock whose file was removed holds nobody back. */
    @Override
    void takeOver(String sessionId) throws Exception {
        Files.delete(directory.resolve(sessionId + ".lock"));
        Process other = SqliteChild.start(SqliteChild.command("open", directory, sessionId));
        try (BufferedReader out = other.inputReader(StandardCharsets.UTF_8)) {
            SqliteChild.readUntil(out, "done");
            other.getOutputStream().close();
            other.waitFor();
        } finally {
            other.destroyForcibly();
        }
    }

    @Override
    Process startCommitLoop(String sessionId, int steps) throws Exception {
        return SqliteChild.start(SqliteChild.command("commit", directory, sessionId, Integer.toString(steps)));
    }
}
