package dev.whatsappmd.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Node.js and the packages of {@code src/test/js}, installed once into {@code target/js}. Where there is no Node, or the
 * packages cannot be had, it says so in one line and the tests are skipped.
 */
final class NodeTools {
    private static final int NODE_MAJOR_MIN = 20;
    private static final long INSTALL_LIMIT_SECONDS = 300;
    private static final Path SOURCE = Path.of("src", "test", "js");
    private static final Path INSTALLED = Path.of("target", "js");
    private static final List<String> FILES = List.of(
            "package.json",
            "package-lock.json",
            ".npmrc",
            "baileys-client.mjs",
            "baileys-contacts.mjs",
            "baileys-faults.mjs",
            "loopback-only.mjs");

    private static Optional<String> missing;

    private NodeTools() {}

    /** Why these tests cannot run; empty when they can. Installs at the first call. */
    static synchronized Optional<String> missing() {
        if (missing == null) {
            missing = install();
            missing.ifPresent(why -> System.out.println("[interop] SKIPPED, tests with Baileys do not run: " + why));
        }
        return missing;
    }

    /** Where the scripts stand beside their packages. */
    static Path folder() {
        return INSTALLED;
    }

    private static Optional<String> install() {
        try {
            Optional<String> version = output(List.of("node", "--version"));
            if (version.isEmpty()) {
                return Optional.of("there is no node on the PATH (20 or newer is needed)");
            }
            if (major(version.get()) < NODE_MAJOR_MIN) {
                return Optional.of("node " + version.get() + " is too old, 20 or newer is needed");
            }
            boolean changed = copyFiles();
            if (changed || !Files.exists(INSTALLED.resolve("installed"))) {
                return npmCi();
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean copyFiles() throws IOException {
        Files.createDirectories(INSTALLED);
        boolean packagesChanged = false;
        for (String name : FILES) {
            Path from = SOURCE.resolve(name);
            Path to = INSTALLED.resolve(name);
            boolean same = Files.exists(to) && Arrays.equals(Files.readAllBytes(from), Files.readAllBytes(to));
            packagesChanged |= !same && !name.endsWith(".mjs");
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
        return packagesChanged;
    }

    private static Optional<String> npmCi() throws IOException {
        Files.deleteIfExists(INSTALLED.resolve("installed"));
        Path log = INSTALLED.resolve("npm.log").toAbsolutePath();
        Process npm;
        try {
            npm = new ProcessBuilder(onThisSystem("npm"), "ci")
                    .directory(INSTALLED.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            return Optional.of("there is no npm on the PATH");
        }
        npm.getOutputStream().close();
        try {
            if (!npm.waitFor(INSTALL_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                npm.destroyForcibly();
                return Optional.of("npm ci took more than " + INSTALL_LIMIT_SECONDS + " s, see " + log);
            }
        } catch (InterruptedException e) {
            npm.destroyForcibly();
            Thread.currentThread().interrupt();
            return Optional.of("interrupted while npm installed");
        }
        if (npm.exitValue() != 0) {
            return Optional.of("npm ci ended with code " + npm.exitValue() + ", see " + log);
        }
        Files.createFile(INSTALLED.resolve("installed"));
        return Optional.empty();
    }

    private static Optional<String> output(List<String> command) throws IOException {
        List<String> named = new ArrayList<>(command);
        named.set(0, onThisSystem(command.get(0)));
        try {
            Process process =
                    new ProcessBuilder(named).redirectErrorStream(true).start();
            process.getOutputStream().close();
            return Optional.of(new String(process.getInputStream().readAllBytes()).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String onThisSystem(String command) {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        return windows && command.equals("npm") ? "npm.cmd" : command;
    }

    private static int major(String version) {
        String digits = version.replaceFirst("^v", "").replaceFirst("\\..*$", "");
        return digits.matches("[0-9]{1,4}") ? Integer.parseInt(digits) : 0;
    }
}
