package dev.whatsappmd.localserver.connection;

import dev.whatsappmd.engine.frame.FrameEncoder;
import dev.whatsappmd.localserver.fault.Delivery;
import dev.whatsappmd.localserver.fault.FrameFault;
import dev.whatsappmd.localserver.transport.EventLoop;
import dev.whatsappmd.localserver.transport.WebSocketLink;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Brings one connection's frames to its socket, spoiled or delivered as faults want it. On the event loop. */
final class Outgoing {
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private final EventLoop loop;
    private final WebSocketLink link;
    private final FrameEncoder encoder = FrameEncoder.withoutIntro();
    private final ByteArrayOutputStream batch = new ByteArrayOutputStream();
    private int pieceLength = NO_LIMIT;
    private int fragmentLength = NO_LIMIT;
    private boolean deflated;
    private @Nullable Duration window;
    private @Nullable FrameFault pending;

    Outgoing(EventLoop loop, WebSocketLink link) {
        this.loop = loop;
        this.link = link;
    }

    /** Sends one frame with this content. */
    void frame(byte[] content) {
        byte[] wire = encoder.encode(spoiled(content));
        if (pending instanceof FrameFault.Truncated truncated) {
            pending = null;
            wire = Arrays.copyOf(wire, wire.length - Math.min(truncated.missing(), content.length));
        }
        bytes(wire);
    }

    /** Whether stanzas are to be deflated. */
    boolean deflates() {
        return deflated;
    }

    /** @return whether the fault waits for the next frame */
    boolean apply(FrameFault fault) {
        if (fault instanceof FrameFault.Oversize) {
            byte[] header = new byte[FrameEncoder.HEADER_LENGTH];
            Arrays.fill(header, (byte) 0xff);
            bytes(header);
        } else if (fault instanceof FrameFault.Empty) {
            bytes(new byte[FrameEncoder.HEADER_LENGTH]);
        } else if (fault instanceof FrameFault.GarbageFrame garbage) {
            bytes(encoder.encode(garbage.bytes()));
        } else if (fault instanceof FrameFault.Text) {
            flush();
            link.sendText("this protocol has no text messages");
        } else {
            pending = fault;
            return true;
        }
        return false;
    }

    void apply(Delivery delivery) {
        if (delivery instanceof Delivery.Pieces pieces) {
            pieceLength = pieces.bytes();
        } else if (delivery instanceof Delivery.Fragments fragments) {
            fragmentLength = fragments.bytes();
        } else if (delivery instanceof Delivery.Batched batched) {
            window = batched.window();
        } else if (delivery instanceof Delivery.Deflated) {
            deflated = true;
        } else {
            throw new IllegalStateException("no code for the delivery " + delivery);
        }
    }

    /** Sends what is held back for a batch. */
    void flush() {
        if (batch.size() > 0) {
            byte[] together = batch.toByteArray();
            batch.reset();
            messages(together);
        }
    }

    private byte[] spoiled(byte[] content) {
        if (!(pending instanceof FrameFault.Corrupt)) {
            return content;
        }
        pending = null;
        byte[] altered = content.clone();
        altered[altered.length - 1] ^= 1;
        return altered;
    }

    private void bytes(byte[] wire) {
        if (window == null) {
            messages(wire);
            return;
        }
        if (batch.size() == 0) {
            loop.schedule(window, this::flush);
        }
        batch.writeBytes(wire);
    }

    private void messages(byte[] stream) {
        for (int from = 0; from < stream.length; from += Math.min(pieceLength, stream.length - from)) {
            int length = Math.min(pieceLength, stream.length - from);
            byte[] message = length == stream.length ? stream : Arrays.copyOfRange(stream, from, from + length);
            if (fragmentLength < message.length) {
                link.sendFragmented(message, fragmentLength);
            } else {
                link.send(message);
            }
        }
    }
}
