package dev.whatsappmd.engine.frame;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends before its first frame: {@code WA 6 3}, and before that, when the server has told it where it belongs,
 * {@code ED 0 1}, a 3-byte big-endian length and the routing info. Only {@code WA 6 3} goes into the Noise hash. Immutable.
 */
public final class IntroHeader {
    /** The longest routing info that its length field can announce. */
    public static final int ROUTING_INFO_LENGTH_MAX = FrameEncoder.LENGTH_MAX;

    /** Without routing info. */
    public static final IntroHeader PLAIN = new IntroHeader(null);

    private static final byte[] VERSION = {'W', 'A', 6, 3};
    private static final byte[] ROUTING = {'E', 'D', 0, 1};

    private final byte @Nullable [] routingInfo;

    private IntroHeader(byte @Nullable [] routingInfo) {
        this.routingInfo = routingInfo;
    }

    /** @param routingInfo opaque bytes that the server sent on an earlier connection ({@code ib / edge_routing}) */
    public static IntroHeader withRoutingInfo(byte[] routingInfo) {
        if (routingInfo.length > ROUTING_INFO_LENGTH_MAX) {
            throw new IllegalArgumentException(
                    "routing info has at most " + ROUTING_INFO_LENGTH_MAX + " bytes, not " + routingInfo.length);
        }
        return new IntroHeader(routingInfo.clone());
    }

    /** The routing info, when there is some. */
    public Optional<byte[]> routingInfo() {
        return Optional.ofNullable(routingInfo).map(byte[]::clone);
    }

    /** What goes over the socket. */
    public byte[] bytes() {
        if (routingInfo == null) {
            return VERSION.clone();
        }
        return ByteBuffer.allocate(ROUTING.length + FrameEncoder.HEADER_LENGTH + routingInfo.length + VERSION.length)
                .put(ROUTING)
                .put((byte) (routingInfo.length >>> 16))
                .putShort((short) routingInfo.length)
                .put(routingInfo)
                .put(VERSION)
                .array();
    }

    /**
     * Reads an intro off the beginning of a client's stream, for servers of one's own.
     *
     * @param stream what arrived so far; its position moves behind the intro when there is a whole one, else stays
     * @param routingInfoLengthMax more than this is refused as soon as it is announced
     * @return empty while bytes are missing
     * @throws FrameException the bytes are no intro
     */
    public static Optional<IntroHeader> read(ByteBuffer stream, int routingInfoLengthMax) throws FrameException {
        ByteBuffer bytes = stream.duplicate();
        byte @Nullable [] routingInfo = null;
        if (bytes.hasRemaining() && bytes.get(bytes.position()) == ROUTING[0]) {
            if (!skip(bytes, ROUTING) || bytes.remaining() < FrameEncoder.HEADER_LENGTH) {
                return Optional.empty();
            }
            int length = (bytes.get() & 0xff) << 16 | bytes.getShort() & 0xffff;
            if (length > routingInfoLengthMax) {
                throw new FrameException("the intro announces " + length + " bytes of routing info, the limit is "
                        + routingInfoLengthMax);
            }
            if (bytes.remaining() < length) {
                return Optional.empty();
            }
            routingInfo = new byte[length];
            bytes.get(routingInfo);
        }
        if (!skip(bytes, VERSION)) {
            return Optional.empty();
        }
        stream.position(bytes.position());
        return Optional.of(routingInfo == null ? PLAIN : new IntroHeader(routingInfo));
    }

    /** Whether all expected bytes are there; wrong ones are refused even when they are not all there. */
    private static boolean skip(ByteBuffer bytes, byte[] expected) throws FrameException {
        for (byte next : expected) {
            if (!bytes.hasRemaining()) {
                return false;
            }
            byte found = bytes.get();
            if (found != next) {
                throw new FrameException("the stream does not begin as a WhatsApp client's: byte " + (found & 0xff)
                        + " where " + (next & 0xff) + " was expected");
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IntroHeader intro && Arrays.equals(routingInfo, intro.routingInfo);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(routingInfo);
    }

    @Override
    public String toString() {
        return routingInfo == null ? "IntroHeader[]" : "IntroHeader[" + routingInfo.length + " bytes of routing info]";
    }
}
