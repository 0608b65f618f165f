package dev.whatsappmd.localserver.fault;

/**
 * Something wrong with a frame of the protocol; the server goes on after it. What spoils the next frame waits for one:
 * done now on an established connection it makes one, so that it happens at once.
 */
public sealed interface FrameFault extends ServerFault {
    /** One bit of the next frame's content is another. */
    static FrameFault corrupt() {
        return new Corrupt();
    }

    /** The last bytes of the next frame are left out: what comes after it is taken for its end. */
    static FrameFault truncated(int missing) {
        return new Truncated(missing);
    }

    /** A frame of the format's greatest length is announced, and nothing of it comes: all later frames seem to be in it. */
    static FrameFault oversize() {
        return new Oversize();
    }

    /** A frame without content. */
    static FrameFault empty() {
        return new Empty();
    }

    /** A whole frame of bytes that mean nothing. */
    static FrameFault garbage() {
        return new GarbageFrame(64, 1);
    }

    /** A websocket message of text, which this protocol does not have. */
    static FrameFault text() {
        return new Text();
    }

    @Override
    default boolean fits(Moment moment) {
        return moment.isOverWebSocket();
    }

    /** See {@link #corrupt}. */
    record Corrupt() implements FrameFault {
        @Override
        public String toString() {
            return "corrupt frame";
        }
    }

    /** See {@link #truncated}. */
    record Truncated(int missing) implements FrameFault {
        public Truncated {
            if (missing < 1) {
                throw new IllegalArgumentException("a truncated frame misses 1 byte and more, not " + missing);
            }
        }

        @Override
        public String toString() {
            return "truncated frame";
        }
    }

    /** See {@link #oversize}. */
    record Oversize() implements FrameFault {
        @Override
        public String toString() {
            return "oversize frame";
        }
    }

    /** See {@link #empty}. */
    record Empty() implements FrameFault {
        @Override
        public String toString() {
            return "empty frame";
        }
    }

    /**
     * See {@link #garbage}.
     *
     * @param length 1 byte and more
     * @param seed what the bytes are made from
     */
    record GarbageFrame(int length, long seed) implements FrameFault {
        public GarbageFrame {
            SeededBytes.requireLength(length);
        }

        /** The frame's content. */
        public byte[] bytes() {
            return SeededBytes.of(length, seed);
        }

        @Override
        public String toString() {
            return "garbage frame";
        }
    }

    /** See {@link #text}. */
    record Text() implements FrameFault {
        @Override
        public String toString() {
            return "text message";
        }
    }
}
