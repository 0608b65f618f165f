package dev.whatsappmd.engine.media;

import java.io.IOException;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A file could not be fetched, deleted or read. The message holds no key, hash or path. What was tried at other hosts
 * before is among the suppressed exceptions.
 */
public class MediaException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final int status;

    /** Why. */
    public enum Reason {
        /** What the message says of the file cannot be right: a key of a wrong length, a path that is none. */
        BAD_REFERENCE,
        /** The server could not be asked for a media host, or named none that may be used. */
        NO_HOST,
        /** DNS, TCP, TLS, the proxy, or a broken transfer at every host. */
        UNREACHABLE,
        /** A step took longer than it may. */
        TIMED_OUT,
        /** 404, 410: the file is not there any more. The phone can be asked to upload it again. */
        GONE,
        /** 401, 403, after the credentials were fetched anew; an old address is answered like this too. */
        REFUSED,
        /** 5xx and every other status. */
        SERVER_ERROR,
        /** An answer that is no HTTP, or none to this question; a redirect to a host that may not be asked. */
        BAD_ANSWER,
        /** More bytes than the message says, or than are allowed. */
        TOO_LARGE,
        /** MAC, hash, padding or length do not hold. Nothing of the file was given out, or its reading ended with this. */
        DAMAGED,
        /** The temporary file could not be made, written or read: disk full, no rights. */
        STORAGE,
        /** The caller gave up. */
        CANCELLED
    }

    MediaException(Reason reason, int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
        this.status = status;
    }

    static MediaException of(Reason reason, String message) {
        return new MediaException(reason, 0, message, null);
    }

    static MediaException of(Reason reason, String message, Throwable cause) {
        return new MediaException(reason, 0, message, cause);
    }

    static MediaException badReference(String what) {
        return of(Reason.BAD_REFERENCE, "the message names " + what + ": nothing can be fetched with it");
    }

    static MediaException damaged(String what) {
        return of(Reason.DAMAGED, what);
    }

    static MediaException cancelled() {
        return of(Reason.CANCELLED, "given up by the caller");
    }

    static MediaException status(int status, String host) {
        String said = "media host " + host + " answered HTTP " + status;
        return switch (status) {
            case 404, 410 ->
                new MediaGoneException(
                        status,
                        said + ": the file is not there any more; the phone can be" + " asked to upload it again");
            case 401, 403 -> new MediaException(Reason.REFUSED, status, said, null);
            default -> new MediaException(Reason.SERVER_ERROR, status, said, null);
        };
    }

    public Reason reason() {
        return reason;
    }

    /** The HTTP status; empty when there was none or it was not the reason. */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** Whether it is worth asking the phone to upload the file again ({@link MediaReupload}). */
    public boolean reuploadHelps() {
        return reason == Reason.GONE || reason == Reason.REFUSED;
    }

    /** Whether another host may have what this one does not give. */
    boolean anotherHostMayHelp() {
        return switch (reason) {
            case UNREACHABLE, TIMED_OUT, SERVER_ERROR, BAD_ANSWER, DAMAGED, TOO_LARGE -> true;
            case BAD_REFERENCE, NO_HOST, GONE, REFUSED, STORAGE, CANCELLED -> false;
        };
    }
}
