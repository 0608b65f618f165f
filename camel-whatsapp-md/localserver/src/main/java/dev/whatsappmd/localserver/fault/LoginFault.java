package dev.whatsappmd.localserver.fault;

/** Something wrong with {@code <success>}; only at {@link Moment#LOGIN}. The server is alive and answers all the while. */
public enum LoginFault implements ServerFault {
    /** The device is logged in and is not told so. */
    NO_SUCCESS("success never sent"),
    /** It is told twice. */
    TWO_SUCCESSES("two successes");

    private final String words;

    LoginFault(String words) {
        this.words = words;
    }

    @Override
    public boolean fits(Moment moment) {
        return moment == Moment.LOGIN;
    }

    @Override
    public String toString() {
        return words;
    }
}
