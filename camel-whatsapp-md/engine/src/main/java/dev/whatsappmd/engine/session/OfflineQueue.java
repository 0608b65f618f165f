package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.node.Node;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Takes in what the server kept while this device was away. The server says how much there is and sends a batch each
 * time it is asked; the next one is asked for only when every stanza of the last has been cleared, and when the
 * application has room for more. The end is {@code <offline>}, or a minute without a stanza that was asked for.
 */
final class OfflineQueue {
    /** As many as Baileys asks for (Socket/socket.ts). */
    private static final int BATCH = 100;

    private static final Duration GIVE_UP = Duration.ofSeconds(60);

    private final Outbox out;
    private final BooleanSupplier full;
    private int receivedOfBatch;
    private int unclearedOfBatch;
    private boolean pulling;
    /** The next batch is due and waits for the application. */
    private boolean holding;

    private boolean open;
    private boolean ended;
    private boolean forced;
    private boolean told;

    /** @param full whether the application has as much as it may have */
    OfflineQueue(Outbox out, BooleanSupplier full) {
        this.out = out;
        this.full = full;
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

    /** The application is done with something. */
    void goOn() {
        if (holding && !ended && !full.getAsBoolean()) {
            pull();
        }
    }

    private void pull() {
        if (full.getAsBoolean()) {
            holding = true;
            // It is not the server that is late.
            out.clear(SessionTimer.OFFLINE);
            return;
        }
        holding = false;
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
        if (!holding) {
            armGivingUp();
        }
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
