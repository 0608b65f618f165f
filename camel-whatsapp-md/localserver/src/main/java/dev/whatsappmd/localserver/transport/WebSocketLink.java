package dev.whatsappmd.localserver.transport;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.exceptions.InvalidHandshakeException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.jspecify.annotations.Nullable;

/**
 * One client's socket, from the TCP connection to its end. Everything on the {@link EventLoop}.
 *
 * <pre>
 *   UPGRADING ── 101 ──► OPEN ── close() ──► DRAINING ── client's end, or 15 s ─► CLOSED
 *       └──── refused ────┴─────────────────────┴────── client's end, fault ──────────▲
 * </pre>
 *
 * After its own close frame the server shuts only its sending half and reads on until the client has ended too:
 * closing at once would answer bytes still under way with a TCP reset, and a reset can destroy what the client has
 * not read yet, such as the stream error that says why. The limit leaves a client time that gets no processor for seconds.
 */
public final class WebSocketLink implements EventLoop.ReadyHandler {
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(15);

    private enum State {
        UPGRADING,
        OPEN,
        DRAINING,
        CLOSED
    }

    private final EventLoop loop;
    private final SocketChannel channel;
    private final WebSocketCodec codec = new WebSocketCodec();
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
    private SelectionKey key;
    private LinkHandler handler;
    private State state = State.UPGRADING;
    private boolean endReported;
    private boolean muted;
    private boolean held;
    private @Nullable Runnable endWhenResumed;
    private boolean shutDownWhenSent;
    private EventLoop.LoopTimer drainTimer;

    private WebSocketLink(EventLoop loop, SocketChannel channel) {
        this.loop = loop;
        this.channel = channel;
    }

