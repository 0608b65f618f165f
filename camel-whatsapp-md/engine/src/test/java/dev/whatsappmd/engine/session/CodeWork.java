package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.crypto.Sha256;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.DeviceProfile;
import dev.whatsappmd.engine.pairing.PairingCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Random;

/**
 * What a session computes for codes beside its own thread. The real thing takes a tenth of a second each time, so stanzas
 * of the same outline stand for it, unless a test wants the real ones.
 */
final class CodeWork {
    private final Deque<Input> made = new ArrayDeque<>();
    private final Random random = new Random(5);
    private int count;

    /** The real thing. */
    boolean real;
    /** Only when the test asks for it. */
    boolean later;

    void hello(Effect.MakeHello make) {
        Node request = real
                ? make.code().hello(make.credentials(), DeviceProfile.DEFAULT, random)
                : request("companion_hello");
        made.add(new Input.HelloMade(make.epoch(), make.attempt(), request));
    }

    void finish(Effect.MakeFinish make) {
        made.add(new Input.FinishMade(make.epoch(), make.attempt(), make.hello(), result(make)));
    }

    private PairingCode.Result result(Effect.MakeFinish make) {
        if (real) {
            return make.code().finish(make.hello(), make.credentials(), random);
        }
        if (make.hello().attribute("refuse").isPresent()) {
            return new PairingCode.Refused("the test says so");
        }
        byte[] secret = Sha256.hash(new byte[] {(byte) ++count});
        return new PairingCode.Finished(
                make.credentials().toBuilder().advSecret(secret).build(), request("companion_finish"));
    }

    private static Node request(String stage) {
        return Node.builder("iq")
                .attribute("to", "s.whatsapp.net")
                .attribute("type", "set")
                .attribute("xmlns", "md")
                .child(Node.builder("link_code_companion_reg")
                        .attribute("stage", stage)
                        .build())
                .build();
    }

    /** What comes back to the session now. */
    Optional<Input> next() {
        return later ? Optional.empty() : take();
    }

    Optional<Input> take() {
        return Optional.ofNullable(made.poll());
    }

    int waiting() {
        return made.size();
    }

    /** How many answers to phones are being computed for this connection. */
    long answering(long epoch) {
        return made.stream()
                .filter(input -> input instanceof Input.FinishMade finish && finish.epoch() == epoch)
                .count();
    }
}
