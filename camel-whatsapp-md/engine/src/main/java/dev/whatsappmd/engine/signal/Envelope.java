package dev.whatsappmd.engine.signal;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import java.util.Arrays;

/** What all messages on the wire have in common: the version byte in front, and keys in 33 bytes. */
final class Envelope {
    /** The version of the message in the upper half, the newest one its sender knows in the lower half. */
    static final byte VERSION_BYTE = 0x33;

    private static final int VERSION = 3;

    private Envelope() {}

    /** @throws SignalException {@code BAD_MESSAGE}: too short, or of another version */
    static void requireVersion(byte[] bytes, int leastLength, String what) throws SignalException {
        if (bytes.length == 0) {
            throw badMessage(what + " is empty");
        }
        int version = (bytes[0] & 0xff) >> 4;
        if (version != VERSION) {
            throw badMessage(what + " has version " + version + ", only version " + VERSION + " is known");
        }
        if (bytes.length < leastLength) {
            throw badMessage(what + " has only " + bytes.length + " bytes");
        }
    }

    static SignalException badMessage(String why) {
        return new SignalException(Reason.BAD_MESSAGE, why);
    }

    /** The 32 raw bytes. @throws SignalException {@code INVALID_KEY} */
    static byte[] publicKey(ByteString key) throws SignalException {
        return publicKey(key.toByteArray());
    }

    /** The 32 raw bytes. @throws SignalException {@code INVALID_KEY} */
    static byte[] publicKey(byte[] key) throws SignalException {
        try {
            return Curve25519.unprefixed(key);
        } catch (CryptoException e) {
            throw new SignalException(Reason.INVALID_KEY, e.getMessage());
        }
    }

    /** The key of 32 bytes as it stands in messages. */
    static ByteString prefixed(byte[] publicKey) {
        return UnsafeByteOperations.unsafeWrap(prefixedBytes(publicKey));
    }

    static byte[] prefixedBytes(byte[] publicKey) {
        byte[] prefixed = new byte[Curve25519.PREFIXED_LENGTH];
        prefixed[0] = Curve25519.PREFIX;
        System.arraycopy(publicKey, 0, prefixed, 1, Curve25519.KEY_LENGTH);
        return prefixed;
    }

    /** The message behind its version byte. */
    static byte[] versioned(MessageLite message) {
        byte[] versioned = new byte[1 + message.getSerializedSize()];
        versioned[0] = VERSION_BYTE;
        byte[] body = message.toByteArray();
        System.arraycopy(body, 0, versioned, 1, body.length);
        return versioned;
    }

    static byte[] joined(byte[] first, byte[] second) {
        byte[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }
}
