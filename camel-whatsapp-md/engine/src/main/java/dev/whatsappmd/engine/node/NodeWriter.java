package dev.whatsappmd.engine.node;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing array with the wire's forms of lists, bytes and strings. A string is written in the shortest of: token,
 * packed digits, address, UTF-8.
 */
final class NodeWriter {
    private static final int FIRST_BYTES = 512;
    private static final int LARGE = 64 << 10;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void reserve(int count) {
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, grown(bytes.length, length, count));
        }
    }

    private static int grown(int capacity, int length, int count) {
        long wanted = Math.max(capacity < LARGE ? 4L * capacity : 2L * capacity, (long) length + count);
        if ((long) length + count > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a stanza of more than 2 GiB");
        }
        return (int) Math.min(wanted, Integer.MAX_VALUE - 8);
    }

    void u8(int value) {
        reserve(1);
        bytes[length++] = (byte) value;
    }

    void u16(int value) {
        reserve(2);
        bytes[length++] = (byte) (value >> 8);
        bytes[length++] = (byte) value;
    }

    /** The start of a list of up to 65,535 items. */
    void list(int items) {
        if (items == 0) {
            u8(WireTag.LIST_EMPTY);
        } else if (items < 256) {
            u16(WireTag.LIST_8 << 8 | items);
        } else {
            u8(WireTag.LIST_16);
            u16(items);
        }
    }

    void binary(byte[] value) {
        binaryStart(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
    }

    /** Writes the length and makes room for that many bytes. */
    private void binaryStart(int count) {
        reserve((int) Math.min(Integer.MAX_VALUE, count + 5L));
        if (count < 1 << 8) {
            u16(WireTag.BINARY_8 << 8 | count);
        } else if (count < 1 << 20) {
            u16(WireTag.BINARY_20 << 8 | count >> 16);
            u16(count);
        } else {
            u8(WireTag.BINARY_32);
            u16(count >> 16);
            u16(count);
        }
    }

    void text(String text) {
        int size = text.length();
        boolean packable = size > 0 && Packing.mayStart(text.charAt(0));
        // What begins as a number does and is longer than such tokens is hardly ever a token.
        boolean number = packable && size > Tokens.MAX_PACKABLE_LENGTH;
        if (!number && token(text)) {
            return;
        }
        int at = text.indexOf('@');
        if (at >= 0 ? AddressForm.write(text, at, this) : packable && packed(text, 0, size)) {
            return;
        }
        if (!number || !token(text)) {
            raw(text);
        }
    }

    /** Writes a part of a text that has no '@' in it. */
    void part(String text, int from, int to) {
        if (to - from <= Tokens.MAX_PACKABLE_LENGTH || !packed(text, from, to)) {
            text(text.substring(from, to));
        }
    }

    /** Writes a pair of a number and a server, as nearly all addresses are, or nothing when the user is no number. */
    boolean packedPair(String text, int at, KnownServer server) {
        if (at <= Tokens.MAX_PACKABLE_LENGTH) {
            return false;
        }
        u8(WireTag.JID_PAIR);
        if (!packed(text, 0, at)) {
            length--;
            return false;
        }
        server.write(this);
        return true;
    }

    private boolean token(String text) {
        int code = text.length() <= Tokens.MAX_LENGTH ? Tokens.codeOf(text) : 0;
        if (code != 0) {
            token(code);
        }
        return code != 0;
    }

    void token(int code) {
        reserve(2);
        if (code > 255) {
            bytes[length++] = (byte) (code >> 8);
        }
        bytes[length++] = (byte) code;
    }

    /** Writes a part of a text packed, or nothing when that is not possible. */
    private boolean packed(String text, int from, int to) {
        int size = to - from;
        if (size > WireTag.PACKED_MAX) {
            return false;
        }
        reserve(2 + (size + 1 >> 1));
        int flags = Packing.pack(text, from, to, bytes, length + 2);
        if ((flags & Packing.NEITHER) == Packing.NEITHER) {
            return false;
        }
        int count = size + 1 >> 1;
        bytes[length] = (byte) ((flags & Packing.NO_NIBBLE) == 0 ? WireTag.NIBBLE_8 : WireTag.HEX_8);
        bytes[length + 1] = (byte) ((size & 1) << 7 | count);
        length += count + 2;
        return true;
    }

    @SuppressWarnings("deprecation") // copies the low byte of each character, which is all of an ASCII one
    private void raw(String text) {
        if (Packing.isAscii(text)) {
            int size = text.length();
            binaryStart(size);
            text.getBytes(0, size, bytes, length);
            length += size;
        } else {
            binary(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
