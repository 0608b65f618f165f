package dev.whatsappmd.localserver.kill;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A consumer with an embedded store, killed again and again. */
class KillTest extends KillRun {
    @Test
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void losesNothingOnSqlite() throws Exception {
        run(Stores.sqlite(directory.resolve("store")));
    }
}
