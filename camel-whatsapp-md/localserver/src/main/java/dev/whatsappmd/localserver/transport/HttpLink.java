package dev.whatsappmd.localserver.transport;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One HTTP request and its answer, from the TCP connection to its end. Everything on the {@link EventLoop}. After the
 * answer the server reads on until the client has ended too, see {@link WebSocketLink}.
 */
final class HttpLink implements EventLoop.ReadyHandler {
    private static final int HEAD_MAX = 16 * 1024;
    private static final int PIECE = 64 * 1024;
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(2);

    private final EventLoop loop;
    private final SocketChannel channel;
    private final Function<HttpRequest, HttpAnswer> handler;
    private final StringBuilder head = new StringBuilder();
    private final ByteBuffer out = ByteBuffer.allocate(PIECE).limit(0);
    private SelectionKey key;
    private HttpAnswer answer;
    private int headSent;
    private long position;
    private boolean paused;
    private boolean over;

    private HttpLink(EventLoop loop, SocketChannel channel, Function<HttpRequest, HttpAnswer> handler) {
        this.loop = loop;
        this.channel = channel;
        this.handler = handler;
    }

    static void accept(EventLoop loop, SocketChannel channel, Function<HttpRequest, HttpAnswer> handler)
            throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        HttpLink link = new HttpLink(loop, channel, handler);
        link.key = loop.register(channel, SelectionKey.OP_READ, link);
    }

    @Override
    public void onReady(SelectionKey ready) throws IOException {
        if (ready.isReadable() && !read()) {
            close();
            return;
        }
        if (ready.isValid() && ready.isWritable()) {
            write();
        }
    }

    @Override
    public void onBroken(Exception cause) {
        close();
    }

    /** Takes what came; false when the client has ended. What comes behind the request's head is dropped. */
    private boolean read() throws IOException {
        ByteBuffer in = loop.readBuffer();
        int count = channel.read(in);
        if (count < 0) {
            return false;
        }
        if (answer == null) {
            head.append(new String(in.array(), 0, count, StandardCharsets.ISO_8859_1));
            int end = head.indexOf("\r\n\r\n");
            if (end >= 0) {
                begin(request(head.substring(0, end))
                        .map(handler)
                        .orElseGet(() -> HttpAnswer.of("400 Bad Request", HttpBody.EMPTY, 0, 0, "Content-Length: 0")));
            } else if (head.length() > HEAD_MAX) {
                begin(HttpAnswer.of("431 Request Header Fields Too Large", HttpBody.EMPTY, 0, 0, "Content-Length: 0"));
            }
        }
        return true;
    }

    private static Optional<HttpRequest> request(String head) {
        String[] lines = head.split("\r\n");
        String[] first = lines[0].split(" ");
        if (first.length != 3 || !first[2].startsWith("HTTP/1.") || !first[1].startsWith("/")) {
            return Optional.empty();
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1) {
                return Optional.empty();
            }
            headers.put(
                    lines[i].substring(0, colon), lines[i].substring(colon + 1).trim());
        }
        return Optional.of(HttpRequest.of(first[0], first[1], headers));
    }

    private void begin(HttpAnswer given) {
        answer = given;
        position = given.from();
        if (given.delay().isZero()) {
            key.interestOpsOr(SelectionKey.OP_WRITE);
        } else {
            pause(given.delay());
        }
    }

    private void pause(Duration time) {
        paused = true;
        key.interestOpsAnd(~SelectionKey.OP_WRITE);
        loop.schedule(time, () -> {
            paused = false;
            if (key.isValid() && !over) {
                key.interestOpsOr(SelectionKey.OP_WRITE);
            }
        });
    }

    private void write() throws IOException {
        while (!paused) {
            if (!out.hasRemaining() && !fill()) {
                end();
                return;
            }
            channel.write(out);
            if (out.hasRemaining()) {
                return;
            }
            if (!answer.pieceDelay().isZero() && headSent == answer.head().length) {
                pause(answer.pieceDelay());
            }
        }
    }

    /** Makes the next piece ready; false when there is none. */
    private boolean fill() throws IOException {
        out.clear();
        if (headSent < answer.head().length) {
            int count = Math.min(out.remaining(), answer.head().length - headSent);
            out.put(answer.head(), headSent, count);
            headSent += count;
        } else if (position < answer.to()) {
            long most = answer.pieceBytes() == 0 ? PIECE : Math.min(PIECE, answer.pieceBytes());
            out.limit((int) Math.min(most, answer.to() - position));
            answer.body().read(position, out);
            position += out.position();
        }
        out.flip();
        return out.hasRemaining();
    }

    private void end() throws IOException {
        over = true;
        key.interestOpsAnd(~SelectionKey.OP_WRITE);
        switch (answer.end()) {
            case CLOSE -> {
                channel.shutdownOutput();
                loop.schedule(DRAIN_LIMIT, this::close);
            }
            case RESET -> {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
                close();
            }
            case NEVER -> {
                // The client will end it.
            }
        }
    }

    private void close() {
        over = true;
        try {
            channel.close();
        } catch (IOException e) {
            // It was broken already; there is nobody to tell.
        }
    }
}
