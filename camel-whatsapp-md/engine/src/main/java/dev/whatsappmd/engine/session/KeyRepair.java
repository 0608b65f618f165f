package dev.whatsappmd.engine.session;

/**
 * Whether all pre-keys may be uploaded because the server's copy of our keys differs: once in a session's run, until both
 * were found equal. A server that never finds them equal must not get 812 new keys with every connection.
 */
final class KeyRepair {
    private boolean tried;

    /** Both sides have the same keys. */
    void equal() {
        tried = false;
    }

    /** True when it may be tried, which it is then. */
    boolean begin() {
        boolean first = !tried;
        tried = true;
        return first;
    }
}
