package dev.whatsappmd.localserver.contact;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.proto.e2e.Message;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * What a message says of a file.
 *
 * @param kind what sort of file it is
 * @param mimetype e.g. {@code image/jpeg}
 * @param caption text under it; empty for none. Audio has none
 * @param fileName of a document; empty for none
 * @param url where the encrypted file is, as a whole URL
 * @param directPath the same without the host
 * @param mediaKey 32 bytes
 * @param fileSha256 of the file, 32 bytes
 * @param fileEncSha256 of the encrypted file, 32 bytes
 * @param fileLength of the file in bytes
 */
public record SentMedia(
        Kind kind,
        String mimetype,
        String caption,
        String fileName,
        String url,
        String directPath,
        byte[] mediaKey,
        byte[] fileSha256,
        byte[] fileEncSha256,
        long fileLength) {

    private static final int KEY_LENGTH = 32;

    /** What sort of file a message brings. */
    public enum Kind {
        IMAGE,
        VIDEO,
        AUDIO,
        DOCUMENT,
        STICKER;

        /** What {@code <enc mediatype=…>} says. */
        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    public SentMedia {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(mimetype, "mimetype");
        Objects.requireNonNull(caption, "caption");
        Objects.requireNonNull(fileName, "fileName");
    }

    /** A file that is nowhere: key and hashes are drawn. */
    public static SentMedia invented(Kind kind, String mimetype, String caption, RandomGenerator random) {
        byte[][] drawn = new byte[3][KEY_LENGTH];
        for (byte[] bytes : drawn) {
            random.nextBytes(bytes);
        }
        String path = "/v/t62.7118-24/" + Long.toUnsignedString(random.nextLong());
        return new SentMedia(
                kind,
                mimetype,
                caption,
                kind == Kind.DOCUMENT ? "report.pdf" : "",
                "https://mmg.whatsapp.net" + path,
                path,
                drawn[0],
                drawn[1],
                drawn[2],
                1 + random.nextInt(1 << 20));
    }

    Message message() {
        Message.Builder message = Message.newBuilder();
        switch (kind) {
            case IMAGE ->
                message.getImageMessageBuilder()
                        .setUrl(url)
                        .setMimetype(mimetype)
                        .setCaption(caption)
                        .setFileSha256(bytes(fileSha256))
                        .setFileLength(fileLength)
                        .setMediaKey(bytes(mediaKey))
                        .setFileEncSha256(bytes(fileEncSha256))
                        .setDirectPath(directPath);
            case VIDEO ->
                message.getVideoMessageBuilder()
                        .setUrl(url)
                        .setMimetype(mimetype)
                        .setCaption(caption)
                        .setFileSha256(bytes(fileSha256))
                        .setFileLength(fileLength)
                        .setMediaKey(bytes(mediaKey))
                        .setFileEncSha256(bytes(fileEncSha256))
                        .setDirectPath(directPath);
            case AUDIO ->
                message.getAudioMessageBuilder()
                        .setUrl(url)
                        .setMimetype(mimetype)
                        .setFileSha256(bytes(fileSha256))
                        .setFileLength(fileLength)
                        .setMediaKey(bytes(mediaKey))
                        .setFileEncSha256(bytes(fileEncSha256))
                        .setDirectPath(directPath);
            case DOCUMENT ->
                message.getDocumentMessageBuilder()
                        .setUrl(url)
                        .setMimetype(mimetype)
                        .setCaption(caption)
                        .setFileName(fileName)
                        .setFileSha256(bytes(fileSha256))
                        .setFileLength(fileLength)
                        .setMediaKey(bytes(mediaKey))
                        .setFileEncSha256(bytes(fileEncSha256))
                        .setDirectPath(directPath);
            case STICKER ->
                message.getStickerMessageBuilder()
                        .setUrl(url)
                        .setMimetype(mimetype)
                        .setFileSha256(bytes(fileSha256))
                        .setFileLength(fileLength)
                        .setMediaKey(bytes(mediaKey))
                        .setFileEncSha256(bytes(fileEncSha256))
                        .setDirectPath(directPath);
        }
        return message.build();
    }

    private static ByteString bytes(byte[] value) {
        return ByteString.copyFrom(value);
    }

    /** Never keys or places. */
    @Override
    public String toString() {
        return kind.word() + " of " + fileLength + " bytes";
    }
}
