package dev.whatsappmd.engine.transport;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server on loopback that does to each connection what its script says, byte by byte. */
final class RawServer implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;

    private static final Pattern KEY = Pattern.compile("(?i)\r\nSec-WebSocket-Key: *([^\r]+)\r\n");

    private final ServerSocket server;
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();

    /** What is done to one connection; the connection stays open when it returns. */
    @FunctionalInterface
    interface Script {
        void run(Socket socket) throws Exception;
    }

    RawServer(Script script) {
        this(openServerSocket(), script);
    }

    RawServer(ServerSocket server, Script script) {
        this.server = server;
        startDaemon(() -> {
            while (true) {
                Socket socket = server.accept();
                accepted.add(socket);
                startDaemon(() -> script.run(socket));
            }
        });
    }

    private static ServerSocket openServerSocket() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A port on which nobody listens. */
    static int unusedPort() throws IOException {
        try (ServerSocket once = openServerSocket()) {
            return once.getLocalPort();
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** For {@code path}, with the name that the loopback address is. */
    String url(String path) {
        return "ws://127.0.0.1:" + port() + path;
    }

    int connections() {
        return accepted.size();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : accepted) {
            socket.close();
        }
    }

    /** Work of a server; it ends with the sockets it uses. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    static void startDaemon(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception e) {
                        // The client went away or the test closed the socket; the test sees what the client was told.
                    }
                },
                "raw-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Reads up to the empty line that ends a head; what follows stays unread. */
    static String readHead(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the head has no end");
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    static void write(Socket socket, String text) throws IOException {
        write(socket, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static void write(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Takes an upgrade (RFC 6455, 4.2.2); gives the head of the request. */
    static String upgrade(Socket socket) throws IOException, NoSuchAlgorithmException {
        String head = readHead(socket);
        Matcher key = KEY.matcher(head);
        if (!key.find()) {
            throw new IOException("no websocket key in " + head);
        }
        byte[] answer = MessageDigest.getInstance("SHA-1")
                .digest((key.group(1).trim() + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                        .getBytes(StandardCharsets.ISO_8859_1));
        write(
                socket,
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + Base64.getEncoder().encodeToString(answer) + "\r\n\r\n");
        return head;
    }

    /** A server's frame of up to 65535 bytes. */
    static byte[] frame(int opcode, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(0x80 | opcode);
        if (payload.length < 126) {
            frame.write(payload.length);
        } else {
            frame.write(126);
            frame.write(payload.length >>> 8);
            frame.write(payload.length);
        }
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    static byte[] closeFrame(int code) {
        return frame(CLOSE, new byte[] {(byte) (code >>> 8), (byte) code});
    }

    /** A frame that a client sent, unmasked. */
    record Received(int opcode, byte[] payload) {
        int closeCode() {
            return (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        }
    }

    static Received readFrame(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        int opcode = in.readUnsignedByte() & 15;
        int length = in.readUnsignedByte() & 127;
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i & 3];
        }
        return new Received(opcode, payload);
    }

    /** Passes on all bytes of both directions until one side ends. */
    static void join(Socket one, Socket other) throws IOException {
        startDaemon(() -> {
            try (one;
                    other) {
                one.getInputStream().transferTo(other.getOutputStream());
            }
        });
        try (one;
                other) {
            other.getInputStream().transferTo(one.getOutputStream());
        }
    }
}
