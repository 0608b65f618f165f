package dev.whatsappmd.localserver.account;

import dev.whatsappmd.engine.node.Node;

/** A stanza that a device has not answered yet. Not thread-safe. */
public final class OwedStanza {
    private final Node node;
    private int deliveries;
    private long sentAtNanos;
    private boolean sent;
    private boolean retryAsked;

    OwedStanza(Node node) {
        this.node = node;
    }

    /** The stanza as it was given in, without the offline attribute. */
    public Node node() {
        return node;
    }

    public String id() {
        return node.attribute("id").orElseThrow();
    }

    /** How many times it has been sent, over all connections. */
    public int deliveries() {
        return deliveries;
    }

    /** Whether it has been sent on the present connection. */
    public boolean isSent() {
        return sent;
    }

    /** Whether it was sent on an earlier connection and is still here. */
    public boolean isLeftOver() {
        return deliveries > (sent ? 1 : 0);
    }

    /** When it was sent on the present connection, as {@link System#nanoTime} counts. */
    public long sentAtNanos() {
        return sentAtNanos;
    }

    /** Notes that it is sent, and gives what goes out. */
    public Node send(boolean offline, long nowNanos) {
        Node out = offline
                ? node.toBuilder()
                        .attribute("offline", Integer.toString(deliveries))
                        .build()
                : node;
        sent = true;
        sentAtNanos = nowNanos;
        deliveries++;
        return out;
    }

    boolean isRetryAsked() {
        return retryAsked;
    }

    void askRetry() {
        retryAsked = true;
    }

    void newConnection() {
        sent = false;
        retryAsked = false;
    }
}
