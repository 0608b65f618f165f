package dev.whatsappmd.engine.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another process that uses a SQLite store. */
final class SqliteChild {
    private SqliteChild() {}

    /** Arguments: what to do, directory, session, and for {@code commit} how many steps. */
    public static void main(String[] args) throws IOException {
        try (SessionStore store = new SqliteSessionStore(Path.of(args[1]))) {
            StoredSession session = store.open(args[2]);
            System.out.println("token " + session.fencingToken());
            switch (args[0]) {
                case "open" -> {}
                case "commit" -> CommitLoop.run(session, Integer.parseInt(args[3]), System.out);
                default -> throw new IllegalArgumentException(args[0]);
            }
            System.out.println("done");
            // Keeps the session until the parent closes the pipe, or kills.
            System.in.read();
        } catch (SessionStoreException e) {
            System.out.println(e.reason() + " " + e.getMessage());
        }
    }

    /** The child unpacks SQLite's native library beside its data: killed, it leaves it there. */
    static List<String> command(String what, Path directory, String... args) {
        List<String> all = new ArrayList<>(List.of(what, directory.toString()));
        all.addAll(List.of(args));
        return command(List.of("-Dorg.sqlite.tmpdir=" + directory.getParent()), all);
    }

    static List<String> command(List<String> jvmOptions, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "-XX:TieredStopAtLevel=1"));
        command.addAll(jvmOptions);
        command.add(SqliteChild.class.getName());
        command.addAll(args);
        return command;
    }

    static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Lines up to and with the one that begins so; fails when the output ends before. */
    static List<String> readUntil(BufferedReader out, String beginning) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            lines.add(line);
            if (line.startsWith(beginning)) {
                return lines;
            }
        }
        throw new AssertionError("the child ended without '" + beginning + "': " + lines);
    }
}
