package dev.whatsappmd.engine.frame;

/**
 * Puts the length in front of each frame, and the intro in front of the first one. Not thread-safe: frames go out in the
 * order of the calls.
 */
public final class FrameEncoder {
    /** The longest frame content that three bytes can announce. */
    public static final int LENGTH_MAX = (1 << 24) - 1;

    /** Bytes of the length. */
    public static final int HEADER_LENGTH = 3;

    private static final byte[] NO_INTRO = {};

    private byte[] pendingIntro;

    /** For a client: the intro goes out with the first frame. */
    public FrameEncoder(IntroHeader intro) {
        pendingIntro = intro.bytes();
    }

    private FrameEncoder() {
        pendingIntro = NO_INTRO;
    }

    /** For a server. */
    public static FrameEncoder withoutIntro() {
        return new FrameEncoder();
    }

    /**
     * What goes over the socket for this content.
     *
     * @throws IllegalArgumentException the content is longer than {@link #LENGTH_MAX}
     */
    public byte[] encode(byte[] content) {
        byte[] wire = allocate(content.length);
        System.arraycopy(content, 0, wire, wire.length - content.length, content.length);
        return wire;
    }

    /**
     * As {@link #encode}, with the last {@code contentLength} bytes still to be filled in: whoever produces the content can
     * write it where it belongs.
     *
     * @throws IllegalArgumentException the length is negative or more than {@link #LENGTH_MAX}
     */
    public byte[] allocate(int contentLength) {
        if (contentLength < 0 || contentLength > LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "a frame has at most " + LENGTH_MAX + " bytes, not " + contentLength + "; send less at once");
        }
        byte[] intro = pendingIntro;
        pendingIntro = NO_INTRO;
        byte[] wire = new byte[intro.length + HEADER_LENGTH + contentLength];
        System.arraycopy(intro, 0, wire, 0, intro.length);
        wire[intro.length] = (byte) (contentLength >>> 16);
        wire[intro.length + 1] = (byte) (contentLength >>> 8);
        wire[intro.length + 2] = (byte) contentLength;
        return wire;
    }
}
