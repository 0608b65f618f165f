package dev.whatsappmd.localserver.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Function;
import java.util.function.Supplier;

/** Takes connections on 127.0.0.1 only and makes a websocket or an HTTP request of each. */
public final class LoopbackListener implements EventLoop.ReadyHandler {
    private static final int BACKLOG = 1024;

    private final EventLoop loop;
    private final ServerSocketChannel channel;
    private final Acceptor acceptor;

    private LoopbackListener(EventLoop loop, ServerSocketChannel channel, Acceptor acceptor) {
        this.loop = loop;
        this.channel = channel;
        this.acceptor = acceptor;
    }

    /** Takes a new connection; on the loop. */
    private interface Acceptor {
        void accept(SocketChannel channel) throws IOException;
    }

    /**
     * Binds and listens for websockets.
     *
     * @param port 0 for a free one
     * @param handlers gives each new connection its handler; called on the loop
     * @throws UncheckedIOException when the port is taken
     */
    public static LoopbackListener open(EventLoop loop, int port, Function<WebSocketLink, LinkHandler> handlers) {
        return listen(loop, port, channel -> WebSocketLink.accept(loop, channel, handlers));
    }

    /**
     * Binds a free port and listens for HTTP requests without bodies.
     *
     * @param handler called on the loop
     */
    public static LoopbackListener openHttp(EventLoop loop, Function<HttpRequest, HttpAnswer> handler) {
        return listen(loop, 0, channel -> HttpLink.accept(loop, channel, handler));
    }

    private static LoopbackListener listen(EventLoop loop, int port, Acceptor acceptor) {
        Supplier<LoopbackListener> opening = () -> {
            try {
                ServerSocketChannel channel = ServerSocketChannel.open();
                channel.configureBlocking(false);
                channel.bind(new InetSocketAddress(loopback(), port), BACKLOG);
                LoopbackListener listener = new LoopbackListener(loop, channel, acceptor);
                loop.register(channel, SelectionKey.OP_ACCEPT, listener);
                return listener;
            } catch (IOException e) {
                throw new UncheckedIOException("could not listen on 127.0.0.1:" + port + ": " + e.getMessage(), e);
            }
        };
        return loop.call(opening);
    }

    /** The port that was bound. */
    public int port() {
        return channel.socket().getLocalPort();
    }

    /** Takes no more connections. On the loop. */
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("could not stop listening", e);
        }
    }

    @Override
    public void onReady(SelectionKey key) throws IOException {
        for (SocketChannel accepted = channel.accept(); accepted != null; accepted = channel.accept()) {
            acceptor.accept(accepted);
        }
    }

    @Override
    public void onBroken(Exception cause) {
        close();
    }

    private static InetAddress loopback() throws IOException {
        return InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
    }
}
