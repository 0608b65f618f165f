package dev.whatsappmd.localserver.kill;

import dev.whatsappmd.engine.postgres.Postgres;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A consumer with its session in PostgreSQL, killed again and again; the next one waits for its lease. */
class KillOnPostgresTest extends KillRun {
    @RegisterExtension
    static final Postgres POSTGRES = new Postgres();

    @Test
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void losesNothingOnPostgres() throws Exception {
        run(Stores.postgres(POSTGRES.url(), POSTGRES.newSchema()));
    }
}
