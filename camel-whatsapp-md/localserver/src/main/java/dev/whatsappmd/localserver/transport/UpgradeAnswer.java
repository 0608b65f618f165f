package dev.whatsappmd.localserver.transport;

/** What a server says to the request for a websocket. */
public sealed interface UpgradeAnswer {
    /** It becomes a websocket. */
    static UpgradeAnswer agree() {
        return new Agree(true);
    }

    /** It looks like an agreement, with a key that belongs to another request; nothing but the socket's end follows. */
    static UpgradeAnswer agreeWithWrongKey() {
        return new Agree(false);
    }

    /** An HTTP answer with this status, then the end of the socket. */
    static UpgradeAnswer refuse(int status) {
        return new Refuse(status);
    }

    /** Nothing is said. */
    static UpgradeAnswer none() {
        return new None();
    }

    /** @param ownKey false to answer with another request's key */
    record Agree(boolean ownKey) implements UpgradeAnswer {}

    /** @param status of HTTP, three digits, not 101 */
    record Refuse(int status) implements UpgradeAnswer {}

    /** No answer. */
    record None() implements UpgradeAnswer {}
}
