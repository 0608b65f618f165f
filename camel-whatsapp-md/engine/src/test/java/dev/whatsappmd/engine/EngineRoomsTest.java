package dev.whatsappmd.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** ARCHITECTURE 2 as it is run: the floors, and what may not be used where. */
class EngineRoomsTest {
    private static final String ENGINE = "dev.whatsappmd.engine";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ENGINE);

    /** Room by room, the floor it stands on. */
    private static final Map<String, Integer> FLOORS = new TreeMap<>(Map.ofEntries(
            Map.entry("jid", 0),
            Map.entry("crypto", 0),
            Map.entry("proto", 0),
            Map.entry("time", 0),
            Map.entry("node", 1),
            Map.entry("noise", 1),
            Map.entry("frame", 1),
            Map.entry("store", 1),
            Map.entry("event", 1),
            Map.entry("migration", 2),
            Map.entry("transport", 2),
            Map.entry("channel", 3),
            Map.entry("request", 4),
            Map.entry("pairing", 5),
            Map.entry("prekey", 5),
            Map.entry("signal", 5),
            Map.entry("media", 5),
            Map.entry("delivery", 5),
            Map.entry("message", 6),
            Map.entry("history", 7),
            Map.entry("session", 8),
            Map.entry("client", 9)));

    private static final Set<String> CODEC_ROOMS = Set.of("jid", "crypto", "proto", "node", "noise", "frame");

    /** The rooms that the state machine is made of besides its own classes. */
    private static final Set<String> ROOMS_OF_THE_MACHINE =
            Set.of("event", "request", "pairing", "prekey", "signal", "delivery", "message");

    /** The classes of the room {@code session} that are the state machine; the others are the loop that owns it. */
    private static final Set<String> MACHINE = Set.of(
            "SessionMachine",
            "Outbox",
            "KeepAlive",
            "Operations",
            "Login",
            "Linking",
            "PairingWindow",
            "CodePairing",
            "CodeRefusal",
            "KeyRepair",
            "OfflineQueue",
            "Inbound",
            "Deliveries",
            "Unlinking",
            "BringUp",
            "Input",
            "Effect",
            "Phase",
            "SessionTimer",
            "SessionSettings",
            "WhatsAppReconnect");

    /** Who may write a line into the log. */
    private static final Set<String> ROOMS_THAT_LOG = Set.of("session", "store");

    /** Who others build on: a generated type there would make every new field of the protocol their business. */
    private static final Set<String> ROOMS_WITHOUT_PROTO = Set.of("client", "event", "store", "jid");

    private static String room(JavaClass of) {
        String name = of.getPackageName();
        if (!name.startsWith(ENGINE + ".")) {
            return "";
        }
        String rest = name.substring(ENGINE.length() + 1);
        int dot = rest.indexOf('.');
        return dot < 0 ? rest : rest.substring(0, dot);
    }

    private static JavaClass outermost(JavaClass of) {
        JavaClass outer = of;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
        }
        return outer;
    }

    private static boolean ofTheMachine(JavaClass of) {
        return room(of).equals("session") && MACHINE.contains(outermost(of).getSimpleName());
    }

    private static DescribedPredicate<JavaClass> pure() {
        return DescribedPredicate.describe(
                "are of a codec room or of the state machine",
                of -> CODEC_ROOMS.contains(room(of)) || ROOMS_OF_THE_MACHINE.contains(room(of)) || ofTheMachine(of));
    }

    private static boolean isAnyOf(JavaClass target, Collection<String> names) {
        return names.stream()
                .anyMatch(name -> name.endsWith(".")
                        ? target.getName().startsWith(name)
                        : target.getName().equals(name) || target.getName().startsWith(name + "$"));
    }

    private static DescribedPredicate<JavaClass> anyOf(String... names) {
        List<String> all = List.of(names);
        return DescribedPredicate.describe("are " + String.join(", ", all), target -> isAnyOf(target, all));
    }

    @Test
    void seesTheRoomsThatItJudges() {
        Set<String> rooms = MAIN.stream().map(EngineRoomsTest::room).collect(Collectors.toCollection(TreeSet::new));
        assertThat(rooms).contains("jid", "crypto", "proto", "node", "noise", "frame", "session", "client");
    }

    @Test
    void everyRoomStandsOnAFloor() {
        List<String> homeless = MAIN.stream()
                .filter(of -> !FLOORS.containsKey(room(of)))
                .map(of -> of.getName() + " is in no room of ARCHITECTURE 2. Put it into one of " + FLOORS.keySet()
                        + ", or give the new room a floor in ARCHITECTURE 2 and in this table.")
                .toList();
        assertThat(homeless).isEmpty();
    }

    @Test
    void everyRoomUsesOnlyLowerFloors() {
        List<String> upwards = new ArrayList<>();
        for (JavaClass of : MAIN) {
            for (Dependency dependency : of.getDirectDependenciesFromSelf()) {
                String from = room(of);
                String to = room(dependency.getTargetClass());
                boolean judged = FLOORS.containsKey(from) && FLOORS.containsKey(to) && !from.equals(to);
                if (judged && FLOORS.get(to) >= FLOORS.get(from)) {
                    upwards.add(dependency.getDescription() + ": room " + from + " (floor " + FLOORS.get(from)
                            + ") may only use floors below it, and " + to + " is on floor " + FLOORS.get(to)
                            + ". Move the shared part to a lower room, or let the upper room pass it in.");
                }
            }
        }
        assertThat(upwards).isEmpty();
    }

    @Test
    void noRoomsUseEachOther() {
        slices().matching(ENGINE + ".(*)..").should().beFreeOfCycles().check(MAIN);
    }

    @Test
    void knowsNeitherCamelNorTheLocalServer() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.camel..",
                        "dev.whatsappmd.camel..",
                        "dev.whatsappmd.localserver..",
                        "org.springframework..")
                .because("the engine is plain Java: what Camel needs belongs into the component, what tests need into"
                        + " the local server")
                .check(MAIN);
    }

    @Test
    void onlyTheRoomThatReadsOthersFilesKnowsJson() {
        noClasses()
                .that(DescribedPredicate.describe("are not of migration", of -> !room(of).equals("migration")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml.jackson.core..", "com.fasterxml.jackson.databind..")
                .because("the wire is no JSON, and how events look as JSON the annotations say")
                .check(MAIN);
    }

    @Test
    void theStateMachineIsWhereTheTestLooksForIt() {
        Set<String> names = MAIN.stream()
                .filter(EngineRoomsTest::ofTheMachine)
                .map(of -> outermost(of).getSimpleName())
                .collect(Collectors.toSet());
        assertThat(names)
                .as("classes of the state machine; one that was renamed has to be renamed in this test")
                .isEqualTo(MACHINE);
    }

    /** A ThreadLocal is none: crypto keeps its ciphers in them, as making one costs more than most of its work. */
    @Test
    void codecRoomsAndTheStateMachineHaveNoSocketAndNoThread() {
        noClasses()
                .that(pure())
                .should()
                .dependOnClassesThat(anyOf(
                        "java.net.",
                        "java.nio.channels.",
                        "javax.net.",
                        "java.util.concurrent.",
                        "java.lang.Thread",
                        "java.util.Timer",
                        "java.util.TimerTask"))
                .because("they decide and do not act: return bytes or an Effect, and let the loop in session carry it"
                        + " out")
                .check(MAIN);
    }

    @Test
    void codecRoomsAndTheStateMachineReadNoClock() {
        noClasses()
                .that(pure())
                .should()
                .dependOnClassesThat(anyOf(
                        "java.time.Clock",
                        "java.time.InstantSource",
                        "java.util.Date",
                        "java.util.Calendar",
                        ENGINE + ".time.Timers",
                        ENGINE + ".time.SystemTimers"))
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould(callNow())
                .because("every schedule has to be replayable: take the time as an argument")
                .check(MAIN);
    }

    private static ArchCondition<JavaClass> callNow() {
        return new ArchCondition<>("call now() of java.time") {
            @Override
            public void check(JavaClass of, ConditionEvents events) {
                for (JavaAccess<?> access : of.getAccessesFromSelf()) {
                    boolean now = access.getTargetOwner().getPackageName().equals("java.time")
                            && access.getTarget().getName().equals("now");
                    events.add(new SimpleConditionEvent(of, now, access.getDescription()));
                }
            }
        };
    }

    /** Keys, ids and jitter come from the generator that the caller hands in: a test hands in a seeded one. */
    @Test
    void codecRoomsAndTheStateMachineMakeNoRandomness() {
        noClasses()
                .that(pure())
                .should()
                .dependOnClassesThat(
                        anyOf("java.security.SecureRandom", "java.util.Random", "java.util.SplittableRandom"))
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .because("a failure has to be replayable from its seed: take a java.util.random.RandomGenerator as an"
                        + " argument")
                .check(MAIN);
    }

    @Test
    void onlyTheLoopAndTheStoreWriteLogLines() {
        noClasses()
                .that(DescribedPredicate.describe(
                        "are not of " + new TreeSet<>(ROOMS_THAT_LOG) + " or are of the state machine",
                        of -> !ROOMS_THAT_LOG.contains(room(of)) || ofTheMachine(of)))
                .should()
                .dependOnClassesThat(anyOf(
                        "org.slf4j.",
                        "java.util.logging.",
                        "java.lang.System$Logger",
                        "org.apache.logging.",
                        "org.apache.commons.logging."))
                .because("a line in the log is an effect: throw an exception, tell a listener or return Effect.Log, and"
                        + " let the session's loop write it once")
                .check(MAIN);
    }

    /** Whoever dials by himself goes past the proxy; the JDK's HTTP clients know no SOCKS, and resolve names themselves. */
    @Test
    void onlyTheTransportDials() {
        noClasses()
                .that(DescribedPredicate.describe("are not of the transport", of -> !room(of).equals("transport")))
                .should()
                .dependOnClassesThat(anyOf(
                        "java.net.http.",
                        "java.net.URL",
                        "java.net.URLConnection",
                        "java.net.HttpURLConnection",
                        "java.net.InetAddress",
                        "java.net.DatagramSocket",
                        "java.nio.channels.SocketChannel",
                        "java.nio.channels.AsynchronousSocketChannel",
                        "javax.net."))
                .orShould()
                .callConstructorWhere(DescribedPredicate.describe(
                        "a socket is made",
                        call -> call.getTargetOwner().getName().equals("java.net.Socket")))
                .because("every byte of a session goes through its proxy, or none: dial with transport.SocketDialer")
                .check(MAIN);
    }

    @Test
    void nobodyPrints() {
        noClasses()
                .that(DescribedPredicate.describe(
                        "are not the tool with a main method",
                        of -> !outermost(of).getSimpleName().equals("StoreTool")))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .because("an application's streams are its own: tell a listener, or log where logging is allowed")
                .check(MAIN);
    }

    @Test
    void nobodySleeps() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(TimeUnit.class, "sleep", long.class)
                .because("sleeping waits too long or too short: use Timers, a latch or a future")
                .check(MAIN);
    }

    @Test
    void noGeneratedTypeIsInAPublicSignature() {
        List<String> shown = MAIN.stream()
                .filter(of -> ROOMS_WITHOUT_PROTO.contains(room(of)) && isVisible(of))
                .flatMap(EngineRoomsTest::generatedTypes)
                .map(use -> use + ". Give the room a record of its own and translate behind it (as store.Credentials"
                        + " does), so that a new schema is no change of the contract.")
                .toList();
        assertThat(shown).isEmpty();
    }

    /** A class that somebody outside its package can name. */
    private static boolean isVisible(JavaClass of) {
        boolean visible = true;
        for (JavaClass at = of; at != null; at = at.getEnclosingClass().orElse(null)) {
            visible &= at.getModifiers().contains(JavaModifier.PUBLIC)
                    || at.getModifiers().contains(JavaModifier.PROTECTED);
        }
        return visible;
    }

    private static Stream<String> generatedTypes(JavaClass of) {
        Stream<String> supertypes = Stream.concat(of.getSuperclass().stream(), of.getInterfaces().stream())
                .flatMap(EngineRoomsTest::generated)
                .map(type -> of.getName() + " is a " + type);
        Stream<String> members = of.getMembers().stream()
                .filter(member -> member.getModifiers().contains(JavaModifier.PUBLIC)
                        || member.getModifiers().contains(JavaModifier.PROTECTED))
                .flatMap(member -> types(member)
                        .flatMap(EngineRoomsTest::generated)
                        .map(type -> member.getFullName() + " shows " + type));
        return Stream.concat(supertypes, members);
    }

    private static Stream<JavaType> types(JavaMember member) {
        if (member instanceof JavaField field) {
            return Stream.of(field.getType());
        }
        JavaCodeUnit unit = (JavaCodeUnit) member;
        return Stream.of(
                        unit.getParameterTypes().stream(),
                        Stream.of(unit.getReturnType()),
                        unit.getThrowsClause().getTypes().stream())
                .flatMap(types -> types.map(JavaType.class::cast));
    }

    private static Stream<String> generated(JavaType type) {
        return type.getAllInvolvedRawTypes().stream()
                .filter(raw -> room(raw).equals("proto") || raw.getPackageName().startsWith("com.google.protobuf"))
                .map(JavaClass::getName);
    }
}
