package dev.whatsappmd.engine.node;

import dev.whatsappmd.engine.jid.JidServer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Reads a node from a frame (Baileys WABinary/decode.ts).
 *
 * <p>Anything that is not a node, ends too early or goes beyond the {@link NodeLimits} is a
 * {@link NodeFormatException}; no other exception, and no more memory than the input can fill. As in the reference,
 * only flag 2 of the first byte counts, bytes after the node are ignored, of attributes with the same name the last
 * counts, and invalid UTF-8 becomes U+FFFD.
 *
 * <p>The methods are stateless and safe for all threads. The input is not kept.
 */
public final class NodeDecoder {
    /** Addresses do not nest, but the reference writes a text with two '@' as an address in an address. */
    private static final int MAX_ADDRESS_DEPTH = 4;
    /** A node takes three bytes at least: list, size, tag. */
    private static final int MIN_NODE_BYTES = 3;

    private final byte[] in;
    private final int end;
    private final NodeLimits limits;
    /** Room for an unpacked string and a server. */
    private final byte[] scratch = new byte[2 * WireTag.PACKED_MAX + 1 + Tokens.MAX_LENGTH];

    private int at;
    private int nodes;
    /** Bytes that the announced but not yet read nodes need at least. */
    private int owed;

    private NodeDecoder(byte[] in, int from, int end, NodeLimits limits) {
        this.in = in;
        this.at = from;
        this.end = end;
        this.limits = limits;
    }

    /** Reads a frame (flags byte and node) within {@link NodeLimits#DEFAULT}. */
    public static Node decode(byte[] frame) throws NodeFormatException {
        return decode(frame, NodeLimits.DEFAULT);
    }

    /** Reads a frame (flags byte and node). */
    public static Node decode(byte[] frame, NodeLimits limits) throws NodeFormatException {
        Objects.requireNonNull(limits, "limits");
        if (frame.length == 0) {
            throw new NodeFormatException(0, "the frame is empty");
        }
        if ((frame[0] & WireTag.FLAG_DEFLATED) == 0) {
            return new NodeDecoder(frame, 1, frame.length, limits).node(1);
        }
        Inflated inflated = Inflated.of(frame, 1, limits.maxInflatedBytes());
        return new NodeDecoder(inflated.bytes(), 0, inflated.length(), limits).node(1);
    }

    private Node node(int depth) throws NodeFormatException {
        int start = at;
        if (depth > limits.maxDepth()) {
            throw fail(start, "nodes are nested deeper than " + limits.maxDepth());
        }
        if (++nodes > limits.maxNodes()) {
            throw fail(start, "there are more than " + limits.maxNodes() + " nodes");
        }
        int items = listSize(u8());
        if (items == 0) {
            throw fail(start, "a node has a tag at least, but its list is empty");
        }
        // Each item takes a byte at least.
        if (items > end - at - owed) {
            throw fail(start, "a node of " + items + " items does not fit in the " + (end - at) + " bytes left");
        }
        String tag = text(u8(), 0);
        if (tag.isEmpty()) {
            throw fail(start, "the tag is empty");
        }
        String[] attributes = attributes((items - 1) >> 1);
        return Node.ofOwned(tag, attributes, (items & 1) == 0 ? content(depth) : null);
    }