    static void accept(EventLoop loop, SocketChannel channel, Function<WebSocketLink, LinkHandler> handlers)
            throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        WebSocketLink link = new WebSocketLink(loop, channel);
        link.handler = handlers.apply(link);
        link.key = loop.register(channel, SelectionKey.OP_READ, link);
        link.handler.onAccepted();
    }

    /** Sends one binary message; nothing happens when the connection is over. */
    public void send(byte[] message) {
        if (isSending()) {
            write(codec.message(message));
        }
    }

    /** {@link #send} in fragments of at most this many bytes (RFC 6455, 5.4). */
    public void sendFragmented(byte[] message, int length) {
        if (isSending()) {
            codec.fragments(message, length).forEach(this::write);
        }
    }

    /** Sends one text message; nothing happens when the connection is over. */
    public void sendText(String text) {
        if (isSending()) {
            write(codec.text(text));
        }
    }

    /** Sends bytes as they are, whether or not there is a websocket by now. */
    public void sendRaw(byte[] bytes) {
        if (isSending() || state == State.UPGRADING && !muted) {
            write(ByteBuffer.wrap(bytes));
        }
    }

    private boolean isSending() {
        return state == State.OPEN && !muted && endWhenResumed == null;
    }

    /** From now on reads and drops, and sends nothing, not even a pong: the client sees a half-open connection. */
    public void mute() {
        loop.assertLoopThread();
        muted = true;
    }

    /**
     * From now on leaves the socket alone: what comes is not read, so that not even its end is noticed, and what is to be
     * sent waits, an orderly end too.
     */
    public void hold() {
        loop.assertLoopThread();
        held = true;
        if (key.isValid()) {
            key.interestOps(0);
        }
    }

    /** Goes on where {@link #hold} stopped. */
    public void resume() {
        loop.assertLoopThread();
        held = false;
        if (key.isValid()) {
            key.interestOps(SelectionKey.OP_READ);
            flushOrBreak();
        }
        if (endWhenResumed != null) {
            Runnable end = endWhenResumed;
            endWhenResumed = null;
            end.run();
        }
    }

    /**
     * Ends the connection in order: close frame, then the end of the stream.
     *
     * @param code 1000 to 4999 (RFC 6455, 7.4)
     * @param reason up to 123 bytes, may be empty
     */
    public void close(int code, String reason) {
        loop.assertLoopThread();
        if (held) {
            endWhenResumed = endWhenResumed == null ? () -> close(code, reason) : endWhenResumed;
            return;
        }
        if (state == State.UPGRADING) {
            closeChannel();
        } else if (state == State.OPEN) {
            state = State.DRAINING;
            write(codec.close(code, reason));
            drain();
        }
        reportEnd(new LinkEnd(LinkEnd.By.SERVER, code, reason));
    }

    /** Ends the connection with a TCP reset; what was not sent yet is lost. */
    public void reset() {
        loop.assertLoopThread();
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // Already gone: then there is nothing to reset.
        }
        closeChannel();
        reportEnd(new LinkEnd(LinkEnd.By.SERVER, LinkEnd.NO_CLOSE_FRAME, "TCP reset"));
    }

    @Override
    public void onReady(SelectionKey ready) throws IOException {
        if (ready.isReadable()) {
            read();
        }
        if (ready.isValid() && ready.isWritable()) {
            flush();
        }
    }

    @Override
    public void onBroken(Exception cause) {
        closeChannel();
        reportEnd(new LinkEnd(LinkEnd.By.FAULT, LinkEnd.NO_CLOSE_FRAME, String.valueOf(cause.getMessage())));
    }

    private void read() throws IOException {
        ByteBuffer input = loop.readBuffer();
        int count = channel.read(input);
        if (count < 0) {
            closeChannel();
            reportEnd(new LinkEnd(LinkEnd.By.CLIENT, LinkEnd.NO_CLOSE_FRAME, ""));
            return;
        }
        input.flip();
        if (muted) {
            return;
        }
        if (state == State.UPGRADING) {
            upgrade(input);
        }
        if (state == State.OPEN && input.hasRemaining()) {
            byte[] bytes = new byte[input.remaining()];
            input.get(bytes);
            frames(bytes);
        }
    }

    private void upgrade(ByteBuffer input) {
        try {
            UpgradeRequest request = codec.readRequest(input).orElse(null);
            if (request == null) {
                return;
            }
            answer(handler.onUpgrade(request));
        } catch (InvalidHandshakeException e) {
            refuse(400, "no websocket request: " + e.getMessage());
        }
    }

    private void answer(UpgradeAnswer answer) throws InvalidHandshakeException {
        if (state != State.UPGRADING) {
            return;
        }
        if (answer instanceof UpgradeAnswer.Refuse refusal) {
            refuse(refusal.status(), "upgrade refused with HTTP " + refusal.status());
        } else if (answer instanceof UpgradeAnswer.Agree agreement) {
            if (agreement.ownKey()) {
                state = State.OPEN;
                codec.agree().forEach(this::write);
            } else {
                refuse(WebSocketCodec.agreeToAnother(), "upgrade answered with a wrong key");
            }
        }
    }

    private void refuse(int status, String why) {
        refuse(WebSocketCodec.refuse(status), why);
    }

    private void refuse(ByteBuffer answer, String why) {
        state = State.DRAINING;
        write(answer);
        drain();
        reportEnd(new LinkEnd(LinkEnd.By.SERVER, LinkEnd.NO_CLOSE_FRAME, why));
    }

    private void frames(byte[] bytes) {
        try {
            for (Framedata frame : codec.readFrames(bytes)) {
                if (state != State.OPEN) {
                    return;
                }
                frame(frame);
            }
        } catch (InvalidDataException e) {
            state = State.DRAINING;
            write(codec.close(CloseFrame.PROTOCOL_ERROR, "not a websocket frame"));
            drain();
            reportEnd(
                    new LinkEnd(LinkEnd.By.FAULT, CloseFrame.PROTOCOL_ERROR, "no websocket frame: " + e.getMessage()));
        }
    }

    private void frame(Framedata frame) {
        if (muted) {
            return;
        }
        switch (frame.getOpcode()) {
            case BINARY, CONTINUOUS -> {
                byte[] payload = new byte[frame.getPayloadData().remaining()];
                frame.getPayloadData().get(payload);
                handler.onBytes(payload);
            }
            case TEXT -> handler.onText(frame.getPayloadData().remaining());
            case PING -> write(codec.pong(frame.getPayloadData()));
            case PONG -> {
                // Nothing was asked.
            }
            case CLOSING -> {
                CloseFrame close = (CloseFrame) frame;
                state = State.DRAINING;
                int code = close.getCloseCode() == CloseFrame.NOCODE ? CloseFrame.NORMAL : close.getCloseCode();
                write(codec.close(code, ""));
                drain();
                reportEnd(new LinkEnd(LinkEnd.By.CLIENT, close.getCloseCode(), String.valueOf(close.getMessage())));
            }
        }
    }

    private void write(ByteBuffer bytes) {
        unsent.add(bytes);
        flushOrBreak();
    }

    private void flushOrBreak() {
        try {
            flush();
        } catch (IOException e) {
            onBroken(e);
        }
    }

    private void flush() throws IOException {
        if (held) {
            return;
        }
        while (!unsent.isEmpty()) {
            ByteBuffer next = unsent.peek();
            channel.write(next);
            if (next.hasRemaining()) {
                key.interestOpsOr(SelectionKey.OP_WRITE);
                return;
            }
            unsent.remove();
        }
        if (key.isValid()) {
            key.interestOpsAnd(~SelectionKey.OP_WRITE);
        }
        if (shutDownWhenSent && channel.isOpen()) {
            channel.shutdownOutput();
        }
    }

    private void drain() {
        if (state == State.CLOSED) {
            return;
        }
        shutDownWhenSent = true;
        drainTimer = loop.schedule(DRAIN_LIMIT, this::closeChannel);
        try {
            flush();
        } catch (IOException e) {
            closeChannel();
        }
    }

    private void closeChannel() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        unsent.clear();
        if (drainTimer != null) {
            drainTimer.cancel();
        }
        try {
            channel.close();
        } catch (IOException e) {
            // The socket is gone either way.
        }
    }

    private void reportEnd(LinkEnd end) {
        if (!endReported) {
            endReported = true;
            handler.onClosed(end);
        }
    }
}
