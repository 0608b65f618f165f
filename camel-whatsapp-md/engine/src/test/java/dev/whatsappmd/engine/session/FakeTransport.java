package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.transport.Transport;
import dev.whatsappmd.engine.transport.TransportEnd;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sockets that do what a test says. Safe for use by several threads. */
final class FakeTransport implements Transport {
    final List<Socket> sockets = new CopyOnWriteArrayList<>();
    /** The next dial fails so, at once. */
    volatile RuntimeException failNext;
    /** Whether the other side answers a close frame. */
    volatile boolean answersClose = true;

    @Override
    public Connection connect(Dial dial, Listener listener) {
        RuntimeException failure = failNext;
        failNext = null;
        if (failure != null) {
            throw failure;
        }
        Socket socket = new Socket(listener);
        sockets.add(socket);
        return socket;
    }

    final class Socket implements Connection {
        final Listener listener;
        volatile boolean closed;
        volatile boolean aborted;
        /** Closing it fails so. */
        volatile RuntimeException failClose;

        /** Not even an abort ends it. */
        volatile boolean neverEnds;

        private final AtomicBoolean ended = new AtomicBoolean();

        private Socket(Listener listener) {
            this.listener = listener;
        }

        void end(TransportEnd.Kind kind) {
            if (!neverEnds && ended.compareAndSet(false, true)) {
                listener.onEnd(TransportEnd.of(kind, "by the test"));
            }
        }

        @Override
        public void send(byte[] message) {}

        @Override
        public void close() {
            closed = true;
            if (failClose != null) {
                throw failClose;
            }
            if (answersClose) {
                end(TransportEnd.Kind.CLOSED);
            }
        }

        @Override
        public void abort() {
            aborted = true;
            end(TransportEnd.Kind.FAILED);
        }
    }
}
