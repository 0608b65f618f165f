package dev.whatsappmd.localserver.client;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Nobody accepts, and there is no more room to wait in: the next connect hangs. */
final class FullServer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> waiting = new ArrayList<>();

    FullServer() throws IOException {
        boolean full = false;
        while (!full && waiting.size() < 20) {
            Socket socket = new Socket();
            waiting.add(socket);
            try {
                socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 300);
            } catch (SocketTimeoutException e) {
                full = true;
            } catch (IOException e) {
                break;
            }
        }
        if (!full) {
            close();
        }
        assumeTrue(full, "this system refuses a connection that it has no room for instead of letting it wait");
    }

    URI url() {
        return URI.create("ws://127.0.0.1:" + server.getLocalPort() + "/ws/chat");
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : waiting) {
            socket.close();
        }
    }
}
