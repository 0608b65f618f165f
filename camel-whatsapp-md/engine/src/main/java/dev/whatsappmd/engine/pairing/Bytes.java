package dev.whatsappmd.engine.pairing;

import java.io.ByteArrayOutputStream;
import java.util.random.RandomGenerator;

/** Joining and drawing bytes. */
final class Bytes {
    private Bytes() {}

    /** The parts, one after the other. */
    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** So many bytes of the generator. */
    static byte[] drawn(int length, RandomGenerator random) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
