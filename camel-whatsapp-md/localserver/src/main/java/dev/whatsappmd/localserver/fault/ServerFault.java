package dev.whatsappmd.localserver.fault;

/**
 * Something a server does to a client. A value: it is attached to a {@link Moment} by the {@link ServerScript}, or done
 * now.
 */
public sealed interface ServerFault permits ServerClose, ServerFault.Silence {
    /** Whether it needs the keys that are agreed after {@link Moment#HELLO}. */
    boolean sendsStanza();

    /**
     * From now on the connection looks alive and is dead: what the client sends is read and dropped, and nothing is
     * sent, not even the answer to a websocket ping.
     */
    static ServerFault silence() {
        return new Silence();
    }

    /** See {@link #silence()}. */
    record Silence() implements ServerFault {
        @Override
        public boolean sendsStanza() {
            return false;
        }

        @Override
        public String toString() {
            return "silence";
        }
    }
}
