package dev.whatsappmd.engine.noise;

/** How far one side of a handshake is. Nothing may be done twice, and nothing after a failure. Not thread-safe. */
final class HandshakeProgress {
    /**
     * <pre>
     * NEW -> GREETED -> FINISHED -> HANDED_OVER
     *    \       \-> FAILED
     *     \-> FAILED
     * </pre>
     */
    enum Step {
        /** Nothing was said. */
        NEW,
        /** Our hello is made; the other side's last message is awaited. */
        GREETED,
        /** All messages are exchanged. */
        FINISHED,
        /** The transport was given out; a second one would use the same IVs again. */
        HANDED_OVER,
        /** A message of the other side was refused. */
        FAILED
    }

    private Step step = Step.NEW;

    Step step() {
        return step;
    }

    /** Leaves a step; a message that is refused before {@link #reach} leaves the handshake failed. */
    void leave(Step expected) {
        if (step != expected) {
            throw new IllegalStateException("the handshake is " + step + " and not " + expected
                    + ": each step is done once, in order, with a new object for each connection");
        }
        step = Step.FAILED;
    }

    void reach(Step next) {
        step = next;
    }
}
