package dev.whatsappmd.benchmarks.noise;

import dev.whatsappmd.engine.frame.FrameEncoder;
import dev.whatsappmd.engine.noise.NoiseException;
import dev.whatsappmd.engine.noise.NoiseTransport;
import java.util.Arrays;

/** One side frames and encrypts, the other one decrypts. Not thread-safe. */
final class FrameRoundTrip {
    private final FrameEncoder encoder = FrameEncoder.withoutIntro();
    private final NoiseTransport sender;
    private final NoiseTransport receiver;
    private final byte[] plaintext;

    FrameRoundTrip(Peers.Connected ends, int length) {
        sender = ends.client();
        receiver = ends.server();
        plaintext = new byte[length];
        Arrays.fill(plaintext, (byte) 3);
    }

    byte[] once() throws NoiseException {
        int length = plaintext.length + NoiseTransport.OVERHEAD;
        byte[] wire = encoder.allocate(length);
        sender.encrypt(plaintext, wire, FrameEncoder.HEADER_LENGTH);
        return receiver.decrypt(wire, FrameEncoder.HEADER_LENGTH, length);
    }
}
