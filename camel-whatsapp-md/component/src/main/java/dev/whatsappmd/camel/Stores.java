package dev.whatsappmd.camel;

import dev.whatsappmd.engine.store.JdbcSessionStore;
import dev.whatsappmd.engine.store.Passphrase;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The stores of one component: one for each place and passphrase, made when first asked for. Safe for several threads. */
final class Stores {
    private final Map<Place, SessionStore> made = new ConcurrentHashMap<>();

    /** @param where a directory or a {@link DataSource} */
    private record Place(Object where, Optional<String> passphrase) {
        /** Never the passphrase. */
        @Override
        public String toString() {
            return "Place[" + where.getClass().getSimpleName() + "]";
        }
    }

    /**
     * Where a session with these options is kept. Opens nothing yet.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    SessionStore of(WhatsAppMdConfiguration options) {
        Object given = checked(options.getStore(), String.valueOf(options.getStore()));
        Optional<String> passphrase = Optional.ofNullable(options.getStorePassphrase());
        if (passphrase.filter(String::isBlank).isPresent()) {
            throw new IllegalArgumentException("storePassphrase is blank: leave it out, or say what to encrypt with");
        }
        if (given instanceof SessionStore store) {
            if (passphrase.isPresent()) {
                throw new IllegalArgumentException(
                        "storePassphrase is set, but store is a SessionStore, which has a"
                                + " passphrase of its own or none: give it the passphrase where it is made, or name a DataSource");
            }
            return store;
        }
        Object where = given != null ? given : directory(options.getStoreDirectory());
        return made.computeIfAbsent(new Place(where, passphrase), Stores::make);
    }

    private static SessionStore make(Place place) {
        Optional<Passphrase> passphrase = place.passphrase().map(Passphrase::of);
        return place.where() instanceof DataSource database
                ? new JdbcSessionStore(
                        database, JdbcSessionStore.DEFAULT_SCHEMA, JdbcSessionStore.DEFAULT_LEASE, passphrase)
                : new SqliteSessionStore((Path) place.where(), passphrase);
    }

    /** What may be the value of {@code store}. */
    static @Nullable Object checked(@Nullable Object bean, String shown) {
        if (bean == null || bean instanceof SessionStore || bean instanceof DataSource) {
            return bean;
        }
        throw new IllegalArgumentException(
                "store=" + shown + ": the bean is a " + bean.getClass().getName()
                        + ", expected a " + SessionStore.class.getName() + " or a " + DataSource.class.getName()
                        + "; without one, sessions are kept in storeDirectory");
    }

    void close() {
        made.values().forEach(SessionStore::close);
        made.clear();
    }

    private static Path directory(@Nullable String given) {
        if (given != null) {
            return path(given).toAbsolutePath().normalize();
        }
        String home = System.getProperty("user.home", "");
        // Java says "?" for a user without an entry in the system's list, as containers like to have.
        if (home.isBlank() || home.equals("?")) {
            throw new IllegalArgumentException("storeDirectory is not set and the user has no home directory for its"
                    + " default: set storeDirectory");
        }
        return Path.of(home, ".camel-whatsapp-md").toAbsolutePath().normalize();
    }

    private static Path path(String given) {
        try {
            if (!given.isBlank()) {
                return Path.of(given);
            }
        } catch (InvalidPathException e) {
            // No path either.
        }
        throw new IllegalArgumentException("storeDirectory=" + given + ": expected the path of a directory");
    }
}
