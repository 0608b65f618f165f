package dev.whatsappmd.engine.migration;

import dev.whatsappmd.engine.store.JdbcSessionStore;
import dev.whatsappmd.engine.store.Passphrase;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What is done with a store by hand, from a shell:
 *
 * <pre>
 *   java -cp … dev.whatsappmd.engine.migration.StoreTool import &lt;store&gt; &lt;session&gt; &lt;Baileys' folder&gt;
 *   java -cp … dev.whatsappmd.engine.migration.StoreTool passphrase &lt;store&gt; &lt;session&gt;
 * </pre>
 *
 * <p>The store is a directory, or the JDBC URL of a PostgreSQL database whose driver is on the class path. Passphrases
 * come from the environment, where no other user of the machine sees them: {@code WHATSAPPMD_PASSPHRASE} is the present
 * one, {@code WHATSAPPMD_NEW_PASSPHRASE} the next; one that is not set means none.
 */
public final class StoreTool {
    static final String PASSPHRASE = "WHATSAPPMD_PASSPHRASE";
    static final String NEW_PASSPHRASE = "WHATSAPPMD_NEW_PASSPHRASE";

    private StoreTool() {}

    public static void main(String[] args) {
        System.exit(run(args, System.getenv(), System.out, System.err));
    }

    /** @return 0 when it is done, 1 when it could not be, 2 when the arguments make no sense */
    static int run(String[] args, Map<String, String> environment, PrintStream out, PrintStream err) {
        boolean importing = args.length == 4 && args[0].equals("import");
        boolean changing = args.length == 3 && args[0].equals("passphrase");
        if (!importing && !changing) {
            err.println("usage: StoreTool import <store> <session> <folder of Baileys>\n"
                    + "       StoreTool passphrase <store> <session>\n"
                    + "<store> is a directory or jdbc:postgresql:…; " + PASSPHRASE + " and " + NEW_PASSPHRASE
                    + " are read from the environment");
            return 2;
        }
        Optional<Passphrase> present = passphrase(environment, PASSPHRASE);
        try {
            if (importing) {
                importFrom(Path.of(args[3]), args[1], args[2], present, out);
            } else {
                change(args[1], args[2], present, passphrase(environment, NEW_PASSPHRASE));
                out.println("done");
            }
            return 0;
        } catch (SessionStoreException | MigrationException | IllegalArgumentException e) {
            err.println(e.getMessage());
            return 1;
        }
    }

    private static void importFrom(
            Path folder, String place, String sessionId, Optional<Passphrase> passphrase, PrintStream out) {
        try (SessionStore store = isUrl(place) ? postgres(place, passphrase) : sqlite(place, passphrase)) {
            BaileysImport.Result moved = BaileysImport.run(folder, store, sessionId);
            out.println("session '" + sessionId + "' is in " + store.location() + ": " + moved.preKeys() + " pre-keys, "
                    + moved.sessions() + " sessions, " + moved.identities() + " identities, " + moved.senderKeys()
                    + " sender keys, " + moved.lidMappings() + " LIDs, " + moved.appStateKeys() + " app state keys; "
                    + moved.leftBehind()
                    + " files were of no use. Do not start Baileys on that folder again");
        }
    }

    private static void change(
            String place, String sessionId, Optional<Passphrase> present, Optional<Passphrase> next) {
        if (isUrl(place)) {
            try (JdbcSessionStore store = postgres(place, present)) {
                store.changePassphrase(sessionId, next);
            }
        } else {
            try (SqliteSessionStore store = sqlite(place, present)) {
                store.changePassphrase(sessionId, next);
            }
        }
    }

    private static SqliteSessionStore sqlite(String directory, Optional<Passphrase> passphrase) {
        return new SqliteSessionStore(Path.of(directory), passphrase);
    }

    private static JdbcSessionStore postgres(String url, Optional<Passphrase> passphrase) {
        return new JdbcSessionStore(
                UrlDataSource.of(url), JdbcSessionStore.DEFAULT_SCHEMA, JdbcSessionStore.DEFAULT_LEASE, passphrase);
    }

    private static boolean isUrl(String place) {
        return place.startsWith("jdbc:");
    }

    private static Optional<Passphrase> passphrase(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(text -> !text.isEmpty())
                .map(Passphrase::of);
    }
}
