package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.transport.TransportEnd;
import dev.whatsappmd.reconnect.ReconnectDirective;
import dev.whatsappmd.reconnect.ReconnectSettings;
import dev.whatsappmd.reconnect.ReconnectStrategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random courses of events, each made from a seed, against the machine; {@link MachineWorld} checks the
 * {@link Invariants} after every input. A share of the devices is new, some were revoked, and in a share of the courses
 * this program itself has defects.
 *
 * <p>The build runs {@value #SHARE} of them. The long form, some minutes on one core, and a single course again:
 *
 * <pre>
 * mvn test -pl camel-whatsapp-md/engine -am -Dtest=SessionScheduleTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dtest.jvm.args=-Dschedules=100000
 * mvn test -pl camel-whatsapp-md/engine -am -Dtest=SessionScheduleTest -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dtest.jvm.args=-Dschedule.seed=4711
 * </pre>
 */
class SessionScheduleTest {
    private static final int SHARE = 6_000;

    private static final int STEPS = 60;

    private static final List<Map<String, ?>> OVERRIDES = List.of(
            Map.of(),
            Map.of("440", "now"),
            Map.of("503", "stop", "loggedOut", "backoff"),
            Map.of("LOGGED_OUT", "relink", "LINK_REJECTED", "relink", "PAIRING_EXPIRED", "relink"),
            Map.of("428", "park:1m", "stream.500", "now"),
            Map.of("UNKNOWN", "park", "SERVER_UNAVAILABLE", "relink"));

    @Test
    @Timeout(3600)
    void whatMustAlwaysHoldHolds() {
        long single = Long.getLong("schedule.seed", -1);
        if (single >= 0) {
            run(single, new SchedulePlay());
            return;
        }
        int schedules = Integer.getInteger("schedules", SHARE);
        SchedulePlay play = new SchedulePlay();
        for (long seed = 0; seed < schedules; seed++) {
            run(seed, play);
        }
        if (schedules >= SHARE) {
            play.assertEverythingPlayed();
        }
    }

    private static void run(long seed, SchedulePlay play) {
        MachineWorld world = null;
        try {
            Random random = new Random(seed);
            world = world(random);
            world.start();
            for (int step = 0; step < STEPS && !world.released; step++) {
                step(world, random, play);
            }
            world.input(new Input.Stop());
            world.assertEnded();
            world.input(new Input.Reconnect());
            world.input(new Input.Start());
            world.input(new Input.Logout(world.nextOperation()));
            world.input(new Input.Relink(world.nextOperation()));
            world.input(wantsCode(world, random));
            world.assertEnded();
            play.ended(world);
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + " (again: mvn test -pl camel-whatsapp-md/engine -am -Dtest=SessionScheduleTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest.jvm.args=-Dschedule.seed=" + seed + "): "
                            + e.getMessage() + (world == null ? "" : "\n" + String.join("\n", world.log)),
                    e);
        }
    }

    private static MachineWorld world(Random random) {
        int device = random.nextInt(16);
        Credentials credentials = device < 6 ? Identities.NEW : device < 8 ? Identities.REVOKED : Identities.LINKED;
        boolean defects = random.nextInt(8) == 0;
        RandomGenerator drawn = new Random(random.nextLong());
        MachineWorld world = new MachineWorld(
                credentials,
                MachineWorld.settings(
                        settings(random),
                        pick(random, OVERRIDES),
                        random.nextInt(3) == 0 ? CodeTalk.BY_CODE : Pairing.qr()),
                defects ? new DefectiveRandom(drawn, 40) : drawn);
        world.survivesDefects = defects;
        world.codeWork.later = random.nextInt(4) == 0;
        if (device >= 8) {
            world.keep(Identities.PRE_KEYS);
        }
        return world;
    }

    private static ReconnectSettings settings(Random random) {
        ReconnectSettings settings =
                ReconnectSettings.defaults().withStrategy(pick(random, List.of(ReconnectStrategy.values())));
        return random.nextBoolean() ? settings : settings.withMaxAttempts(1 + random.nextInt(4));
    }

    private static void step(MachineWorld world, Random random, SchedulePlay play) {
        if (world.machine.phase() == Phase.PAIRING && random.nextInt(3) == 0) {
            // Seldom reached, and there is much to say.
            link(world, random, play);
            return;
        }
        switch (random.nextInt(23)) {
            case 0, 1, 2, 3 -> world.fireNext();
            case 4, 5, 6 -> forward(world, random, play);
            case 7, 8, 9, 10 -> world.answerAll();
            case 11, 12 -> hear(world, random);
            case 13 -> world.input(new Input.Ended(epoch(world, random), cause(random)));
            case 14 -> world.input(new Input.LastWords(epoch(world, random), word(random), random.nextBoolean()));
            case 15 -> world.routesDone();
            case 16 -> world.input(new Input.HandshakeDone(epoch(world, random)));
            case 17 -> world.now += random.nextInt(120_000);
            case 18 -> rare(world, random);
            case 19 -> play.asks(world, asked(world, random));
            case 20 -> play.says(world, code(random));
            case 21 -> saysOfCode(world, random);
            default -> {
                world.input(new Input.Heard(epoch(world, random)));
                world.computed();
            }
        }
    }

    /** What the server says about the code that was asked for last. */
    private static void saysOfCode(MachineWorld world, Random random) {
        List<Node> asked = CodeTalk.allAsked(world, random.nextBoolean() ? "companion_hello" : "companion_finish");
        if (!asked.isEmpty() && world.live != 0) {
            Node last = asked.get(asked.size() - 1);
            world.receive(random.nextInt(3) == 0 ? Stanzas.error(last, "404") : Stanzas.answer(last));
        }
    }

    /** Nothing can be read before the handshake is done. */
    private static void hear(MachineWorld world, Random random) {
        Node node = node(world, random);
        if (world.machine.phase() == Phase.DIALING) {
            world.handshake();
        }
        world.input(new Input.Received(epoch(world, random), node));
    }

    /** What a well-meaning server would do next. */
    private static void forward(MachineWorld world, Random random, SchedulePlay play) {
        switch (world.machine.phase()) {
            case DIALING -> world.handshake();
            case PAIRING -> link(world, random, play);
            case PAIRED -> world.receive(Stanzas.streamError("515"));
            case LOGGING_IN -> world.receive(random.nextBoolean() ? Stanzas.success() : namedSuccess());
            case BRINGING_UP -> world.answerAll();
            case OPEN -> world.receive(Stanzas.offline(random.nextInt(3)));
            default -> world.fireNext();
        }
    }

    private static void link(MachineWorld world, Random random, SchedulePlay play) {
        if (!world.isArmed(SessionTimer.PAIRING_WINDOW)) {
            world.receive(Stanzas.pairDevice(1 + random.nextInt(6)));
            return;
        }
        for (int i = random.nextInt(5); i >= 0 && world.isArmed(SessionTimer.PAIRING_WINDOW); i--) {
            switch (random.nextInt(8)) {
                case 0 -> world.receive(Stanzas.pairSuccess(world.stored(), random));
                case 1 -> play.asks(world, wantsCode(world, random));
                case 2, 3, 4 -> saysOfCode(world, random);
                default -> play.says(world, code(random));
            }
        }
    }

    /** Presence needs the account's name. */
    private static Node namedSuccess() {
        return Stanzas.success().toBuilder()
                .attribute("display_name", "Support")
                .build();
    }

    private static void rare(MachineWorld world, Random random) {
        switch (random.nextInt(6)) {
            case 0 -> world.input(new Input.Reconnect());
            case 1 ->
                world.failNextSave = Optional.of(new SessionStoreException(
                        pick(random, List.of(SessionStoreException.Reason.values())), "the disk is full of tests"));
            case 2 -> world.input(new Input.Start());
            case 3 -> world.failNextEffect = true;
            case 4 -> {
                // One that was cleared or set again since; a timer that is running never runs out before its time.
                Input.TimerFired fired =
                        new Input.TimerFired(pick(random, List.of(SessionTimer.values())), random.nextInt(50));
                if (!world.isRunning(fired)) {
                    world.input(fired);
                }
            }
            default -> {
                if (random.nextInt(5) == 0) {
                    world.input(new Input.Stop());
                }
            }
        }
    }

    /** Mostly the present connection, sometimes one that is long gone or never was. */
    private static long epoch(MachineWorld world, Random random) {
        return random.nextInt(4) == 0 ? random.nextInt(6) : world.lastEpoch;
    }

    private static Node node(MachineWorld world, Random random) {
        return switch (random.nextInt(18)) {
            case 0 ->
                Stanzas.streamError(Integer.toString(pick(random, List.of(0, 401, 409, 429, 500, 503, 515, 516, 777))));
            case 1 -> Stanzas.conflict(pick(random, List.of("replaced", "device_removed", "new")));
            case 2 ->
                Stanzas.failure(
                        Integer.toString(pick(random, List.of(400, 401, 402, 403, 405, 406, 429, 440, 500, 503, 515))));
            case 3 -> Stanzas.success();
            case 4 -> Stanzas.pairDevice(random.nextInt(3));
            case 5 -> Stanzas.pairSuccess(Identities.NEW, random);
            case 6 -> Stanzas.ib(pick(random, List.of("offline_preview", "downgrade_webclient", "dirty", "offline")));
            case 7 -> Node.of("xmlstreamend");
            case 8 -> Stanzas.stanza("notification", "n" + random.nextInt(), random.nextBoolean());
            case 9 -> Stanzas.stanza("something-new", "u" + random.nextInt(), random.nextBoolean());
            case 10 -> Stanzas.stanza("message", "m" + random.nextInt(), true);
            case 11 ->
                Node.builder("iq")
                        .attribute("id", "x")
                        .attribute("type", pick(random, List.of("get", "set", "result", "error", "")))
                        .build();
            case 12 ->
                Node.builder("notification")
                        .attribute("id", "k")
                        .attribute("from", "s.whatsapp.net")
                        .attribute("type", "encrypt")
                        .child(pick(random, List.of("count", "digest", "identity")))
                        .build();
            case 13 ->
                world.sent.isEmpty()
                        ? Node.of("ack")
                        : Stanzas.error(pick(random, world.sent), pick(random, List.of("404", "406", "500")));
            case 14 ->
                Node.builder("ib")
                        .child(Node.builder("edge_routing")
                                .child(Node.builder("routing_info")
                                        .bytes(new byte[] {1, 2})
                                        .build())
                                .build())
                        .build();
            case 15 -> code(random);
            case 16 -> Stanzas.stanza("receipt", "r" + random.nextInt(), random.nextBoolean());
            default -> Node.of(pick(random, List.of("ack", "presence", "", "failure", "stream:error", "ib", "iq")));
        };
    }

    /** What the server says about codes. */
    private static Node code(Random random) {
        Node hello = Stanzas.primaryHello("p" + random.nextInt(), random.nextInt(6) == 0 ? "another" : "ref");
        return switch (random.nextInt(8)) {
            case 0 -> Stanzas.newSecretWanted();
            case 1 -> Stanzas.codeTakenBack(pick(random, List.of("ref", "another")));
            case 2 -> random.nextBoolean() ? Stanzas.codeTakenBackByHand("ref") : Stanzas.codeTakenBack("ref");
            case 3 -> hello.toBuilder().attribute("refuse", "yes").build();
            default -> hello;
        };
    }

    private static DisconnectCause cause(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> DisconnectCause.untrusted("leaf");
            case 1 -> DisconnectCause.protocolError("frame");
            default ->
                DisconnectCause.of(
                        TransportEnd.of(pick(random, List.of(TransportEnd.Kind.values())), "by the schedule"));
        };
    }

    private static Optional<ReconnectDirective> word(Random random) {
        return random.nextInt(7) == 0
                ? Optional.empty()
                : Optional.of(pick(
                        random,
                        List.of(
                                ReconnectDirective.now(),
                                ReconnectDirective.backoff(),
                                ReconnectDirective.park(),
                                ReconnectDirective.park(Duration.ofMinutes(2)),
                                ReconnectDirective.stop(),
                                ReconnectDirective.relink())));
    }

    /** Something that the application asks for, or does not wait for any longer. */
    private static Input asked(MachineWorld world, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> new Input.Logout(world.nextOperation());
            case 1 -> new Input.Relink(world.nextOperation());
            case 2 -> new Input.ShowPresence(world.nextOperation(), random.nextBoolean());
            case 3 -> new Input.GaveUp(world.lastOperation, Duration.ofMinutes(1));
            default -> wantsCode(world, random);
        };
    }

    private static Input wantsCode(MachineWorld world, Random random) {
        return new Input.RequestPairingCode(
                world.nextOperation(), random.nextBoolean() ? CodeTalk.BY_CODE : CodeTalk.OWN);
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
