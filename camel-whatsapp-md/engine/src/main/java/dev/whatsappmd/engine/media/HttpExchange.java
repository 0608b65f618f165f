package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.media.MediaException.Reason;
import dev.whatsappmd.engine.time.Timers;
import dev.whatsappmd.engine.transport.SocketDialer;
import dev.whatsappmd.engine.transport.TransportEnd;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, over a connection of its own that {@link SocketDialer} opens: through the proxy, or not at
 * all. The grammar of HTTP/1.1 is Apache's httpcore5, which is given the socket and cannot dial. Every step has a deadline
 * at which the socket is closed under it. For one thread; it is ended from others by {@link Cancellation}.
 */
final class HttpExchange implements AutoCloseable {
    private static final String ORIGIN = "https://web.whatsapp.com";
    private static final int INTERIM_ANSWERS_MAX = 8;

    private static final Http1Config LIMITS = Http1Config.custom()
            .setBufferSize(16 * 1024)
            .setMaxLineLength(8 * 1024)
            .setMaxHeaderCount(100)
            .setMaxEmptyLineCount(2)
            .build();

    private final MediaSettings settings;
    private final URI address;
    private final SocketDialer dialer;
    private final Cancellation cancellation;
    private final Watchdog watchdog;
    private final String stopped;
    private final String tooSlow;
    private @Nullable InputStream body;
    private long bodyBegan;
    private long bodyLength;

    HttpExchange(URI address, MediaSettings settings, Timers timers, Cancellation cancellation) throws MediaException {
        this.settings = settings;
        this.address = address;
        this.cancellation = cancellation;
        this.dialer = new SocketDialer(address, settings.connectTimeout(), settings.proxy());
        this.watchdog = new Watchdog(timers, dialer::abort);
        this.stopped = "media host " + address.getHost() + " stopped in its answer";
        this.tooSlow = "media host " + address.getHost() + " is too slow";
        cancellation.during(dialer::abort);
    }

    /** The head of an answer. */
    record Answer(int status, ClassicHttpResponse response) {
        boolean isOk() {
            return status / 100 == 2;
        }

        boolean isRedirect() {
            return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        }

        /** The only header of this name; empty when there is none or more than one. */
        Optional<String> header(String name) {
            Header[] all = response.getHeaders(name);
            return all.length == 1 ? Optional.of(all[0].getValue().trim()) : Optional.empty();
        }

        /** How long the body is said to be. */
        OptionalLong contentLength() {
            return header("Content-Length")
                    .filter(text -> text.matches("\\d{1,18}"))
                    .map(text -> OptionalLong.of(Long.parseLong(text)))
                    .orElse(OptionalLong.empty());
        }
    }

    /** Sends a request without a body and waits for the head of the answer. */
    Answer send(String method, Map<String, String> headers) throws MediaException {
        Socket socket;
        try {
            socket = dialer.dial();
        } catch (SocketDialer.DialException e) {
            throw failed(e);
        }
        watchdog.begin(settings.answerTimeout(), "media host " + address.getHost() + " gave no answer");
        try {
            DefaultBHttpClientConnection connection = connection();
            connection.bind(socket);
            connection.sendRequestHeader(request(method, headers));
            connection.flush();
            ClassicHttpResponse response = response(connection);
            requireOneFraming(response);
            connection.receiveResponseEntity(response);
            body = response.getEntity() == null
                    ? InputStream.nullInputStream()
                    : response.getEntity().getContent();
            bodyBegan = watchdog.now();
            expectPiece();
            return new Answer(response.getCode(), response);
        } catch (HttpException | MessageConstraintException e) {
            throw ended(Reason.BAD_ANSWER, "did not answer as HTTP", e);
        } catch (MediaException e) {
            throw e;
        } catch (IOException e) {
            throw ended(Reason.UNREACHABLE, "broke off before it answered", e);
        }
    }

    private static DefaultBHttpClientConnection connection() {
        // The parser of heads has to be given its limits: the connection's own one has none.
        return new DefaultBHttpClientConnection(
                LIMITS, null, null, null, null, null, new DefaultHttpResponseParserFactory(LIMITS));
    }

    private BasicClassicHttpRequest request(String method, Map<String, String> headers) {
        String target = address.getRawPath() + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery());
        BasicClassicHttpRequest request = new BasicClassicHttpRequest(method, target);
        request.setHeader("Host", address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort()));
        request.setHeader("Connection", "close");
        request.setHeader("Accept-Encoding", "identity");
        request.setHeader("Origin", ORIGIN);
        request.setHeader("Referer", ORIGIN + "/");
        headers.forEach(request::setHeader);
        return request;
    }

    private ClassicHttpResponse response(DefaultBHttpClientConnection connection) throws HttpException, IOException {
        for (int interim = 0; interim <= INTERIM_ANSWERS_MAX; interim++) {
            ClassicHttpResponse response = connection.receiveResponseHeader();
            if (response.getCode() >= 200) {
                return response;
            }
            if (response.getCode() == 101) {
                break;
            }
        }
        throw badAnswer("answers with interim answers only");
    }

    /** Two ways to say where the body ends are how one answer is made to look like two. */
    private void requireOneFraming(ClassicHttpResponse response) throws MediaException {
        int lengths = response.countHeaders("Content-Length");
        int encodings = response.countHeaders("Transfer-Encoding");
        if (lengths + encodings > 1) {
            throw badAnswer("says in two ways where its answer ends");
        }
        Header coding = response.getFirstHeader("Content-Encoding");
        if (coding != null && !"identity".equalsIgnoreCase(coding.getValue().trim())) {
            throw badAnswer("compresses its answer, which nobody asked for");
        }
    }

    /** The next piece of the body; -1 at its end. */
    int read(byte[] into) throws MediaException {
        try {
            int count = body.read(into, 0, into.length);
            if (count > 0) {
                bodyLength += count;
                expectPiece();
            }
            return count;
        } catch (IOException e) {
            throw ended(Reason.UNREACHABLE, "broke off after " + bodyLength + " bytes of its answer", e);
        }
    }

    /** By the stall timeout, and no later than the slowest rate allows for all that came. */
    private void expectPiece() {
        long stall = settings.stallTimeout().toMillis();
        long slowest = bodyBegan + stall + bodyLength / settings.bytesPerSecondMin() * 1000;
        long next = watchdog.now() + stall;
        watchdog.until(Math.min(next, slowest), next <= slowest ? stopped : tooSlow);
    }

    String host() {
        return address.getHost();
    }

    MediaException badAnswer(String what) {
        return MediaException.of(Reason.BAD_ANSWER, "media host " + address.getHost() + " " + what);
    }

    private MediaException failed(SocketDialer.DialException e) {
        if (cancellation.isCancelled()) {
            return MediaException.cancelled();
        }
        boolean late = e.end().kind() == TransportEnd.Kind.TIMED_OUT;
        return MediaException.of(
                late ? Reason.TIMED_OUT : Reason.UNREACHABLE, e.end().detail(), e);
    }

    private MediaException ended(Reason reason, String what, Exception cause) {
        if (cancellation.isCancelled()) {
            return MediaException.cancelled();
        }
        String late = watchdog.expired();
        return late != null
                ? MediaException.of(Reason.TIMED_OUT, late, cause)
                : MediaException.of(reason, "media host " + address.getHost() + " " + what, cause);
    }

    /** Nothing is said to the other side: the request asked for this connection's end, and a TLS goodbye might wait. */
    @Override
    public void close() {
        watchdog.close();
        cancellation.done();
        dialer.abort();
    }
}
