package dev.whatsappmd.camel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.pairing.ClientVersion;
import dev.whatsappmd.engine.pairing.DeviceProfile;
import dev.whatsappmd.engine.pairing.HistoryScope;
import dev.whatsappmd.engine.pairing.Pairing;
import java.util.Set;

@AnalyzeClasses(packages = "dev.whatsappmd.camel", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ENGINE = "dev.whatsappmd.engine.";

    /** The rooms that the component may know. */
    private static final Set<String> DOOR =
            Set.of(ENGINE + "client", ENGINE + "event", ENGINE + "store", ENGINE + "transport", ENGINE + "time");

    /** Values of options that stand in other rooms. */
    private static final Set<String> OPTION_VALUES = Set.of(
            ServerTrust.class.getName(),
            ClientVersion.class.getName(),
            DeviceProfile.class.getName(),
            HistoryScope.class.getName(),
            Pairing.class.getName());

    @ArchTest
    static final ArchRule knowsOnlyTheEnginesDoor = noClasses()
            .should()
            .dependOnClassesThat(new DescribedPredicate<JavaClass>("are inside the engine, behind its door") {
                @Override
                public boolean test(JavaClass other) {
                    return other.getPackageName().startsWith(ENGINE)
                            && !DOOR.contains(other.getPackageName())
                            && !OPTION_VALUES.contains(other.getName());
                }
            });

    @ArchTest
    static final ArchRule noServerForTestsInMainCode =
            noClasses().should().dependOnClassesThat().resideInAPackage("dev.whatsappmd.localserver..");

    @ArchTest
    static final ArchRule neverSleeps = noClasses().should().callMethod(Thread.class, "sleep", long.class);

    @ArchTest
    static final ArchRule threadsComeFromCamel = noClasses()
            .should()
            .callConstructor(Thread.class, Runnable.class)
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.Executors");

    @ArchTest
    static final ArchRule whatUsersSeeIsNamedAfterTheComponentOrAnException = classes()
            .that()
            .arePublic()
            .and()
            .areTopLevelClasses()
            .should()
            .haveSimpleNameStartingWith("WhatsAppMd")
            .orShould()
            .haveSimpleNameEndingWith("Exception")
            .orShould()
            .haveSimpleNameEndingWith("Configuration")
            .orShould()
            .haveSimpleName("TerminalQr");
}
