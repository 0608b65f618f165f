package dev.whatsappmd.localserver.fault;

import java.time.Duration;

/**
 * An unusual but lawful way to deliver what is sent, from now on: a client must not notice any difference. Several of
 * them may be in force together; of two about the same thing the later one counts.
 */
public sealed interface Delivery extends ServerFault {
    /** Each byte in a websocket message of its own. */
    static Delivery byteByByte() {
        return inPieces(1);
    }

    /** Websocket messages of at most this many bytes, wherever frames begin and end. */
    static Delivery inPieces(int bytes) {
        return new Pieces(bytes);
    }

    /** Each websocket message in fragments (RFC 6455, 5.4) of at most this many bytes. */
    static Delivery fragmented(int bytes) {
        return new Fragments(bytes);
    }

    /** What is sent within this time of each other goes out as one websocket message. */
    static Delivery batched(Duration window) {
        return new Batched(window);
    }

    /** Every stanza deflated. */
    static Delivery deflated() {
        return new Deflated();
    }

    @Override
    default boolean fits(Moment moment) {
        return true;
    }

    /** See {@link #inPieces}. */
    record Pieces(int bytes) implements Delivery {
        public Pieces {
            requirePositive(bytes);
        }

        @Override
        public String toString() {
            return bytes == 1 ? "byte by byte" : "pieces of " + bytes + " bytes";
        }
    }

    /** See {@link #fragmented}. */
    record Fragments(int bytes) implements Delivery {
        public Fragments {
            requirePositive(bytes);
        }

        @Override
        public String toString() {
            return "fragments of " + bytes + (bytes == 1 ? " byte" : " bytes");
        }
    }

    /** See {@link #batched}. */
    record Batched(Duration window) implements Delivery {
        public Batched {
            if (window.isNegative() || window.isZero()) {
                throw new IllegalArgumentException("frames are batched for a positive time, not " + window);
            }
        }

        @Override
        public String toString() {
            return "frames batched for " + window.toMillis() + " ms";
        }
    }

    /** See {@link #deflated}. */
    record Deflated() implements Delivery {
        @Override
        public String toString() {
            return "deflated frames";
        }
    }

    private static void requirePositive(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a piece has 1 byte and more, not " + bytes);
        }
    }
}
