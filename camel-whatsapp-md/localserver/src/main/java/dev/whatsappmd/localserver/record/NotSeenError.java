package dev.whatsappmd.localserver.record;

/** What was waited for did not come in time; the message lists what came instead. A failed expectation in a test. */
public final class NotSeenError extends AssertionError {
    private static final long serialVersionUID = 1L;

    NotSeenError(String message) {
        super(message);
    }
}
