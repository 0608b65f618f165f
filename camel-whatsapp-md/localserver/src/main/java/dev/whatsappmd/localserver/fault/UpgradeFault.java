package dev.whatsappmd.localserver.fault;

/** Another answer to the request for a websocket than the one that agrees to it; only at {@link Moment#UPGRADE}. */
public sealed interface UpgradeFault extends ServerFault {
    /** An HTTP answer with this status instead of the websocket, e.g. 403, 503 or 200; then the socket's end. */
    static UpgradeFault httpStatus(int status) {
        return new HttpStatus(status);
    }

    /** The 101 of a websocket, but with the key of another request. */
    static UpgradeFault wrongKey() {
        return new WrongKey();
    }

    @Override
    default boolean fits(Moment moment) {
        return moment == Moment.UPGRADE;
    }

    /** See {@link #httpStatus}. */
    record HttpStatus(int status) implements UpgradeFault {
        public HttpStatus {
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("a refusal has an HTTP status from 200 to 599, not " + status);
            }
        }

        @Override
        public String toString() {
            return "HTTP " + status;
        }
    }

    /** See {@link #wrongKey}. */
    record WrongKey() implements UpgradeFault {
        @Override
        public String toString() {
            return "HTTP 101 with a wrong key";
        }
    }
}
