package dev.whatsappmd.engine.transport;

import dev.whatsappmd.engine.transport.TransportEnd.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Opens the socket under a websocket step by step, so that a failure can be told by its step, and so that every step
 * can be ended from another thread.
 */
final class SocketDialer {
    private final Transport.Dial dial;
    private final long deadlineNanos;
    private Socket current;
    private boolean aborted;

    SocketDialer(Transport.Dial dial) {
        this.dial = dial;
        this.deadlineNanos = System.nanoTime() + dial.timeout().toNanos();
    }

    /** A step failed; says which. */
    static final class DialException extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient TransportEnd end;

        DialException(TransportEnd end, Throwable cause) {
            super(end.detail(), cause);
            this.end = end;
        }

        TransportEnd end() {
            return end;
        }
    }

    /** TCP, through the proxy if there is one, and TLS for {@code wss}. */
    Socket dial() throws DialException {
        String host = dial.url().getHost();
        int port = port(dial.url());
        Socket socket = dial.proxy().isPresent()
                ? throughProxy(dial.proxy().get(), host, port)
                : directly(host, port, "server");
        return "wss".equals(dial.url().getScheme()) ? tls(socket, host, port) : socket;
    }

    static int port(URI url) {
        if (url.getPort() > 0) {
            return url.getPort();
        }
        return "wss".equals(url.getScheme()) ? 443 : 80;
    }

    /** Ends the step that is under way, and everything after it. */
    synchronized void abort() {
        aborted = true;
        closeQuietly(current);
    }

    private synchronized Socket own(Socket socket) throws DialException {
        current = socket;
        if (aborted) {
            closeQuietly(socket);
            throw new DialException(TransportEnd.of(Kind.CONNECT, "given up before the socket was open"), null);
        }
        return socket;
    }

    private Socket directly(String host, int port, String what) throws DialException {
        Socket socket = own(new Socket());
        try {
            socket.setTcpNoDelay(true);
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new UnknownHostException(host);
            }
            socket.connect(address, remainingMillis());
            return socket;
        } catch (UnknownHostException e) {
            throw failed(socket, Kind.DNS, "the name of the " + what + " does not resolve: " + host, e);
        } catch (SocketTimeoutException e) {
            throw failed(socket, Kind.TIMED_OUT, what + " " + host + ":" + port + " did not answer in time", e);
        } catch (IOException e) {
            throw failed(socket, Kind.CONNECT, what + " " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }

    private Socket throughProxy(Proxy proxy, String host, int port) throws DialException {
        Socket socket;
        try {
            socket = directly(proxy.host(), proxy.port(), "proxy");
        } catch (DialException e) {
            throw new DialException(TransportEnd.of(Kind.PROXY, e.end().detail()), e);
        }
        try {
            socket.setSoTimeout(remainingMillis());
            ProxyTunnel.open(socket, proxy, host, port);
            socket.setSoTimeout(0);
            return socket;
        } catch (ProxyTunnel.RefusedException e) {
            throw failed(socket, new TransportEnd(Kind.PROXY, e.number(), e.getMessage()), e);
        } catch (IOException e) {
            throw failed(socket, Kind.PROXY, "proxy " + proxy.host() + ":" + proxy.port() + ": " + e.getMessage(), e);
        }
    }

    private Socket tls(Socket plain, String host, int port) throws DialException {
        try {
            SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
            SSLSocket socket = (SSLSocket) factory.createSocket(plain, host, port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            plain.setSoTimeout(remainingMillis());
            socket.startHandshake();
            plain.setSoTimeout(0);
            return socket;
        } catch (SocketTimeoutException e) {
            throw failed(plain, Kind.TIMED_OUT, "the TLS handshake with " + host + " took too long", e);
        } catch (IOException e) {
            throw failed(plain, Kind.TLS, "the TLS handshake with " + host + " failed: " + e.getMessage(), e);
        }
    }

    private int remainingMillis() throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (left < 1) {
            throw new SocketTimeoutException("no time left");
        }
        return (int) Math.min(left, Integer.MAX_VALUE);
    }

    private static DialException failed(Socket socket, Kind kind, String detail, IOException cause) {
        return failed(socket, new TransportEnd(kind, OptionalInt.empty(), detail), cause);
    }

    private static DialException failed(Socket socket, TransportEnd end, IOException cause) {
        closeQuietly(socket);
        return new DialException(end, cause);
    }

    private static void closeQuietly(Socket socket) {
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is being thrown away; there is nobody to tell.
            }
        }
    }
}
