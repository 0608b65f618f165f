package dev.whatsappmd.engine.node;

/** The bytes that say what follows (Baileys WABinary/constants.ts); all other values below 236 are tokens. */
final class WireTag {
    static final int LIST_EMPTY = 0;
    /** First of the four dictionaries; the next byte is the index in it. */
    static final int DICTIONARY_0 = 236;

    static final int DICTIONARY_3 = 239;
    static final int INTEROP_JID = 245;
    static final int FB_JID = 246;
    static final int AD_JID = 247;
    static final int LIST_8 = 248;
    static final int LIST_16 = 249;
    static final int JID_PAIR = 250;
    static final int HEX_8 = 251;
    static final int BINARY_8 = 252;
    static final int BINARY_20 = 253;
    static final int BINARY_32 = 254;
    static final int NIBBLE_8 = 255;

    /** Most characters of a packed string. */
    static final int PACKED_MAX = 127;
    /** Bit of the first byte of a frame: the rest is a zlib stream. */
    static final int FLAG_DEFLATED = 2;

    private WireTag() {}
}
