package dev.whatsappmd.engine.media;

import java.util.Arrays;
import java.util.Optional;

/**
 * The kinds of encrypted files. Each kind has its own key derivation, so that one kind cannot pass for another (Baileys
 * {@code MEDIA_HKDF_KEY_MAPPING} and {@code MEDIA_PATH_MAP}; the names in requests: whatsmeow {@code mediaTypeToMMSType}).
 */
public enum MediaType {
    IMAGE("image", "Image", "image", "/mms/image"),
    VIDEO("video", "Video", "video", "/mms/video"),
    AUDIO("audio", "Audio", "audio", "/mms/audio"),
    /** A voice message. */
    PTT("ptt", "Audio", "audio", "/mms/audio"),
    DOCUMENT("document", "Document", "document", "/mms/document"),
    STICKER("sticker", "Image", "image", "/mms/image"),
    STICKER_PACK("sticker-pack", "Sticker Pack", "sticker-pack", "/mms/sticker-pack"),
    GIF("gif", "Video", "video", "/mms/video"),
    /** A round video message. */
    PTV("ptv", "Video", "video", "/mms/video"),
    PRODUCT("product", "Image", "image", "/mms/image"),
    THUMBNAIL_IMAGE("thumbnail-image", "Image Thumbnail", "thumbnail-image", "/mms/image"),
    THUMBNAIL_VIDEO("thumbnail-video", "Video Thumbnail", "thumbnail-video", "/mms/image"),
    THUMBNAIL_DOCUMENT("thumbnail-document", "Document Thumbnail", "thumbnail-document", "/mms/image"),
    THUMBNAIL_LINK("thumbnail-link", "Link Thumbnail", "thumbnail-link", "/mms/image"),
    /** What the phone uploads of the history. */
    HISTORY("md-msg-hist", "History", "md-msg-hist", "/mms/md-app-state"),
    /** App state that is too large for a stanza. */
    APP_STATE("md-app-state", "App State", "md-app-state", "/mms/md-app-state"),
    PAYMENT_BACKGROUND("payment-bg-image", "Payment Background", "payment-bg-image", "/mms/image"),
    BUSINESS_COVER("biz-cover-photo", "Image", "biz-cover-photo", "/pps/biz-cover-photo");

    private final String id;
    private final String info;
    private final String requestName;
    private final String uploadPath;

    MediaType(String id, String keys, String requestName, String uploadPath) {
        this.id = id;
        this.info = "WhatsApp " + keys + " Keys";
        this.requestName = requestName;
        this.uploadPath = uploadPath;
    }

    /** Its name in Baileys, e.g. {@code md-msg-hist}. */
    public String id() {
        return id;
    }

    /** The kind with this name; empty when there is none. */
    public static Optional<MediaType> ofId(String id) {
        return Arrays.stream(values()).filter(type -> type.id.equals(id)).findFirst();
    }

    /** The info string of the key derivation, e.g. {@code WhatsApp History Keys}. */
    public String info() {
        return info;
    }

    /** Its name in a request: {@code mms-type} of a download, a part of the path of a deletion. */
    public String requestName() {
        return requestName;
    }

    /** Where on a media host it is uploaded to. */
    public String uploadPath() {
        return uploadPath;
    }
}
