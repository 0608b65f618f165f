package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.crypto.Sha256;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a message says of a file: where it is, the key, and what must come out. Taken as it came: whoever downloads it
 * checks it first ({@link MediaException.Reason#BAD_REFERENCE}). Equal when all of it is equal; shows no key, hash or
 * path.
 *
 * @param directPath path and query on a media host, e.g. {@code /v/t62.7118-24/….enc?ccb=…}; empty when there is only
 *     the address
 * @param url the whole address; its host is only asked when it is one of WhatsApp's media hosts
 * @param mediaKey 32 bytes; the array is not copied
 * @param fileEncSha256 hash of the encrypted file, 32 bytes
 * @param fileSha256 hash of the file, 32 bytes
 * @param fileLength length of the file in bytes as the message says it, which is wrong in some; bounds what is taken
 */
public record MediaReference(
        MediaType type,
        String directPath,
        Optional<String> url,
        byte[] mediaKey,
        byte[] fileEncSha256,
        byte[] fileSha256,
        OptionalLong fileLength) {
    public MediaReference {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(directPath, "directPath");
        Objects.requireNonNull(url, "url");
        Objects.requireNonNull(mediaKey, "mediaKey");
        Objects.requireNonNull(fileEncSha256, "fileEncSha256");
        Objects.requireNonNull(fileSha256, "fileSha256");
        Objects.requireNonNull(fileLength, "fileLength");
    }

    /** The same file at another place: what the phone answers after it uploaded it again. */
    public MediaReference withDirectPath(String path) {
        return new MediaReference(type, path, Optional.empty(), mediaKey, fileEncSha256, fileSha256, fileLength);
    }

    /** Refuses what cannot be downloaded with any luck. */
    void requireUsable() throws MediaException {
        requireLength(mediaKey, MediaKeys.MEDIA_KEY_LENGTH, "media key");
        requireLength(fileEncSha256, Sha256.LENGTH, "fileEncSha256");
        requireLength(fileSha256, Sha256.LENGTH, "fileSha256");
        if (fileLength.isPresent() && fileLength.getAsLong() < 0) {
            throw MediaException.badReference("a file length of " + fileLength.getAsLong() + " bytes");
        }
    }

    private static void requireLength(byte[] value, int length, String what) throws MediaException {
        if (value.length != length) {
            throw MediaException.badReference("a " + what + " of " + value.length + " bytes; it has " + length);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MediaReference that
                && type == that.type
                && directPath.equals(that.directPath)
                && url.equals(that.url)
                && fileLength.equals(that.fileLength)
                && Arrays.equals(mediaKey, that.mediaKey)
                && Arrays.equals(fileEncSha256, that.fileEncSha256)
                && Arrays.equals(fileSha256, that.fileSha256);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, directPath, url, fileLength, Arrays.hashCode(fileEncSha256));
    }

    @Override
    public String toString() {
        return "MediaReference[" + type.id() + ", "
                + (fileLength.isPresent() ? fileLength.getAsLong() + " bytes" : "of unknown length") + "]";
    }
}
