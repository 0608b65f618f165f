package dev.whatsappmd.localserver;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A TCP connection to a server, on which bytes are bytes. */
final class RawSocket implements AutoCloseable {
    private static final String REQUEST = "GET /ws/chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            + "Connection: Upgrade\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\nSec-WebSocket-Version: 13\r\n\r\n";

    private final Socket socket;

    private RawSocket(Socket socket) {
        this.socket = socket;
    }

    static RawSocket connect(LocalWhatsAppServer server) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) TestClient.LIMIT.toMillis());
        return new RawSocket(socket);
    }

    RawSocket askForWebSocket() throws IOException {
        socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** The next bytes, as many as these. */
    byte[] read(int count) throws IOException {
        return socket.getInputStream().readNBytes(count);
    }

    /** Everything until the server ends the connection. */
    byte[] readToTheEnd() throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    String readTextToTheEnd() throws IOException {
        return new String(readToTheEnd(), StandardCharsets.ISO_8859_1);
    }

    /** Whether nothing comes for this long, and no end either. */
    boolean isQuietFor(int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            socket.getInputStream().read();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            socket.setSoTimeout((int) TestClient.LIMIT.toMillis());
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
