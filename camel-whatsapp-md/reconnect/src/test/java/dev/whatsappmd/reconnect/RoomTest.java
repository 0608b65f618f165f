package dev.whatsappmd.reconnect;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What this module may use, and which words it may not know. */
class RoomTest {
    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.whatsappmd.reconnect");

    /** In halves, as this file is searched too. */
    private static final List<String> FORBIDDEN =
            List.of("whats" + "app", "dis" + "cord", "web" + "socket", "bai" + "leys");

    @Test
    void dependsOnNothingButJava() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java.lang..", "java.time..", "java.util..", "org.jspecify..", "dev.whatsappmd.reconnect")
                .because("a protocol with any other needs must be able to use it")
                .check(MAIN);
    }

    @Test
    void readsNoClockStartsNoThreadAndMakesNoRandomness() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.time.Clock")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.time.Instant")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.concurrent..", "java.util.logging..")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Math.class, "random")
                .because("time and randomness are arguments, so that every schedule can be replayed")
                .check(MAIN);
    }

    @Test
    void namesNoProtocol() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources()) {
            String text = Files.readString(file).toLowerCase(Locale.ROOT).replace("dev.whatsappmd", "");
            FORBIDDEN.stream()
                    .filter(text::contains)
                    .forEach(word -> found.add(file.getFileName() + " knows the word " + word));
        }
        assertThat(found).isEmpty();
    }

    @Test
    void theSearchSeesTheSources() throws IOException {
        assertThat(sources().stream().map(file -> file.getFileName().toString()))
                .contains("ReconnectTracker.java", "package-info.java", "RoomTest.java");
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }
}
