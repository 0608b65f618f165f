package dev.whatsappmd.engine.node;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A growing array with the wire's forms of lists, bytes and strings. A string is written in the shortest of: token,
 * packed digits, address, UTF-8.
 */
final class NodeWriter {
    private static final int FIRST_BYTES = 512;

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
        long wanted = Math.max(2L * capacity, (long) length + count);
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
        int code = size <= Tokens.MAX_LENGTH ? Tokens.codeOf(text) : 0;
        if (code != 0) {
            token(code);
            return;
        }
        int alphabets = Packing.alphabets(text, 0, size);
        if (alphabets >= Packing.HEX && size > 0 && size <= WireTag.PACKED_MAX) {
            packed(text, 0, size, alphabets);
            return;
        }
        int at = text.indexOf('@');
        if (at < 0 || !AddressForm.write(text, at, this)) {
            raw(text, alphabets != 0);
        }
    }

    /** Writes a part of a text that has no '@' in it. */
    void part(String text, int from, int to) {
        if (to - from > Tokens.MAX_PACKABLE_LENGTH && to - from <= WireTag.PACKED_MAX) {
            int alphabets = Packing.alphabets(text, from, to);
            if (alphabets >= Packing.HEX) {
                packed(text, from, to, alphabets);
                return;
            }
        }
        text(text.substring(from, to));
    }

    void token(int code) {
        if (code < 256) {
            u8(code);
        } else {
            u16(code);
        }
    }

    private void packed(String text, int from, int to, int alphabets) {
        boolean nibble = alphabets >= Packing.NIBBLE;
        int size = to - from;
        int count = size + 1 >> 1;
        reserve(count + 2);
        u16((nibble ? WireTag.NIBBLE_8 : WireTag.HEX_8) << 8 | (size & 1) << 7 | count);
        length = Packing.pack(nibble, text, from, to, bytes, length);
    }

    @SuppressWarnings("deprecation") // copies the low byte of each character, which is all of an ASCII one
    private void raw(String text, boolean ascii) {
        if (ascii) {
            int size = text.length();
            binaryStart(size);
            text.getBytes(0, size, bytes, length);
            length += size;
        } else {
            binary(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
