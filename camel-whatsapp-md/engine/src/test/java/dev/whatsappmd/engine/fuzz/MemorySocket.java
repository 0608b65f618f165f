package dev.whatsappmd.engine.fuzz;

import dev.whatsappmd.engine.transport.Transport;
import dev.whatsappmd.engine.transport.TransportEnd;
import java.io.ByteArrayOutputStream;

/** A websocket without a network: what the client sends is kept, what it hears is said by the test. */
final class MemorySocket implements Transport, Transport.Connection {
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private Transport.Listener listener;
    private boolean closed;

    @Override
    public Connection connect(Dial dial, Listener client) {
        listener = client;
        return this;
    }

    @Override
    public void send(byte[] message) {
        sent.writeBytes(message);
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void abort() {
        closed = true;
    }

    /** Whether the client has asked for the end. */
    boolean isClosed() {
        return closed;
    }

    /** All that the client has sent. */
    byte[] sent() {
        return sent.toByteArray();
    }

    void open() {
        listener.onOpen();
    }

    void say(byte[] bytes) {
        listener.onBytes(bytes);
    }

    void end(TransportEnd.Kind kind) {
        listener.onEnd(TransportEnd.of(kind, "by the test"));
    }
}
