package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.node.Node;
import java.time.Duration;

/**
 * Takes in what the server kept while this device was away. The server says how much there is and sends a batch each
 * time it is asked; the next one is asked for only when every stanza of the last has been cleared. The end is
 * {@code <offline>}, or a minute without a stanza.
 */
final class OfflineQueue {
    /** As many as Baileys asks for (Socket/socket.ts). */
    private static final int BATCH = 100;

    private static final Duration GIVE_UP = Duration.ofSeconds(60);

    private final Outbox out;
    private int receivedOfBatch;
    private int unclearedOfBatch;
    private boolean pulling;
    private boolean open;
    private boolean ended;
    private boolean forced;
    private boolean told;

    OfflineQueue(Outbox out) {
        this.out = out;
    }

    /** The server delivers from now on. */
    void begin() {
        armGivingUp();
    }

    /** The application has been told that the connection is open; until then it is not told of the queue's end. */
    void opened() {
        open = true;
        tell();
    }

    /** {@code <ib><offline_preview>}: the server has something, or says that it has nothing. */
    void preview() {
        pull();
    }

    private void pull() {
        pulling = true;
        receivedOfBatch = 0;
        unclearedOfBatch = 0;
        out.send(Node.builder("ib")
                .child(Node.builder("offline_batch")
                        .attribute("count", Integer.toString(BATCH))
                        .build())
                .build());
        armGivingUp();
    }

    /**
     * A stanza has been dealt with.
     *
     * @param cleared whether the server has its answer
     */
    void handled(Node stanza, boolean cleared) {
        // Any value marks it: "0" too is a stanza that waited.
        if (ended || stanza.attribute("offline").isEmpty()) {
            return;
        }
        receivedOfBatch++;
        if (!cleared) {
            unclearedOfBatch++;
        }
        armGivingUp();
        if (pulling && receivedOfBatch >= BATCH && unclearedOfBatch == 0) {
            pull();
        }
    }

    /** {@code <ib><offline>}: that was all. */
    void end() {
        finish(false);
    }

    void gaveUp() {
        out.info("no stanza of the offline queue for " + GIVE_UP.toSeconds() + " s and no word of its end; going on");
        finish(true);
    }

    private void finish(boolean byForce) {
        if (!ended) {
            ended = true;
            forced = byForce;
            out.clear(SessionTimer.OFFLINE);
            tell();
        }
    }

    private void tell() {
        if (open && ended && !told) {
            told = true;
            var update = out.update().receivedPendingNotifications(true);
            out.emit(forced ? update.event("offlineQueueTimedOut") : update);
        }
    }

    boolean received() {
        return told;
    }

    private void armGivingUp() {
        if (!ended) {
            out.set(SessionTimer.OFFLINE, GIVE_UP);
        }
    }
}