    private String[] attributes(int count) throws NodeFormatException {
        if (count == 0) {
            return Attributes.NONE;
        }
        String[] pairs = new String[2 * count];
        long seen = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            String name = text(u8(), 0);
            String value = text(u8(), 0);
            pairs[i] = name;
            pairs[i + 1] = value;
            seen |= 1L << name.hashCode();
        }
        return Long.bitCount(seen) == count ? pairs : Attributes.distinct(pairs);
    }

    private Object content(int depth) throws NodeFormatException {
        int tag = u8();
        return switch (tag) {
            case WireTag.LIST_EMPTY, WireTag.LIST_8, WireTag.LIST_16 -> children(listSize(tag), depth);
            case WireTag.BINARY_8, WireTag.BINARY_20, WireTag.BINARY_32 -> {
                int length = binaryLength(tag);
                at += length;
                yield Arrays.copyOfRange(in, at - length, at);
            }
            default -> text(tag, 0);
        };
    }

    private Node[] children(int count, int depth) throws NodeFormatException {
        if (count * MIN_NODE_BYTES > end - at - owed) {
            throw fail(at, "a list of " + count + " nodes does not fit in the " + (end - at) + " bytes left");
        }
        owed += count * MIN_NODE_BYTES;
        Node[] children = new Node[count];
        for (int i = 0; i < count; i++) {
            owed -= MIN_NODE_BYTES;
            children[i] = node(depth + 1);
        }
        return children;
    }

    private int listSize(int tag) throws NodeFormatException {
        return switch (tag) {
            case WireTag.LIST_EMPTY -> 0;
            case WireTag.LIST_8 -> u8();
            case WireTag.LIST_16 -> u16();
            default -> throw fail(at - 1, "a list was expected, but the byte is " + tag);
        };
    }

    private String text(int tag, int depth) throws NodeFormatException {
        String token = Tokens.SINGLE[tag];
        if (token != null) {
            return token;
        }
        return switch (tag) {
            case WireTag.LIST_EMPTY -> "";
            case 236, 237, 238, WireTag.DICTIONARY_3 -> Tokens.DOUBLE[(tag - WireTag.DICTIONARY_0 << 8) + u8()];
            case WireTag.BINARY_8, WireTag.BINARY_20, WireTag.BINARY_32 -> raw(binaryLength(tag));
            case WireTag.NIBBLE_8, WireTag.HEX_8 -> packed(tag);
            case WireTag.JID_PAIR, WireTag.AD_JID, WireTag.FB_JID, WireTag.INTEROP_JID -> address(tag, depth + 1);
            default -> throw fail(at - 1, "a string was expected, but the byte is " + tag);
        };
    }

    private String raw(int length) {
        at += length;
        return new String(in, at - length, length, StandardCharsets.UTF_8);
    }

    private String packed(int tag) throws NodeFormatException {
        return scratchText(unpack(tag));
    }

    /** Unpacks what follows into the scratch bytes and returns their number. */
    private int unpack(int tag) throws NodeFormatException {
        int header = u8();
        int count = header & 0x7f;
        if (count > end - at) {
            throw fail(at, "a packed string of " + count + " bytes does not fit in the " + (end - at) + " bytes left");
        }
        int stop = Packing.unpack(tag == WireTag.NIBBLE_8, in, at, count, scratch, 0);
        if (stop < at + count) {
            throw fail(stop, "a byte of packed digits has a half without a meaning");
        }
        at = stop;
        return Math.max(0, 2 * count - (header >> 7));
    }

    private String scratchText(int length) {
        return new String(scratch, 0, length, StandardCharsets.ISO_8859_1);
    }

    private int append(byte[] part, int length) {
        System.arraycopy(part, 0, scratch, length, part.length);
        return length + part.length;
    }

    private String address(int tag, int depth) throws NodeFormatException {
        if (depth > MAX_ADDRESS_DEPTH) {
            throw fail(at - 1, "addresses are nested deeper than " + MAX_ADDRESS_DEPTH);
        }
        switch (tag) {
            case WireTag.JID_PAIR -> {
                return pair(depth);
            }
            case WireTag.AD_JID -> {
                return device(depth);
            }
            case WireTag.FB_JID -> {
                String user = text(u8(), depth);
                int device = u16();
                return user + ':' + device + '@' + server(depth);
            }
            default -> {
                String user = text(u8(), depth);
                int device = u16();
                int integrator = u16();
                return integrator + "-" + user + ':' + device + '@' + interopServer(depth);
            }
        }
    }

    private String pair(int depth) throws NodeFormatException {
        int userTag = u8();
        if (userTag != WireTag.NIBBLE_8) {
            String user = text(userTag, depth);
            return user + '@' + server(depth);
        }
        // Nearly all addresses: a number and a server that is a token. Put together without a string for each.
        int length = unpack(userTag);
        byte[] server = at < end ? Tokens.SINGLE_AS_SERVER[in[at] & 0xff] : null;
        if (server == null) {
            return scratchText(length) + '@' + server(depth);
        }
        at++;
        return scratchText(append(server, length));
    }

    private String device(int depth) throws NodeFormatException {
        String server = JidServer.ofDomainType(u8());
        int device = u8();
        int userTag = u8();
        String user = userTag == WireTag.NIBBLE_8 ? packed(userTag) : text(userTag, depth);
        return device == 0 ? user + '@' + server : user + ':' + device + '@' + server;
    }

    private String server(int depth) throws NodeFormatException {
        int start = at;
        String server = text(u8(), depth);
        if (server.isEmpty()) {
            throw fail(start, "the server of an address is empty");
        }
        return server;
    }

    /** The server of an interop address, which some senders leave out: then something else follows, or nothing. */
    private String interopServer(int depth) throws NodeFormatException {
        if (at == end) {
            return JidServer.INTEROP;
        }
        int next = in[at] & 0xff;
        boolean left = next == WireTag.LIST_EMPTY || next == WireTag.LIST_8 || next == WireTag.LIST_16;
        return left ? JidServer.INTEROP : server(depth);
    }

    /** The length of what follows, which is known to be there. */
    private int binaryLength(int tag) throws NodeFormatException {
        long length =
                switch (tag) {
                    case WireTag.BINARY_8 -> u8();
                    case WireTag.BINARY_20 -> (u8() & 0x0f) << 16 | u16();
                    default -> (long) u16() << 16 | u16();
                };
        if (length > end - at) {
            throw fail(at, length + " bytes of text or binary do not fit in the " + (end - at) + " bytes left");
        }
        return (int) length;
    }

    private int u8() throws NodeFormatException {
        if (at >= end) {
            throw fail(at, "the frame ends where a byte was expected");
        }
        return in[at++] & 0xff;
    }

    private int u16() throws NodeFormatException {
        return u8() << 8 | u8();
    }

    private NodeFormatException fail(int offset, String what) {
        return new NodeFormatException(offset, what);
    }
}
