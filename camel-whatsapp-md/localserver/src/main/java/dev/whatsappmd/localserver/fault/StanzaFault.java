package dev.whatsappmd.localserver.fault;

import java.util.Objects;

/** What a server does with one stanza of a client instead of what it would do; only when a stanza has come. */
public sealed interface StanzaFault extends ServerFault {
    /** The iq request is refused with this error, e.g. 500 {@code internal-server-error}; anything else is dropped. */
    static StanzaFault iqError(int code, String text) {
        return new IqError(code, text);
    }

    /** The stanza is dropped, and never answered. */
    static StanzaFault noAnswer() {
        return new NoAnswer();
    }

    @Override
    default boolean fits(Moment moment) {
        return false;
    }

    @Override
    default boolean fitsStanza() {
        return true;
    }

    /** See {@link #iqError}. */
    record IqError(int code, String text) implements StanzaFault {
        public IqError {
            Objects.requireNonNull(text, "text");
        }

        @Override
        public String toString() {
            return "iq error " + code + " " + text;
        }
    }

    /** See {@link #noAnswer}. */
    record NoAnswer() implements StanzaFault {
        @Override
        public String toString() {
            return "no answer";
        }
    }
}
