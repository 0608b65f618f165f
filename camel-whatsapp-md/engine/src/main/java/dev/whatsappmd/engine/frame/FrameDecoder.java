package dev.whatsappmd.engine.frame;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frames in a stream that arrives in pieces of any size. Each byte is copied a small fixed number of times,
 * however the stream is cut, and memory grows with what has arrived, not with what was announced. Not thread-safe.
 */
public final class FrameDecoder {
    private static final int FIRST_CAPACITY = 4096;
    private static final byte[] NOTHING = {};

    private final int lengthMax;
    private final Queue<byte[]> frames = new ArrayDeque<>();

    private int headerBytes;
    private int length;
    private byte[] content = NOTHING;
    private int filled;
    private @Nullable String failure;

    /** With no other limit than the format's. */
    public FrameDecoder() {
        this(FrameEncoder.LENGTH_MAX);
    }

    /** @param lengthMax the longest frame content to take, 1 to {@link FrameEncoder#LENGTH_MAX} bytes */
    public FrameDecoder(int lengthMax) {
        if (lengthMax < 1 || lengthMax > FrameEncoder.LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "the longest frame to take is 1 to " + FrameEncoder.LENGTH_MAX + " bytes, not " + lengthMax);
        }
        this.lengthMax = lengthMax;
    }

    /** As {@link #feed(ByteBuffer)}. */
    public void feed(byte[] piece) throws FrameException {
        feed(ByteBuffer.wrap(piece));
    }

    /**
     * Takes the next piece of the stream, all of it. The buffer may be used again afterwards.
     *
     * @throws FrameException a frame longer than the limit was announced, now or before; frames that were complete by then
     *     can still be polled, the stream is of no further use
     */
    public void feed(ByteBuffer piece) throws FrameException {
        while (failure == null && piece.hasRemaining()) {
            if (headerBytes < FrameEncoder.HEADER_LENGTH) {
                length = length << 8 | piece.get() & 0xff;
                headerBytes++;
                if (headerBytes == FrameEncoder.HEADER_LENGTH && length > lengthMax) {
                    failure = "a frame of " + length + " bytes was announced, the limit is " + lengthMax;
                    content = NOTHING;
                }
            } else {
                take(piece);
            }
            if (headerBytes == FrameEncoder.HEADER_LENGTH && filled == length) {
                frames.add(content);
                headerBytes = 0;
                length = 0;
                content = NOTHING;
                filled = 0;
            }
        }
        if (failure != null) {
            throw new FrameException(failure);
        }
    }

    private void take(ByteBuffer piece) {
        int taken = Math.min(piece.remaining(), length - filled);
        int needed = filled + taken;
        if (needed > content.length) {
            // Doubling keeps the copying linear; never beyond the frame, so that a complete one fits exactly.
            int capacity = Math.max(needed, Math.max(FIRST_CAPACITY, 2 * content.length));
            content = Arrays.copyOf(content, Math.min(capacity, length));
        }
        piece.get(content, filled, taken);
        filled = needed;
    }

    /** The next complete frame's content, in an array of its own; empty when there is none yet. */
    public Optional<byte[]> poll() {
        return Optional.ofNullable(frames.poll());
    }

    /** What is done with a frame. */
    @FunctionalInterface
    public interface FrameConsumer<E extends Exception> {
        void accept(byte[] content) throws E;
    }

    /** Takes out all complete frames, in order; a frame whose consumer throws is taken, those after it stay. */
    public <E extends Exception> void forEach(FrameConsumer<E> consumer) throws E {
        for (byte[] frame = frames.poll(); frame != null; frame = frames.poll()) {
            consumer.accept(frame);
        }
    }

    /** Bytes held for a frame that is not complete, without its header. */
    public int pendingBytes() {
        return filled;
    }
}
