package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.node.Node;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Tells a dead connection from a quiet one, as WhatsApp Web does: a ping now and then, also while other questions
 * wait; dead is only a connection on which nothing at all was received for too long after a question. Silence is no sign
 * of death where nothing has to be answered (behind an ack, for one), and any answer, be it an error, is a sign of life.
 */
final class KeepAlive {
    private static final double SHORTEST = 0.6;
    private static final double LONGEST = 1.2;

    private final Outbox out;
    private final Duration interval;
    private final Duration timeout;
    private final RandomGenerator random;
    private boolean waiting;

    KeepAlive(Outbox out, Duration interval, Duration timeout, RandomGenerator random) {
        this.out = out;
        this.interval = interval;
        this.timeout = timeout;
        this.random = random;
    }

    /** The handshake is done: from now on both sides may speak. */
    void begin() {
        schedulePing();
    }

    /**
     * Something was sent that the server has to answer. Counts from the first since the last receipt: later ones must
     * not put death off.
     */
    void asked() {
        if (!waiting) {
            waiting = true;
            out.set(SessionTimer.DEAD, timeout);
        }
    }

    /** Something was received. */
    void heard() {
        if (waiting) {
            waiting = false;
            out.clear(SessionTimer.DEAD);
        }
    }

    void pingDue() {
        Node ping = Node.builder("iq")
                .attribute("to", "s.whatsapp.net")
                .attribute("type", "get")
                .attribute("xmlns", "w:p")
                .child("ping")
                .build();
        // Whether it is answered is seen by what arrives, not by the answer's content.
        out.ask(ping, timeout.plus(interval), outcome -> {});
        schedulePing();
    }

    private void schedulePing() {
        double factor = SHORTEST + (LONGEST - SHORTEST) * random.nextDouble();
        out.set(SessionTimer.PING, Math.max(1, (long) (interval.toMillis() * factor)));
    }
}
