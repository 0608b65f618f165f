package dev.whatsappmd.localserver.fault;

import dev.whatsappmd.engine.node.Node;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something a server does to a client. A value: it is attached to a {@link Moment} or to a stanza by the
 * {@link ServerScript}, or done now. All of them stand in {@link FaultTour}.
 */
public sealed interface ServerFault
        permits ServerClose,
                ServerFault.Silence,
                ServerFault.Stall,
                ServerFault.Garbage,
                ServerFault.Says,
                UpgradeFault,
                CertificateFault,
                FrameFault,
                Delivery,
                LoginFault,
                StanzaFault {
    /** Whether it can be done at this moment. */
    boolean fits(Moment moment);

    /** Whether it can be done when a stanza has come; also, whether it can be done now on an open connection. */
    default boolean fitsStanza() {
        return fits(Moment.OPEN);
    }

    /**
     * From now on the connection looks alive and is dead: what the client sends is read and dropped, and nothing is
     * sent, not even the answer to a websocket ping.
     */
    static ServerFault silence() {
        return new Silence();
    }

    /**
     * From now on the socket is not touched: nothing is read, so that the client's own sending comes to a halt, and
     * nothing is sent, not even an end. The server does not notice when such a client goes.
     */
    static ServerFault stall() {
        return new Stall(null);
    }

    /** {@link #stall()}, and after this time everything goes on where it stopped. */
    static ServerFault stallFor(Duration time) {
        return new Stall(Objects.requireNonNull(time, "time"));
    }

    /** Bytes on the socket that are neither an HTTP answer nor a websocket frame; the server goes on after them. */
    static ServerFault garbage() {
        return new Garbage(64, 1);
    }

    /**
     * A stanza that nobody asked for; the server goes on after it as if it had said nothing. Also an end that is
     * announced and does not come: {@code <stream:error>} on a socket that stays open.
     */
    static ServerFault says(Node stanza) {
        return new Says(stanza);
    }

    /** See {@link #silence()}. */
    record Silence() implements ServerFault {
        @Override
        public boolean fits(Moment moment) {
            return true;
        }

        @Override
        public String toString() {
            return "silence";
        }
    }

    /**
     * See {@link #stall()}.
     *
     * @param time how long, null for ever
     */
    record Stall(@Nullable Duration time) implements ServerFault {
        public Stall {
            if (time != null && (time.isNegative() || time.isZero())) {
                throw new IllegalArgumentException("a stall takes a positive time, not " + time);
            }
        }

        /** How long; empty for ever. */
        public Optional<Duration> duration() {
            return Optional.ofNullable(time);
        }

        @Override
        public boolean fits(Moment moment) {
            return true;
        }

        @Override
        public String toString() {
            return time == null ? "stall" : "stall for " + time.toMillis() + " ms";
        }
    }

    /**
     * See {@link #garbage()}.
     *
     * @param length 1 byte and more
     * @param seed what the bytes are made from
     */
    record Garbage(int length, long seed) implements ServerFault {
        public Garbage {
            SeededBytes.requireLength(length);
        }

        /** The bytes; the first is 0xff, which begins neither an HTTP answer nor a websocket frame. */
        public byte[] bytes() {
            byte[] bytes = SeededBytes.of(length, seed);
            bytes[0] = (byte) 0xff;
            return bytes;
        }

        @Override
        public boolean fits(Moment moment) {
            return true;
        }

        @Override
        public String toString() {
            return "garbage";
        }
    }

    /**
     * See {@link #says}.
     *
     * @param stanza what is sent
     */
    record Says(Node stanza) implements ServerFault {
        public Says {
            Objects.requireNonNull(stanza, "stanza");
        }

        @Override
        public boolean fits(Moment moment) {
            return moment.canSendStanzas();
        }

        @Override
        public String toString() {
            return "says " + ServerClose.words(stanza);
        }
    }
}
