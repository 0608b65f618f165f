package dev.whatsappmd.localserver.session;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.OfflineMode;
import dev.whatsappmd.localserver.account.OfflineQueue;
import dev.whatsappmd.localserver.account.OwedPolicy;
import dev.whatsappmd.localserver.account.OwedStanza;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.time.Duration;
import java.util.Optional;

/**
 * Hands a device what it is owed, on one connection: preview, the stanzas as the {@link OfflineMode} says,
 * {@code <offline>}, and from then on everything at once. On the event loop.
 */
final class OfflineDelivery {
    private enum Stage {
        /** The client is not active yet. */
        WAITING,
        /** The preview is out. */
        CATCHING_UP,
        /** {@code <offline>} is out. */
        LIVE
    }

    private final ServerConnection connection;
    private final OfflineQueue queue;
    private final OfflineMode mode;
    private final OwedPolicy policy;
    private Stage stage = Stage.WAITING;
    private boolean watching;
    private int delivered;
    /** Of the batch that was asked for: how many may still be sent. */
    private int allowance;
    /** A pull that came before the last batch was answered. */
    private int nextAllowance;

    OfflineDelivery(ServerConnection connection, OfflineQueue queue, OfflineMode mode, OwedPolicy policy) {
        this.connection = connection;
        this.queue = queue;
        this.mode = mode;
        this.policy = policy;
        queue.newConnection();
    }

    /** The client is active: delivery begins. */
    void start() {
        if (stage != Stage.WAITING) {
            return;
        }
        stage = Stage.CATCHING_UP;
        if (!queue.isEmpty()) {
            connection.send(preview());
        }
        if (queue.isEmpty() || mode == OfflineMode.PUSH) {
            allowance = Integer.MAX_VALUE;
            go();
        }
    }

    /** The client asked for a batch. */
    void pull(int count) {
        if (stage != Stage.CATCHING_UP) {
            return;
        }
        if (mode == OfflineMode.ONE_SHOT_PULL) {
            allowance = Integer.MAX_VALUE;
        } else if (mode == OfflineMode.STRICT_PULL) {
            nextAllowance = Math.max(nextAllowance, count);
        }
        go();
    }

    /** Something was added to the queue, or something in it was answered. */
    void go() {
        if (stage == Stage.LIVE) {
            sendAll(false);
        } else if (stage == Stage.CATCHING_UP) {
            catchUp();
        }
    }

    boolean isLive() {
        return stage == Stage.LIVE;
    }

    private void catchUp() {
        if (mode == OfflineMode.STRICT_PULL && allowance == 0 && !queue.hasUnanswered()) {
            allowance = nextAllowance;
            nextAllowance = 0;
        }
        sendAll(true);
        boolean through = queue.nextUnsent().isEmpty() && (mode != OfflineMode.STRICT_PULL || !queue.hasUnanswered());
        if (through) {
            stage = Stage.LIVE;
            connection.send(ib(Node.builder("offline")
                    .attribute("count", Integer.toString(delivered))
                    .build()));
            connection.reach(Moment.OPEN);
        }
    }

    private void sendAll(boolean offline) {
        Optional<OwedStanza> next = queue.nextUnsent();
        while (next.isPresent() && connection.isLive() && (!offline || allowance > 0) && !isHeldBack(next.get())) {
            connection.send(next.get().send(offline, System.nanoTime()));
            if (offline) {
                delivered++;
                allowance--;
            }
            next = queue.nextUnsent();
        }
        policy.endsAfter().ifPresent(this::watch);
    }

    /** What is new to the device waits behind what it did not answer on an earlier connection. */
    private boolean isHeldBack(OwedStanza stanza) {
        return policy.holdsBack() && !stanza.isLeftOver() && queue.hasLeftOvers();
    }

    /** One timer for the oldest: when it has been answered by then, the next one is the oldest. */
    private void watch(Duration limit) {
        Optional<OwedStanza> oldest = queue.oldestUnanswered();
        if (watching || oldest.isEmpty()) {
            return;
        }
        Duration left = limit.minusNanos(System.nanoTime() - oldest.get().sentAtNanos());
        if (left.isNegative() || left.isZero()) {
            connection.closeWith(ServerClose.ack(oldest.get().id()));
            return;
        }
        watching = true;
        connection.schedule(left, () -> {
            watching = false;
            watch(limit);
        });
    }

    private Node preview() {
        Node.Builder preview = Node.builder("offline_preview")
                .attribute("count", Integer.toString(queue.owed().size()));
        for (String tag : new String[] {"message", "notification", "receipt", "call"}) {
            long count =
                    queue.owed().stream().filter(owed -> owed.node().is(tag)).count();
            preview.attribute(tag, Long.toString(count));
        }
        return ib(preview.attribute("appdata", "0").build());
    }

    private static Node ib(Node child) {
        return Node.builder("ib")
                .attribute("from", ServerConnection.SERVER)
                .child(child)
                .build();
    }
}
