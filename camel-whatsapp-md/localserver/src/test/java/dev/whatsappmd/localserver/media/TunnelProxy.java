package dev.whatsappmd.localserver.media;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A proxy for HTTP CONNECT and SOCKS 5 with the login {@code alice}, {@code secret}, that knows where names are: each is a
 * port of this machine, and a name it does not know is refused. It notes what it is asked for.
 */
final class TunnelProxy implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    final Map<String, Integer> names = new ConcurrentHashMap<>();
    final List<String> asked = new CopyOnWriteArrayList<>();

    TunnelProxy() throws IOException {
        start(() -> {
            while (true) {
                Socket client = server.accept();
                sockets.add(client);
                start(() -> serve(client));
            }
        });
    }

    int port() {
        return server.getLocalPort();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // One side went away, or the test is over.
                    }
                },
                "tunnel-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket client) throws IOException {
        DataInputStream in = new DataInputStream(client.getInputStream());
        int first = in.readUnsignedByte();
        String name = first == 5 ? socks(in, client.getOutputStream()) : connect(first, in, client.getOutputStream());
        Integer port = names.get(name);
        if (port == null) {
            client.close();
            return;
        }
        Socket behind = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(behind);
        client.getOutputStream()
                .write(
                        first == 5
                                ? new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0}
                                : "HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        join(client, behind);
    }

    /** Passes on all bytes of both directions until one side ends. */
    static void join(Socket one, Socket other) throws IOException {
        start(() -> {
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

    private String connect(int first, InputStream in, OutputStream out) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(first);
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException();
            }
            head.write(next);
        }
        String text = head.toString(StandardCharsets.US_ASCII);
        asked.add(text.substring(0, text.indexOf("\r\n")));
        String login = Base64.getEncoder().encodeToString("alice:secret".getBytes(StandardCharsets.US_ASCII));
        if (!text.contains("\r\nProxy-Authorization: Basic " + login + "\r\n")) {
            out.write("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return "";
        }
        return text.split(" ")[1];
    }

    private String socks(DataInputStream in, OutputStream out) throws IOException {
        in.readNBytes(in.readUnsignedByte());
        out.write(new byte[] {5, 2});
        in.readUnsignedByte();
        String user = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.US_ASCII);
        String password = new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.US_ASCII);
        boolean welcome = user.equals("alice") && password.equals("secret");
        out.write(new byte[] {1, (byte) (welcome ? 0 : 1)});
        if (!welcome) {
            asked.add("a wrong login");
            return "";
        }
        in.readNBytes(3);
        String host = in.readUnsignedByte() == 3
                ? new String(in.readNBytes(in.readUnsignedByte()), StandardCharsets.US_ASCII)
                : InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
        String name = host + ":" + in.readUnsignedShort();
        asked.add("SOCKS " + name);
        return name;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
