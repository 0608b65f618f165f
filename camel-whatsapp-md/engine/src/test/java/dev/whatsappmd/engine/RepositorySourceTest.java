package dev.whatsappmd.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules for every Java source of the repository, tests included. */
class RepositorySourceTest {
    private static final int MAX_LINES = 600;

    /**
     * Longer than a file may be, with the lines each had when the rule came. They may shrink, not grow; one that fits
     * again leaves the list.
     */
    private static final Map<String, Integer> STILL_TOO_LONG =
            Map.of("SessionMachine.java", 950, "ReconnectTrackerTest.java", 626);

    private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git");

    /** In pieces, as this file is searched too. */
    private static final Pattern SLEEP = Pattern.compile("\\bThread\\s*\\.\\s*sle" + "ep\\s*\\("
            + "|\\bTimeUnit\\s*\\.\\s*\\w+\\s*\\.\\s*sle" + "ep\\s*\\("
            + "|import\\s+static\\s+[\\w.]+\\.sle" + "ep\\s*;");

    private static final Set<String> NAMELESS = Set.of("util", "utils", "common", "impl", "helper", "helpers", "misc");

    private static Path root;
    private static final Map<Path, String> SOURCES = new TreeMap<>();

    @BeforeAll
    static void readEverySource() throws IOException {
        root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("camel-whatsapp-md/engine/pom.xml"))) {
            root = root.getParent();
            assertThat(root).as("the tests run inside the repository").isNotNull();
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_OURS.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(".java")) {
                    SOURCES.put(root.relativize(file), Files.readString(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    @Test
    void seesTheSourcesThatItJudges() {
        assertThat(SOURCES.keySet())
                .hasSizeGreaterThan(100)
                .anyMatch(file -> file.endsWith("src/test/java/dev/whatsappmd/engine/RepositorySourceTest.java"))
                .anyMatch(file -> file.endsWith("src/main/java/dev/whatsappmd/reconnect/CodeTable.java"));
    }

    @Test
    void nobodySleepsToWait() {
        List<String> found = new ArrayList<>();
        SOURCES.forEach((file, text) -> SLEEP.matcher(text)
                .results()
                .forEach(hit -> found.add(file + ":" + line(text, hit.start())
                        + " sleeps. In main code use Timers, a latch or a future; in a test use Awaitility or move the"
                        + " clock by hand.")));
        assertThat(found).isEmpty();
    }

    @Test
    void findsASleepWhereThereIsOne() {
        assertThat(SLEEP.matcher("Thread.sle" + "ep(5)").find()).isTrue();
        assertThat(SLEEP.matcher("TimeUnit.SECONDS . sle" + "ep (1)").find()).isTrue();
        assertThat(SLEEP.matcher("import static java.lang.Thread.sle" + "ep;").find())
                .isTrue();
        assertThat(SLEEP.matcher("callMethod(Thread.class, \"sleep\")").find()).isFalse();
    }

    private static long line(String text, int at) {
        return text.substring(0, at).lines().count();
    }

    @Test
    void noFileIsTooLong() {
        List<String> found = new ArrayList<>();
        SOURCES.forEach((file, text) -> {
            long lines = text.lines().count();
            int allowed = STILL_TOO_LONG.getOrDefault(file.getFileName().toString(), MAX_LINES);
            if (lines > allowed) {
                found.add(file + " has " + lines + " lines, " + allowed + " are allowed. Find the second idea in it and"
                        + " give that a class (or a test class) of its own.");
            }
        });
        assertThat(found).isEmpty();
    }

    @Test
    void whatWasTooLongAndFitsAgainLeavesTheList() {
        List<String> fits = SOURCES.entrySet().stream()
                .filter(source ->
                        STILL_TOO_LONG.containsKey(source.getKey().getFileName().toString()))
                .filter(source -> source.getValue().lines().count() <= MAX_LINES)
                .map(source -> source.getKey() + " has no more than " + MAX_LINES
                        + " lines now: take it out of STILL_TOO_LONG.")
                .toList();
        assertThat(fits).isEmpty();
    }

    @Test
    void everyPackageSaysWhatIsInIt() {
        List<String> found = new ArrayList<>();
        for (Path file : SOURCES.keySet()) {
            for (Path part : file.getParent()) {
                if (NAMELESS.contains(part.toString())) {
                    found.add(file + " is in a package called " + part
                            + ", which says nothing. Name it after what is in it, or put the class beside its user.");
                }
            }
        }
        assertThat(found).isEmpty();
    }
}
