package dev.whatsappmd.localserver.kill;

import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import java.nio.file.Path;

/** Stores by their names, so that two processes mean the same one. */
final class Stores {
    private Stores() {}

    /** {@code sqlite:<directory>}. */
    static SessionStore open(String name) {
        if (name.startsWith("sqlite:")) {
            return new SqliteSessionStore(Path.of(name.substring("sqlite:".length())));
        }
        throw new IllegalArgumentException(name);
    }
}
