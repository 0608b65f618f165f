package dev.whatsappmd.localserver.query;

/** A request that a client must not make: recorded as the client's failure and answered with an iq error. */
public final class BadRequestException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int code;
    private final String text;

    /** @param code and text of the iq error; what goes into the recording */
    public BadRequestException(int code, String text, String what) {
        super(what);
        this.code = code;
        this.text = text;
    }

    int code() {
        return code;
    }

    String text() {
        return text;
    }
}
