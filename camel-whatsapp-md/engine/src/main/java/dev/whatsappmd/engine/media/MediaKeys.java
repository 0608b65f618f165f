package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.crypto.Hkdf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The four keys of one file, made of the key in its message by HKDF-SHA-256: IV, cipher key, MAC key and a key for
 * references to it. Shows none of them.
 */
public final class MediaKeys {
    /** Length of the key in a message. */
    public static final int MEDIA_KEY_LENGTH = 32;

    private static final int LENGTH = 112;

    private final byte[] expanded;

    private MediaKeys(byte[] expanded) {
        this.expanded = expanded;
    }

    /** @throws IllegalArgumentException when the key does not have 32 bytes */
    public static MediaKeys derive(MediaType type, byte[] mediaKey) {
        if (mediaKey.length != MEDIA_KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "a media key has " + MEDIA_KEY_LENGTH + " bytes, not " + mediaKey.length);
        }
        return new MediaKeys(Hkdf.sha256(mediaKey, null, type.info().getBytes(StandardCharsets.US_ASCII), LENGTH));
    }

    /** 16 bytes. */
    public byte[] iv() {
        return Arrays.copyOfRange(expanded, 0, 16);
    }

    /** 32 bytes. */
    public byte[] cipherKey() {
        return Arrays.copyOfRange(expanded, 16, 48);
    }

    /** 32 bytes. */
    public byte[] macKey() {
        return Arrays.copyOfRange(expanded, 48, 80);
    }

    /** 32 bytes. */
    public byte[] refKey() {
        return Arrays.copyOfRange(expanded, 80, LENGTH);
    }

    @Override
    public String toString() {
        return "MediaKeys[…]";
    }
}
