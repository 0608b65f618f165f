package dev.whatsappmd.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;

/** Another process that uses a store in PostgreSQL. */
final class JdbcChild {
    private JdbcChild() {}

    /** Arguments: what to do, URL, schema, lease in milliseconds, session, and for {@code commit} how many steps. */
    public static void main(String[] args) throws IOException {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(args[1]);
        Duration lease = Duration.ofMillis(Long.parseLong(args[3]));
        try (SessionStore store = new JdbcSessionStore(dataSource, args[2], lease, Optional.empty())) {
            StoredSession session = store.open(args[4]);
            System.out.println("token " + session.fencingToken());
            switch (args[0]) {
                case "open" -> {}
                case "commit" -> CommitLoop.run(session, Integer.parseInt(args[5]), System.out);
                default -> throw new IllegalArgumentException(args[0]);
            }
            System.out.println("done");
            // Keeps the session until the parent closes the pipe, or kills.
            System.in.read();
        } catch (SessionStoreException e) {
            System.out.println(e.reason() + " " + e.getMessage());
        }
    }

    static Process start(String what, String url, String schema, Duration lease, String... args) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(JdbcChild.class.getName(), what, url, schema, Long.toString(lease.toMillis())));
        command.addAll(List.of(args));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
