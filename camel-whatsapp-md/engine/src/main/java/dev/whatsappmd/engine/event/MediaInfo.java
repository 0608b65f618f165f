package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A file that belongs to a message: where it is, how to open it, what it is said to be. Every value is the sender's
 * claim until the file has been fetched and checked. Byte arrays are not copied: nobody writes to them; as JSON they are
 * base64.
 *
 * @param kind which keys the file has: {@code image}, {@code video}, {@code audio}, {@code document} or {@code sticker}
 * @param mimetype e.g. {@code image/jpeg}
 * @param url a whole address; older than {@code directPath}
 * @param directPath the path on any media host
 * @param mediaKey 32 bytes from which the file's keys are made
 * @param fileSha256 hash of the file
 * @param fileEncSha256 hash of the encrypted file
 * @param fileLength bytes of the file
 * @param caption words that go with it
 * @param fileName a document's name
 * @param seconds how long it plays
 * @param width pixels
 * @param height pixels
 * @param pageCount pages of a document
 * @param mediaKeyTimestamp when the key was made, in seconds
 * @param isAnimated a sticker that moves, a video that is shown as a GIF
 * @param jpegThumbnail a small picture
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "kind",
    "mimetype",
    "url",
    "directPath",
    "mediaKey",
    "fileSha256",
    "fileEncSha256",
    "fileLength",
    "caption",
    "fileName",
    "seconds",
    "width",
    "height",
    "pageCount",
    "mediaKeyTimestamp",
    "isAnimated",
    "jpegThumbnail"
})
public record MediaInfo(
        String kind,
        @Nullable String mimetype,
        @Nullable String url,
        @Nullable String directPath,
        byte @Nullable [] mediaKey,
        byte @Nullable [] fileSha256,
        byte @Nullable [] fileEncSha256,
        @Nullable Long fileLength,
        @Nullable String caption,
        @Nullable String fileName,
        @Nullable Long seconds,
        @Nullable Long width,
        @Nullable Long height,
        @Nullable Long pageCount,
        @Nullable Long mediaKeyTimestamp,
        @Nullable Boolean isAnimated,
        byte @Nullable [] jpegThumbnail) {

    private Object[] parts() {
        return new Object[] {
            kind,
            mimetype,
            url,
            directPath,
            mediaKey,
            fileSha256,
            fileEncSha256,
            fileLength,
            caption,
            fileName,
            seconds,
            width,
            height,
            pageCount,
            mediaKeyTimestamp,
            isAnimated,
            jpegThumbnail
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MediaInfo info && Arrays.deepEquals(parts(), info.parts());
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(parts());
    }

    /** What it is and how large; never a key, an address or a word. */
    @Override
    public String toString() {
        return "MediaInfo[" + kind + (fileLength == null ? "]" : ", " + fileLength + " bytes]");
    }
}
