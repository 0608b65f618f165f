package dev.whatsappmd.engine.node;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The inflated rest of a frame: {@code bytes} up to {@code length}. */
record Inflated(byte[] bytes, int length) {
    private static final int FIRST_BYTES = 1024;

    /** Inflates a zlib stream that begins at the offset; bytes after the stream are ignored. */
    static Inflated of(byte[] frame, int from, int max) throws NodeFormatException {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(frame, from, frame.length - from);
            byte[] out = new byte[(int) Math.min(max, Math.max(FIRST_BYTES, 4L * frame.length))];
            int length = 0;
            while (true) {
                length += inflater.inflate(out, length, out.length - length);
                if (inflater.finished()) {
                    return new Inflated(out, length);
                }
                if (length < out.length) {
                    throw new NodeFormatException(frame.length, "the zlib stream ends too early or wants a dictionary");
                }
                if (length >= max) {
                    checkEnd(inflater, max, frame);
                    return new Inflated(out, length);
                }
                out = Arrays.copyOf(out, (int) Math.min(max, 2L * length));
            }
        } catch (DataFormatException e) {
            throw new NodeFormatException(from, "the zlib stream is damaged", e);
        } finally {
            inflater.end();
        }
    }

    /** The output is full: nothing but the end of the stream may follow. */
    private static void checkEnd(Inflater inflater, int max, byte[] frame)
            throws DataFormatException, NodeFormatException {
        int more = inflater.inflate(new byte[1]);
        if (more > 0) {
            throw new NodeFormatException(frame.length, "the frame inflates to more than " + max + " bytes");
        }
        if (!inflater.finished()) {
            throw new NodeFormatException(frame.length, "the zlib stream ends too early");
        }
    }
}
