package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.fuzz.Corpus;
import dev.whatsappmd.engine.fuzz.Fuzz;
import dev.whatsappmd.engine.fuzz.NodeMutator;
import dev.whatsappmd.engine.fuzz.Weight;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/**
 * A machine that hears whatever a server can say, in every phase, linked or not: never an exception, and after each
 * stanza what {@link Invariants} says. Heard a hundred thousand times it keeps no more than heard once.
 */
@Timeout(36_000)
class MachineFuzzTest {
    private static final List<Node> STANZAS = stanzas();
    private static final NodeMutator.Words WORDS = NodeMutator.Words.of(STANZAS);
    private static final List<Phase> CONNECTED = List.of(
            Phase.PAIRING, Phase.PAIRED, Phase.LOGGING_IN, Phase.BRINGING_UP, Phase.OPEN, Phase.OPEN, Phase.OPEN);

    /** What a machine may keep at most: 812 pre-keys that are being uploaded are most of it. */
    private static final long WEIGHT_MAX = 400_000;

    private static final int FLOOD = 100_000;
    private static final Set<String> ENDING = Set.of("stream:error", "failure", "xmlstreamend");
    /** A flood ends after so many connections: most stanzas that end one say nothing new the next time. */
    private static final int CONNECTIONS_MAX = 300;

    private static List<Node> stanzas() {
        List<Node> stanzas = new ArrayList<>(Corpus.stanzas());
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            stanzas.add(Stanzas.success());
            stanzas.add(Stanzas.pairDevice(6));
            stanzas.add(Stanzas.pairSuccess(Identities.NEW, random));
            stanzas.add(Stanzas.newSecretWanted());
            stanzas.add(Stanzas.keysLeft(i % 7));
            stanzas.add(Stanzas.keyNotice("digest"));
            stanzas.add(Stanzas.offline(i % 3));
            stanzas.add(Stanzas.ib("offline_preview"));
            stanzas.add(Stanzas.ib("downgrade_webclient"));
        }
        return stanzas;
    }

    @Test
    void answersAndSurvivesWhateverItHears(TestInfo info) {
        Fuzz.run(info, 60, random -> {
            NodeMutator mutator = new NodeMutator(random, WORDS);
            MachineWorld world = MachineWorld.in(mutator.pick(CONNECTED));
            for (int i = 0; i < 40; i++) {
                step(world, mutator, random);
            }
            world.input(new Input.Stop());
            world.assertEnded();
            world.sent.forEach(NodeEncoder::encode);
            assertThat(world.log).allMatch(MachineFuzzTest::isOneShortLine);
        });
    }

    /** Whatever a server sends: it does not write our log. */
    private static boolean isOneShortLine(String line) {
        return line.length() < 600 && line.chars().noneMatch(Character::isISOControl);
    }

    private static void step(MachineWorld world, NodeMutator mutator, RandomGenerator random) {
        if (!world.machine.phase().connected()) {
            world.input(new Input.Reconnect());
        }
        if (world.machine.phase() == Phase.DIALING) {
            world.handshake();
        }
        switch (random.nextInt(10)) {
            case 0 -> world.answerAll();
            case 1 -> world.fireNext();
            case 2 -> forward(world);
            default -> {
                Node stanza = stanza(world, mutator, random);
                world.input(new Input.Heard(world.live));
                world.input(new Input.Received(world.live, stanza));
            }
        }
    }

    private static void forward(MachineWorld world) {
        switch (world.machine.phase()) {
            case PAIRING -> world.receive(Stanzas.pairDevice(2));
            case LOGGING_IN -> world.receive(Stanzas.success());
            default -> world.answerAll();
        }
    }

    /** A known stanza altered, one of known words that nobody ever sent, or an odd answer to a question. */
    private static Node stanza(MachineWorld world, NodeMutator mutator, RandomGenerator random) {
        int kind = random.nextInt(8);
        if (kind == 0) {
            return mutator.made(0);
        }
        List<Node> questions = world.sent.stream()
                .filter(node -> node.is("iq") && node.attribute("id").isPresent())
                .toList();
        if (kind < 3 && !questions.isEmpty()) {
            Node question = mutator.pick(questions);
            Node good = Stanzas.answer(question);
            // A wrong number of pre-keys is answered with 812 new ones, which takes longer than all the rest.
            boolean dear =
                    question.child("count").or(() -> question.child("digest")).isPresent();
            Node answer = dear && random.nextInt(16) > 0 ? good : mutator.mutate(good);
            return answer.is("iq")
                    ? answer.toBuilder()
                            .attribute("id", question.attribute("id"))
                            .attribute("type", random.nextInt(4) == 0 ? "error" : "result")
                            .build()
                    : answer;
        }
        Node known = mutator.pick(STANZAS);
        return random.nextInt(4) == 0 ? known : mutator.mutate(known);
    }

    /** Each seed has its own kind of stanza, and repeats it with another id each time. */
    @Test
    void keepsNoMoreHoweverOftenItHearsTheSame(TestInfo info) {
        Fuzz.run(info, 12, random -> {
            NodeMutator mutator = new NodeMutator(random, WORDS);
            MachineWorld world = MachineWorld.in(mutator.pick(CONNECTED));
            Node stanza = stanza(world, mutator, random);
            flood(world, 5_000, i -> numbered(stanza, i));
        });
    }

    @Test
    void keepsNoMoreHoweverMuchItHears(TestInfo info) {
        Fuzz.run(info, 1, random -> {
            NodeMutator mutator = new NodeMutator(random, WORDS);
            MachineWorld world = MachineWorld.in(Phase.OPEN);
            flood(world, FLOOD, i -> {
                Node stanza = stanza(world, mutator, random);
                boolean rare = ENDING.contains(stanza.tag()) && i % 500 > 0;
                return numbered(rare ? mutator.made(0) : stanza, i);
            });
        });
    }

    private interface Source {
        Node next(int number);
    }

    private static void flood(MachineWorld world, int count, Source source) {
        for (int i = 0; i < count && world.lastEpoch < CONNECTIONS_MAX; i++) {
            if (world.live == 0) {
                world.input(new Input.Reconnect());
            }
            if (world.machine.phase() == Phase.DIALING) {
                world.handshake();
                if (world.machine.phase() == Phase.LOGGING_IN) {
                    world.receive(Stanzas.success());
                }
            }
            world.input(new Input.Received(world.live, source.next(i)));
            if (i % 64 == 0) {
                List.of(world.sent, world.log, world.course, world.dialed).forEach(List::clear);
            }
        }
        Weight weight = Weight.of(world.machine);
        assertThat(weight.bytes())
                .as("kept after %d stanzas: %s", count, weight)
                .isLessThan(WEIGHT_MAX);
    }

    /** The stanza with an id of its own. */
    private static Node numbered(Node stanza, int number) {
        return stanza.attribute("id")
                .map(id -> stanza.toBuilder().attribute("id", id + "-" + number).build())
                .orElse(stanza);
    }
}
