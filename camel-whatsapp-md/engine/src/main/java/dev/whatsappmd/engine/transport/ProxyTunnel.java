package dev.whatsappmd.engine.transport;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Asks a proxy for a tunnel: HTTP CONNECT (RFC 9110, 9.3.6) or SOCKS 5 (RFC 1928, with user and password as RFC 1929).
 * The JDK has both, but takes the user from a global {@code Authenticator}: two sessions could not have two proxies.
 */
final class ProxyTunnel {
    private static final int MAX_ANSWER = 16 * 1024;
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private ProxyTunnel() {}

    /** The proxy said no. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final int number;

        RefusedException(String message, int number) {
            super(message);
            this.number = number;
        }

        OptionalInt number() {
            return OptionalInt.of(number);
        }
    }

    static void open(Socket socket, Proxy proxy, String host, int port) throws IOException {
        switch (proxy.scheme()) {
            case HTTP -> connect(socket, proxy, host, port);
            case SOCKS5 -> socks(socket, proxy, host, port);
        }
    }

    private static void connect(Socket socket, Proxy proxy, String host, int port) throws IOException {
        String target = host + ":" + port;
        StringBuilder request = new StringBuilder("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n");
        proxy.login().ifPresent(login -> {
            byte[] user = (login.username() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
            request.append("Proxy-Authorization: Basic ")
                    .append(Base64.getEncoder().encodeToString(user))
                    .append("\r\n");
        });
        OutputStream out = socket.getOutputStream();
        out.write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        String head = head(socket.getInputStream());
        String[] status = head.split("\r\n", 2)[0].split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/1.") || !status[1].matches("\\d{3}")) {
            throw new IOException("the proxy did not answer CONNECT as HTTP");
        }
        int code = Integer.parseInt(status[1]);
        if (code / 100 != 2) {
            throw new RefusedException(
                    "the proxy answered CONNECT with HTTP " + code
                            + (code == 407 ? ": set proxyUsername and proxyPassword" : ""),
                    code);
        }
    }

    /** The answer's head, byte by byte: what follows it belongs to the tunnel. */
    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the proxy closed the connection while it was asked for a tunnel");
            }
            head.write(next);
            boolean wanted = next == (matched % 2 == 0 ? '\r' : '\n');
            matched = wanted ? matched + 1 : next == '\r' ? 1 : 0;
            if (head.size() > MAX_ANSWER) {
                throw new IOException("the proxy's answer to CONNECT has no end");
            }
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private static void socks(Socket socket, Proxy proxy, String host, int port) throws IOException {
        try {
            socks(socket.getOutputStream(), new DataInputStream(socket.getInputStream()), proxy, host, port);
        } catch (EOFException e) {
            throw new EOFException("the SOCKS proxy closed the connection while it was asked for a tunnel");
        }
    }

    private static void socks(OutputStream out, DataInputStream in, Proxy proxy, String host, int port)
            throws IOException {
        out.write(proxy.login().isPresent() ? new byte[] {5, 2, 0, 2} : new byte[] {5, 1, 0});
        out.flush();
        expectVersion(in.readUnsignedByte(), 5);
        int method = in.readUnsignedByte();
        if (method == 2 && proxy.login().isPresent()) {
            authenticate(out, in, proxy.login().get());
        } else if (method != 0) {
            throw new RefusedException(
                    proxy.login().isPresent()
                            ? "the SOCKS proxy takes neither a login by user and password nor none (method " + method
                                    + ")"
                            : "the SOCKS proxy wants a login: set proxyUsername and proxyPassword",
                    method);
        }
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(new byte[] {5, 1, 0});
        address(request, host);
        request.write(port >>> 8);
        request.write(port);
        out.write(request.toByteArray());
        out.flush();
        expectVersion(in.readUnsignedByte(), 5);
        int reply = in.readUnsignedByte();
        if (reply != 0) {
            throw new RefusedException("the SOCKS proxy could not connect: reply " + reply + " (RFC 1928, 6)", reply);
        }
        in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int length =
                switch (type) {
                    case 1 -> 4;
                    case 3 -> in.readUnsignedByte();
                    case 4 -> 16;
                    default -> throw new IOException("the SOCKS proxy answered with address type " + type);
                };
        in.readFully(new byte[length + 2]);
    }

    /** A name goes as it is, for the proxy to resolve; only what is an address already goes as one. */
    private static void address(ByteArrayOutputStream request, String host) throws IOException {
        boolean ipv6 = host.startsWith("[");
        if (ipv6 || IPV4.matcher(host).matches()) {
            request.write(ipv6 ? 4 : 1);
            request.write(InetAddress.getByName(host).getAddress());
        } else {
            request.write(3);
            text(request, host, "host");
        }
    }

    private static void authenticate(OutputStream out, DataInputStream in, Proxy.Login login) throws IOException {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(1);
        text(request, login.username(), "proxyUsername");
        text(request, login.password(), "proxyPassword");
        out.write(request.toByteArray());
        out.flush();
        expectVersion(in.readUnsignedByte(), 1);
        int status = in.readUnsignedByte();
        if (status != 0) {
            throw new RefusedException("the SOCKS proxy refused proxyUsername and proxyPassword", status);
        }
    }

    private static void text(ByteArrayOutputStream out, String text, String what) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > 255) {
            throw new IOException("SOCKS takes a " + what + " of 1 to 255 bytes, not " + bytes.length);
        }
        out.write(bytes.length);
        out.write(bytes);
    }

    private static void expectVersion(int got, int wanted) throws IOException {
        if (got != wanted) {
            throw new IOException("the proxy does not speak SOCKS 5: it answered version " + got);
        }
    }
}
