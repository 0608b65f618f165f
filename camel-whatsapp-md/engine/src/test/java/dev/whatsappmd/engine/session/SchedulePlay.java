package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.PairingCode;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What the courses of {@link SessionScheduleTest} came to play, so that nobody takes silence for a proof. */
final class SchedulePlay {
    private static final Set<Phase> ASKED = EnumSet.complementOf(EnumSet.of(Phase.IDLE, Phase.STOPPED));
    /** Before the handshake is done nothing can be heard. */
    private static final Set<Phase> TALKING =
            EnumSet.of(Phase.PAIRING, Phase.PAIRED, Phase.LOGGING_IN, Phase.BRINGING_UP, Phase.OPEN);

    private final Map<String, Set<Phase>> asked = new TreeMap<>();
    private final Map<String, Set<Phase>> said = new TreeMap<>();
    private final Map<Long, String> kinds = new HashMap<>();
    private final Map<String, Integer> succeeded = new TreeMap<>();
    private final Map<String, Integer> failed = new TreeMap<>();
    private int codes;
    private int answeredPhones;
    private int waitingHellos;

    /** The application asks for something. */
    void asks(MachineWorld world, Input input) {
        String kind = input.getClass().getSimpleName();
        note(asked, kind, world.machine.phase());
        if (input instanceof Input.Asked ask) {
            kinds.put(ask.operation(), kind);
        }
        world.input(input);
    }

    /** The server says something about codes on the present connection. */
    void says(MachineWorld world, Node node) {
        if (world.live == 0 || world.machine.phase() == Phase.DIALING) {
            return;
        }
        note(said, what(node), world.machine.phase());
        if (PairingCode.isPrimaryHello(node) && world.codeWork.answering(world.live) > 0) {
            waitingHellos++;
        }
        world.receive(node);
    }

    private static String what(Node node) {
        return PairingCode.isPrimaryHello(node)
                ? "hello"
                : PairingCode.isRefreshByHand(node)
                        ? "refresh by hand"
                        : node.attribute("type", "").equals("companion_reg_refresh") ? "rotate" : "refresh";
    }

    private static void note(Map<String, Set<Phase>> where, String what, Phase phase) {
        where.computeIfAbsent(what, any -> EnumSet.noneOf(Phase.class)).add(phase);
    }

    /** A course is over. */
    void ended(MachineWorld world) {
        for (Effect.Complete complete : world.completed) {
            String kind = kinds.getOrDefault(complete.operation(), "after the end");
            (complete.failure().isPresent() ? failed : succeeded).merge(kind, 1, Integer::sum);
        }
        kinds.clear();
        codes += (int) world.updates.stream()
                .map(ConnectionUpdate::pairingCode)
                .filter(code -> code != null)
                .count();
        answeredPhones += (int) world.course.stream()
                .filter("send set companion_finish"::equals)
                .count();
    }

    void assertEverythingPlayed() {
        assertThat(asked)
                .containsOnlyKeys("GaveUp", "Logout", "Relink", "RequestPairingCode", "ShowPresence")
                .allSatisfy((kind, phases) -> assertThat(phases)
                        .as("phases in which %s was asked", kind)
                        .containsAll(ASKED));
        assertThat(said)
                .containsOnlyKeys("hello", "refresh", "refresh by hand", "rotate")
                .allSatisfy((what, phases) -> assertThat(phases)
                        .as("phases in which the server said %s", what)
                        .isEqualTo(TALKING));
        assertThat(succeeded.keySet())
                .as("what succeeded: %s", succeeded)
                .contains("Logout", "Relink", "RequestPairingCode", "ShowPresence");
        assertThat(failed.keySet())
                .as("what failed: %s", failed)
                .contains("Logout", "Relink", "RequestPairingCode", "ShowPresence");
        assertThat(codes).as("codes that were shown").isGreaterThan(100);
        assertThat(answeredPhones).as("phones that were answered").isGreaterThan(100);
        assertThat(waitingHellos).as("hellos behind one that was worked on").isPositive();
    }
}
