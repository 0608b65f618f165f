package dev.whatsappmd.localserver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which package may use which, and what none of them does. */
@AnalyzeClasses(packages = "dev.whatsappmd.localserver", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String ROOT = "dev.whatsappmd.localserver";

    @ArchTest
    static final ArchRule roomsUseOnlyLowerFloors = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("door")
            .definedBy(ROOT)
            .layer("contact")
            .definedBy(ROOT + ".contact")
            .layer("session")
            .definedBy(ROOT + ".session")
            .layer("query")
            .definedBy(ROOT + ".query")
            .layer("pairing")
            .definedBy(ROOT + ".pairing")
            .layer("media")
            .definedBy(ROOT + ".media")
            .layer("connection")
            .definedBy(ROOT + ".connection")
            .layer("account")
            .definedBy(ROOT + ".account")
            .layer("record")
            .definedBy(ROOT + ".record")
            .layer("fault")
            .definedBy(ROOT + ".fault")
            .layer("transport")
            .definedBy(ROOT + ".transport")
            .whereLayer("door")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("contact")
            .mayOnlyBeAccessedByLayers("door")
            .whereLayer("session")
            .mayOnlyBeAccessedByLayers("door", "contact")
            .whereLayer("query")
            .mayOnlyBeAccessedByLayers("door", "contact", "session", "pairing")
            .whereLayer("pairing")
            .mayOnlyBeAccessedByLayers("door")
            .whereLayer("media")
            .mayOnlyBeAccessedByLayers("door")
            .whereLayer("connection")
            .mayOnlyBeAccessedByLayers("door", "contact", "session", "query", "pairing")
            .whereLayer("account")
            .mayOnlyBeAccessedByLayers("door", "contact", "session", "query", "pairing")
            .whereLayer("record")
            .mayOnlyBeAccessedByLayers("door", "contact", "session", "query", "pairing", "connection")
            .whereLayer("fault")
            .mayOnlyBeAccessedByLayers("door", "session", "pairing", "media", "connection", "record")
            .whereLayer("transport")
            .mayOnlyBeAccessedByLayers("door", "media", "connection", "record");

    @ArchTest
    static final ArchRule noCircles = slices().matching(ROOT + ".(*)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheTransportKnowsTheWebsocketLibrary = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".transport")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.java_websocket..", "java.nio.channels..", "java.net..");

    @ArchTest
    static final ArchRule theTransportKnowsNothingAboutWhatsApp = noClasses()
            .that()
            .resideInAPackage(ROOT + ".transport")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.whatsappmd.engine..");

    @ArchTest
    static final ArchRule onlyTheJUnitExtensionNeedsJUnit = noClasses()
            .that()
            .doNotHaveSimpleName("LocalWhatsAppServerExtension")
            .and()
            .doNotHaveSimpleName("ServerSaw")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.junit..");

    @ArchTest
    static final ArchRule nobodySleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule noCamel = noClasses().should().dependOnClassesThat().resideInAPackage("org.apache.camel..");

    @ArchTest
    static final ArchRule timeComesFromTheClockOfTheServer = noClasses()
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");
}
