package dev.whatsappmd.engine.postgres;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A PostgreSQL server of our own in a temporary folder, on a free port of loopback, as a user that is not root (the
 * server refuses root). It ends with this process, also when that is killed: a shell between the two notices.
 */
final class PostgresCluster implements AutoCloseable {
    private static final String USER = "whatsappmd";
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    /** Ends the server by its own number: with the signal it is told, or when whoever should tell it is gone. */
    private static final String GUARD =
            "\"$@\" & server=$!; read signal || signal=INT; kill -$signal $server; wait $server";

    private final Path bin;
    private final Path folder;
    private final List<String> asUser;
    private final int port;
    private Process guard;

    private PostgresCluster(Path bin, Path folder, List<String> asUser, int port) {
        this.bin = bin;
        this.folder = folder;
        this.asUser = asUser;
        this.port = port;
    }

    /** The newest one that is installed; empty when there is none, or none that this user can start. */
    static Optional<Path> findBinaries() {
        List<Path> candidates = new ArrayList<>();
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (Stream<Path> versions = Files.list(debian)) {
                versions.sorted(Comparator.comparing((Path version) -> number(version.getFileName()))
                                .reversed())
                        .forEach(version -> candidates.add(version.resolve("bin")));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        for (String entry : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            candidates.add(Path.of(entry));
        }
        return candidates.stream()
                .filter(bin -> Files.isExecutable(bin.resolve("initdb")) && Files.isExecutable(bin.resolve("postgres")))
                .findFirst();
    }

    private static int number(Path name) {
        return name.toString().matches("[0-9]{1,4}") ? Integer.parseInt(name.toString()) : 0;
    }

    static PostgresCluster start(Path bin) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("whatsapp-md-postgres");
        List<String> asUser = List.of();
        if ("root".equals(System.getProperty("user.name"))) {
            String user = exists(folder, "postgres") ? "postgres" : "nobody";
            asUser = List.of("setpriv", "--reuid=" + user, "--regid=" + group(user), "--clear-groups");
            Files.setOwner(folder, owner(folder, user));
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        PostgresCluster cluster = new PostgresCluster(bin, folder, asUser, port);
        try {
            cluster.initialize();
            cluster.run();
            cluster.createDatabase();
            return cluster;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private static String group(String user) {
        return user.equals("nobody") ? "nogroup" : user;
    }

    private static UserPrincipal owner(Path folder, String user) throws IOException {
        return folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
    }

    private static boolean exists(Path folder, String user) throws IOException {
        try {
            owner(folder, user);
            return true;
        } catch (UserPrincipalNotFoundException e) {
            return false;
        }
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/sessions?user=" + USER;
    }

    /** Ends the server as the signal says (INT: closes all connections; QUIT: as after a crash) and starts it again. */
    void restart(String signal) throws IOException, InterruptedException {
        stop(signal);
        run();
    }

    void stop(String signal) throws IOException, InterruptedException {
        if (guard == null) {
            return;
        }
        try {
            guard.getOutputStream().write((signal + "\n").getBytes(StandardCharsets.US_ASCII));
            guard.getOutputStream().flush();
        } catch (IOException e) {
            // It has ended by itself.
        }
        if (!guard.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            guard.descendants().forEach(ProcessHandle::destroyForcibly);
            guard.destroyForcibly().waitFor();
        }
        guard = null;
    }

    void run() throws IOException {
        List<String> server = new ArrayList<>(List.of("sh", "-c", GUARD, "guard"));
        server.addAll(asUser);
        server.addAll(List.of(bin.resolve("postgres").toString(), "-D", data().toString(), "-p", "" + port));
        // On loopback only, nothing else; what survives is not put to the test with the power off.
        for (String setting : List.of("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")) {
            server.addAll(List.of("-c", setting));
        }
        guard = new ProcessBuilder(server)
                .directory(new File("/"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        Files.exists(log())
                                ? log().toFile()
                                : Files.createFile(log()).toFile()))
                .start();
        Awaitility.await()
                .atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(50))
                .failFast("the server ended, see " + log(), () -> !guard.isAlive())
                .ignoreExceptions()
                .until(() -> {
                    connect("postgres").close();
                    return true;
                });
    }

    private void initialize() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(asUser);
        command.addAll(List.of(bin.resolve("initdb").toString(), "-D", data().toString(), "-U", USER));
        command.addAll(List.of("-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
        Process initdb = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectErrorStream(true)
                .start();
        String output = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (initdb.waitFor() != 0) {
            throw new IOException("initdb failed: " + output);
        }
    }

    /** Its own order of texts is not by code point, where this server can do so: the store has to say what it wants. */
    private void createDatabase() {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            try {
                statement.execute("CREATE DATABASE sessions TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu"
                        + " ICU_LOCALE 'en-US'");
            } catch (SQLException e) {
                statement.execute("CREATE DATABASE sessions TEMPLATE template0 ENCODING 'UTF8'");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(url().replace("/sessions?", "/" + database + "?"));
    }

    private Path data() {
        return folder.resolve("data");
    }

    private Path log() {
        return folder.resolve("server.log");
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stop("INT");
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
