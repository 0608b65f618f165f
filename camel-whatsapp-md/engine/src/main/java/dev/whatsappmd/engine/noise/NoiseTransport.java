package dev.whatsappmd.engine.noise;

import dev.whatsappmd.engine.crypto.AesGcm;
import dev.whatsappmd.engine.crypto.CryptoException;

/**
 * Encrypts and decrypts frames once the handshake is done. Frames have to be handed over in the order they are sent and were
 * received: their number is part of the encryption and does not travel with them.
 *
 * <p>One thread may encrypt while another decrypts; each direction by itself belongs to one thread at a time.
 */
public final class NoiseTransport {
    /** How many bytes a frame is longer than its plaintext. */
    public static final int OVERHEAD = AesGcm.TAG_LENGTH;

    private static final byte[] NO_AAD = {};

    private final AesGcm writer;
    private final AesGcm reader;
    private final CounterIv writeIv;
    private final CounterIv readIv;
    private boolean broken;

    NoiseTransport(byte[] writeKey, byte[] readKey) {
        this(writeKey, readKey, 0);
    }

    /** Begins with a later frame in both directions. */
    NoiseTransport(byte[] writeKey, byte[] readKey, long firstFrame) {
        writer = new AesGcm(writeKey);
        reader = new AesGcm(readKey);
        writeIv = new CounterIv(firstFrame);
        readIv = new CounterIv(firstFrame);
    }

    /**
     * The next frame's content.
     *
     * @throws IllegalStateException after 2^32 frames; a new connection is needed
     */
    public byte[] encrypt(byte[] plaintext) {
        return writer.encrypt(writeIv.next(), NO_AAD, plaintext);
    }

    /**
     * Writes the next frame's content, {@link #OVERHEAD} bytes more than the plaintext, into {@code output} from
     * {@code outputOffset}: for a caller that has put the frame's header there already.
     *
     * @throws IllegalStateException after 2^32 frames; a new connection is needed
     * @throws IllegalArgumentException there is not enough room; the connection has lost count and must be closed
     */
    public void encrypt(byte[] plaintext, byte[] output, int outputOffset) {
        writer.encrypt(writeIv.next(), plaintext, output, outputOffset);
    }

    /**
     * The plaintext of the next frame's content.
     *
     * @throws NoiseException the frame is altered, repeated, lost or out of order, or this happened before: after one
     *     failure no frame is accepted any more
     */
    public byte[] decrypt(byte[] ciphertext) throws NoiseException {
        return decrypt(ciphertext, 0, ciphertext.length);
    }

    /** As {@link #decrypt(byte[])}, for a frame that is part of an array. */
    public byte[] decrypt(byte[] input, int offset, int length) throws NoiseException {
        if (broken) {
            throw new NoiseException("an earlier frame of this connection did not decrypt; open a new connection");
        }
        if (readIv.isExhausted()) {
            throw new NoiseException("all 2^32 frames of this connection are used up; open a new connection");
        }
        try {
            return reader.decrypt(readIv.next(), NO_AAD, input, offset, length);
        } catch (CryptoException e) {
            broken = true;
            throw new NoiseException(
                    "frame " + (readIv.counter() - 1) + " of this connection does not decrypt: " + e.getMessage(), e);
        }
    }

    /** How many frames were encrypted. */
    public long framesWritten() {
        return writeIv.counter();
    }

    /** How many frames were decrypted, a failed one included. */
    public long framesRead() {
        return readIv.counter();
    }

    @Override
    public String toString() {
        return "NoiseTransport[written=" + framesWritten() + ", read=" + framesRead() + "]";
    }
}
