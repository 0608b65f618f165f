package dev.whatsappmd.engine.media;

/** 404 or 410: the media server does not have the file any more. The phone can be asked to upload it again. */
public final class MediaGoneException extends MediaException {
    private static final long serialVersionUID = 1L;

    MediaGoneException(int status, String message) {
        super(Reason.GONE, status, message, null);
    }
}
