package dev.whatsappmd.engine.message;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.event.MediaInfo;
import dev.whatsappmd.engine.proto.e2e.Message.AudioMessage;
import dev.whatsappmd.engine.proto.e2e.Message.DocumentMessage;
import dev.whatsappmd.engine.proto.e2e.Message.ImageMessage;
import dev.whatsappmd.engine.proto.e2e.Message.StickerMessage;
import dev.whatsappmd.engine.proto.e2e.Message.VideoMessage;
import org.jspecify.annotations.Nullable;

/** What a message says about its file. */
final class MediaReader {
    private MediaReader() {}

    static MediaInfo image(ImageMessage from) {
        return new MediaInfo(
                "image",
                text(from.getMimetype()),
                text(from.getUrl()),
                text(from.getDirectPath()),
                bytes(from.getMediaKey()),
                bytes(from.getFileSha256()),
                bytes(from.getFileEncSha256()),
                from.hasFileLength() ? from.getFileLength() : null,
                text(from.getCaption()),
                null,
                null,
                number(from.hasWidth(), from.getWidth()),
                number(from.hasHeight(), from.getHeight()),
                null,
                from.hasMediaKeyTimestamp() ? from.getMediaKeyTimestamp() : null,
                null,
                bytes(from.getJpegThumbnail()));
    }

    static MediaInfo video(VideoMessage from) {
        return new MediaInfo(
                "video",
                text(from.getMimetype()),
                text(from.getUrl()),
                text(from.getDirectPath()),
                bytes(from.getMediaKey()),
                bytes(from.getFileSha256()),
                bytes(from.getFileEncSha256()),
                from.hasFileLength() ? from.getFileLength() : null,
                text(from.getCaption()),
                null,
                number(from.hasSeconds(), from.getSeconds()),
                number(from.hasWidth(), from.getWidth()),
                number(from.hasHeight(), from.getHeight()),
                null,
                from.hasMediaKeyTimestamp() ? from.getMediaKeyTimestamp() : null,
                from.getGifPlayback() ? true : null,
                bytes(from.getJpegThumbnail()));
    }

    static MediaInfo audio(AudioMessage from) {
        return new MediaInfo(
                "audio",
                text(from.getMimetype()),
                text(from.getUrl()),
                text(from.getDirectPath()),
                bytes(from.getMediaKey()),
                bytes(from.getFileSha256()),
                bytes(from.getFileEncSha256()),
                from.hasFileLength() ? from.getFileLength() : null,
                null,
                null,
                number(from.hasSeconds(), from.getSeconds()),
                null,
                null,
                null,
                from.hasMediaKeyTimestamp() ? from.getMediaKeyTimestamp() : null,
                null,
                null);
    }

    static MediaInfo document(DocumentMessage from) {
        return new MediaInfo(
                "document",
                text(from.getMimetype()),
                text(from.getUrl()),
                text(from.getDirectPath()),
                bytes(from.getMediaKey()),
                bytes(from.getFileSha256()),
                bytes(from.getFileEncSha256()),
                from.hasFileLength() ? from.getFileLength() : null,
                text(from.getCaption()),
                text(from.hasFileName() ? from.getFileName() : from.getTitle()),
                null,
                null,
                null,
                number(from.hasPageCount(), from.getPageCount()),
                from.hasMediaKeyTimestamp() ? from.getMediaKeyTimestamp() : null,
                null,
                bytes(from.getJpegThumbnail()));
    }

    static MediaInfo sticker(StickerMessage from) {
        return new MediaInfo(
                "sticker",
                text(from.getMimetype()),
                text(from.getUrl()),
                text(from.getDirectPath()),
                bytes(from.getMediaKey()),
                bytes(from.getFileSha256()),
                bytes(from.getFileEncSha256()),
                from.hasFileLength() ? from.getFileLength() : null,
                null,
                null,
                null,
                number(from.hasWidth(), from.getWidth()),
                number(from.hasHeight(), from.getHeight()),
                null,
                from.hasMediaKeyTimestamp() ? from.getMediaKeyTimestamp() : null,
                from.getIsAnimated() ? true : null,
                bytes(from.getPngThumbnail()));
    }

    /** Null for an empty one: it says nothing. */
    static @Nullable String text(String value) {
        return value.isEmpty() ? null : value;
    }

    private static byte @Nullable [] bytes(ByteString value) {
        return value.isEmpty() ? null : value.toByteArray();
    }

    private static @Nullable Long number(boolean has, int unsigned) {
        return has ? Integer.toUnsignedLong(unsigned) : null;
    }
}
