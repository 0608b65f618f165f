package dev.whatsappmd.engine.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/** Stands between a client and the server on loopback, and cuts a connection when the client asks to commit. */
public final class CuttingProxy implements AutoCloseable {
    /** When the next request to commit is cut, and what becomes of the connections after it. */
    public enum Cut {
        /** None is cut. */
        NEVER,
        /** The server does not hear of it. */
        BEFORE_THE_SERVER,
        /** The server does as asked; its answer does not come through. */
        BEFORE_THE_ANSWER
    }

    /** As a whole statement: the isolation level has the word in it too. */
    private static final String COMMIT = "COMMIT\0";

    private final ServerSocket listener;
    private final InetSocketAddress server;
    private final AtomicReference<Cut> next = new AtomicReference<>(Cut.NEVER);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing;
    private volatile boolean refuseAfterCut;

    public CuttingProxy(int serverPort) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort);
        start("accept", this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** @param andRefuse whether no connection comes through afterwards, until {@link #allow} */
    public void cutNextCommit(Cut cut, boolean andRefuse) {
        refuseAfterCut = andRefuse;
        next.set(cut);
    }

    public void allow() {
        refusing = false;
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listener.accept();
            open.add(client);
            if (refusing) {
                client.close();
                continue;
            }
            Socket upstream = new Socket();
            open.add(upstream);
            upstream.connect(server);
            AtomicReference<Cut> cut = new AtomicReference<>(Cut.NEVER);
            start("requests", () -> requests(client, upstream, cut));
            start("answers", () -> answers(client, upstream, cut));
        }
    }

    private void requests(Socket client, Socket upstream, AtomicReference<Cut> cut) throws IOException {
        byte[] buffer = new byte[1 << 16];
        InputStream in = client.getInputStream();
        OutputStream out = upstream.getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (new String(buffer, 0, read, StandardCharsets.ISO_8859_1).contains(COMMIT)) {
                cut.set(next.getAndSet(Cut.NEVER));
                if (cut.get() != Cut.NEVER) {
                    refusing = refuseAfterCut;
                }
                if (cut.get() == Cut.BEFORE_THE_SERVER) {
                    client.close();
                    upstream.close();
                    return;
                }
            }
            out.write(buffer, 0, read);
        }
        upstream.shutdownOutput();
    }

    private void answers(Socket client, Socket upstream, AtomicReference<Cut> cut) throws IOException {
        byte[] buffer = new byte[1 << 16];
        InputStream in = upstream.getInputStream();
        OutputStream out = client.getOutputStream();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (cut.get() == Cut.BEFORE_THE_ANSWER) {
                client.close();
                upstream.close();
                return;
            }
            out.write(buffer, 0, read);
        }
        client.close();
    }

    private interface Work {
        void run() throws IOException;
    }

    private void start(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // The connection, or the proxy, was closed.
                    }
                },
                "cutting-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
