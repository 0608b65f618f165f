package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/** What tests of codes to type have in common. */
final class CodeTalk {
    static final Pairing BY_CODE = Pairing.code("4915550001234", Optional.empty());
    /** The code that {@link #OWN} asks for. */
    static final String OWN_CODE = "CAMELCAM";

    static final Pairing OWN = Pairing.code("4915550009999", Optional.of("camel-cam"));

    private CodeTalk() {}

    /** A new device that is to be linked so, through the handshake; the server has not offered anything yet. */
    static MachineWorld connected(Pairing pairing) {
        MachineWorld world = new MachineWorld(
                Identities.NEW, MachineWorld.settings(ReconnectSettings.defaults(), Map.of(), pairing), new Random(42));
        world.start();
        world.handshake();
        return world;
    }

    /** Codes to scan are shown. */
    static MachineWorld scanning(int refs) {
        MachineWorld world = connected(Pairing.qr());
        world.receive(Stanzas.pairDevice(refs));
        return world;
    }

    /** A code to type is shown, as the options say; its reference is {@code ref}. */
    static MachineWorld typing() {
        MachineWorld world = connected(BY_CODE);
        world.receive(Stanzas.pairDevice(6));
        taken(world, "ref");
        return world;
    }

    /** The connection is lost, and the next one is as far as the server's offer. */
    static void comesBack(MachineWorld world) {
        world.lost();
        world.nextAttempt();
        world.handshake();
        world.receive(Stanzas.pairDevice("next", 6));
    }

    /** The application asks for a code; the number of what it asked for. */
    static long requests(MachineWorld world, Pairing pairing) {
        long operation = world.nextOperation();
        world.input(new Input.RequestPairingCode(operation, pairing));
        return operation;
    }

    /** The server takes the code that was asked for last. */
    static void taken(MachineWorld world, String ref) {
        world.receive(Stanzas.codeTaken(asked(world, "companion_hello"), ref));
    }

    /** The server refuses the code that was asked for last. */
    static void refused(MachineWorld world, String code) {
        world.receive(Stanzas.error(asked(world, "companion_hello"), code));
    }

    /** The question of this stage that was sent last. */
    static Node asked(MachineWorld world, String stage) {
        List<Node> all = allAsked(world, stage);
        return all.get(all.size() - 1);
    }

    static List<Node> allAsked(MachineWorld world, String stage) {
        return world.sent.stream()
                .filter(node -> node.is("iq")
                        && node.firstChild()
                                .filter(body -> body.hasAttribute("stage", stage))
                                .isPresent())
                .toList();
    }

    /** The ids of what was acknowledged, in this order. */
    static List<String> acknowledged(MachineWorld world) {
        return world.sent.stream()
                .filter(node -> node.is("ack"))
                .map(node -> node.attribute("id", ""))
                .toList();
    }

    /** The codes to type that were shown. */
    static List<String> shown(MachineWorld world) {
        return world.updates.stream()
                .map(ConnectionUpdate::pairingCode)
                .filter(Objects::nonNull)
                .toList();
    }

    /** What became of an operation; empty as long as it waits. */
    static Optional<Effect.Complete> outcome(MachineWorld world, long operation) {
        return world.completed.stream()
                .filter(complete -> complete.operation() == operation)
                .findFirst();
    }
}
