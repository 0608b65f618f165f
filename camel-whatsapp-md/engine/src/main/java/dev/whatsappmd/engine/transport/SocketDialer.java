package dev.whatsappmd.engine.transport;

import dev.whatsappmd.engine.transport.TransportEnd.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Opens a socket step by step, so that a failure can be told by its step, and so that every step can be ended from
 * another thread: name, TCP, the proxy if there is one, TLS. With a proxy nothing is looked up or dialed but the proxy.
 * Dials once; {@link #abort()} is for any thread.
 */
public final class SocketDialer {
    private static final Set<String> WITH_TLS = Set.of("wss", "https");
    private static final Set<String> WITHOUT_TLS = Set.of("ws", "http");

    private final URI url;
    private final Optional<Proxy> proxy;
    private final NameLookUp names;
    private final long deadlineNanos;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable FutureTask<InetAddress> lookUp;
    private @Nullable Socket current;
    private boolean aborted;

    SocketDialer(Transport.Dial dial) {
        this(dial, InetAddress::getByName);
    }

    SocketDialer(Transport.Dial dial, NameLookUp names) {
        this(dial.url(), dial.timeout(), dial.proxy(), names);
    }

    /**
     * @param url {@code https}, {@code http}, {@code wss} or {@code ws}, in lower case, with a host
     * @param timeout for all steps together, from now on
     * @throws IllegalArgumentException when the address has another scheme or no host
     */
    public SocketDialer(URI url, Duration timeout, Optional<Proxy> proxy) {
        this(url, timeout, proxy, InetAddress::getByName);
    }

    private SocketDialer(URI url, Duration timeout, Optional<Proxy> proxy, NameLookUp names) {
        if (url.getHost() == null || !(WITH_TLS.contains(url.getScheme()) || WITHOUT_TLS.contains(url.getScheme()))) {
            throw new IllegalArgumentException("not an address to dial: expected https, http, wss or ws and a host, got"
                    + " scheme " + url.getScheme() + " and host " + url.getHost());
        }
        this.url = url;
        this.proxy = Objects.requireNonNull(proxy, "proxy");
        this.names = names;
        this.deadlineNanos = System.nanoTime() + timeout.toNanos();
    }

    /** The machine's resolver. It knows neither a deadline nor an interruption. */
    @FunctionalInterface
    interface NameLookUp {
        InetAddress addressOf(String host) throws UnknownHostException;
    }

    /** A step failed; says which. */
    public static final class DialException extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient TransportEnd end;

        DialException(TransportEnd end, @Nullable Throwable cause) {
            super(end.detail(), cause);
            this.end = end;
        }

        /** The step, and what to tell a person. */
        public TransportEnd end() {
            return end;
        }
    }

    /** TCP, through the proxy if there is one, and TLS for {@code wss} and {@code https}. */
    public Socket dial() throws DialException {
        String host = url.getHost();
        int port = port(url);
        Socket socket = proxy.isPresent() ? throughProxy(proxy.get(), host, port) : directly(host, port, "server");
        return WITH_TLS.contains(url.getScheme()) ? tls(socket, host, port) : socket;
    }

    static int port(URI url) {
        if (url.getPort() > 0) {
            return url.getPort();
        }
        return WITH_TLS.contains(url.getScheme()) ? 443 : 80;
    }

    /** Ends the step that is under way, and everything after it. */
    public synchronized void abort() {
        aborted = true;
        if (lookUp != null) {
            lookUp.cancel(false);
        }
        closeQuietly(current);
    }

    /** Waits until somebody has closed the socket, but not for long. Only after {@link #dial} gave one out. */
    void awaitClosed(long millis) {
        try {
            closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A socket that tells when it is closed; a TLS socket on top of it closes it with itself. */
    private final class DialedSocket extends Socket {
        @Override
        public void close() throws IOException {
            try {
                super.close();
            } finally {
                closed.countDown();
            }
        }
    }

    private Socket directly(String host, int port, String what) throws DialException {
        InetAddress address = resolve(host, what);
        Socket socket = new DialedSocket();
        synchronized (this) {
            refuseWhenAborted();
            current = socket;
        }
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(address, port), remainingMillis());
            return socket;
        } catch (SocketTimeoutException e) {
            throw failed(socket, Kind.TIMED_OUT, what + " " + host + ":" + port + " did not answer in time", e);
        } catch (IOException e) {
            throw failed(socket, Kind.CONNECT, what + " " + host + ":" + port + ": " + e.getMessage(), e);
        }
    }

    /** On a thread of its own, which a resolver that hangs keeps for as long as it likes: this side does not wait. */
    private InetAddress resolve(String host, String what) throws DialException {
        FutureTask<InetAddress> task = new FutureTask<>(() -> names.addressOf(host));
        synchronized (this) {
            refuseWhenAborted();
            lookUp = task;
        }
        Thread thread = new Thread(task, "WebSocketLookUp");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(remainingMillis(), TimeUnit.MILLISECONDS);
        } catch (CancellationException e) {
            throw givenUp();
        } catch (TimeoutException | SocketTimeoutException e) {
            throw new DialException(
                    TransportEnd.of(Kind.TIMED_OUT, "the name of the " + what + " did not resolve in time: " + host),
                    e);
        } catch (ExecutionException e) {
            throw new DialException(
                    TransportEnd.of(Kind.DNS, "the name of the " + what + " does not resolve: " + host), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw givenUp();
        }
    }

    private Socket throughProxy(Proxy proxy, String host, int port) throws DialException {
        Socket socket;
        try {
            socket = directly(proxy.host(), proxy.port(), "proxy");
        } catch (DialException e) {
            throw new DialException(TransportEnd.of(Kind.PROXY, e.end().detail()), e);
        }
        String shown = "proxy " + proxy.host() + ":" + proxy.port();
        try {
            socket.setSoTimeout(remainingMillis());
            ProxyTunnel.open(socket, proxy, host, port);
            socket.setSoTimeout(0);
            return socket;
        } catch (ProxyTunnel.RefusedException e) {
            throw failed(socket, new TransportEnd(Kind.PROXY, e.number(), e.getMessage()), e);
        } catch (SocketTimeoutException e) {
            throw failed(socket, Kind.PROXY, shown + " opened no tunnel in time", e);
        } catch (IOException e) {
            throw failed(socket, Kind.PROXY, shown + ": " + e.getMessage(), e);
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

    private void refuseWhenAborted() throws DialException {
        if (aborted) {
            throw givenUp();
        }
    }

    private static DialException givenUp() {
        return new DialException(TransportEnd.of(Kind.CONNECT, "given up before the socket was open"), null);
    }

    private static DialException failed(Socket socket, Kind kind, String detail, IOException cause) {
        return failed(socket, TransportEnd.of(kind, detail), cause);
    }

    private static DialException failed(Socket socket, TransportEnd end, IOException cause) {
        closeQuietly(socket);
        return new DialException(end, cause);
    }

    private static void closeQuietly(@Nullable Socket socket) {
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is being thrown away; there is nobody to tell.
            }
        }
    }
}
