package dev.whatsappmd.localserver.media;

import dev.whatsappmd.localserver.transport.EventLoop;
import dev.whatsappmd.localserver.transport.HttpAnswer;
import dev.whatsappmd.localserver.transport.HttpBody;
import dev.whatsappmd.localserver.transport.HttpRequest;
import dev.whatsappmd.localserver.transport.LoopbackListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files of a local server, as WhatsApp's media hosts have them: encrypted, under a direct path, to be fetched whole or
 * from a byte on, and deleted with the credential that {@code media_conn} gave. Safe for all threads; works on the
 * server's event loop.
 */
public final class BlobServer {
    /** The credential that this server's {@code media_conn} gives. */
    public static final String AUTH = "localserver";

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-");
    private static final Pattern DELETED = Pattern.compile("/mms/[a-z-]+/[A-Za-z0-9_=-]+");

    private final Clock clock;
    private final Map<String, HttpBody> blobs = new LinkedHashMap<>();
    private final List<BlobRequest> requests = new ArrayList<>();
    private final Deque<BlobFault> next = new ArrayDeque<>();
    private @Nullable BlobFault every;
    private int port;
    private int count;

    private BlobServer(Clock clock) {
        this.clock = clock;
    }

    /** Listens on a free port of 127.0.0.1. For the server. */
    public static BlobServer open(EventLoop loop, Clock clock) {
        BlobServer server = new BlobServer(clock);
        server.port = LoopbackListener.openHttp(loop, server::answer).port();
        return server;
    }

    /** E.g. {@code http://127.0.0.1:40124}. */
    public String url() {
        return "http://" + host();
    }

    /** Host and port, as {@code media_conn} names them. */
    public String host() {
        return "127.0.0.1:" + port;
    }

    /**
     * Has this encrypted file from now on.
     *
     * @return its direct path
     */
    public String put(byte[] encrypted) {
        return put(HttpBody.of(encrypted.clone()));
    }

    /** {@link #put(byte[])} for one that does not fit into memory; the file is read while the server lives. */
    public String put(Path encrypted) {
        return put(HttpBody.of(encrypted));
    }

    private synchronized String put(HttpBody body) {
        String path = "/v/t62.0-0/" + ++count + "_n.enc";
        blobs.put(path, body);
        return path + "?ccb=11-4&oh=local&oe=7FFFFFFF";
    }

    /** Loses the file, as WhatsApp does after some weeks; false when there is none. */
    public synchronized boolean remove(String directPath) {
        HttpBody body = blobs.remove(directPath.replaceFirst("\\?.*", ""));
        if (body != null) {
            body.close();
        }
        return body != null;
    }

    /** Whether it has this file. */
    public synchronized boolean has(String directPath) {
        return blobs.containsKey(directPath.replaceFirst("\\?.*", ""));
    }

    /** Does this at the next request; several wait in a row, one for each request. */
    public synchronized BlobServer onNext(BlobFault fault) {
        next.add(Objects.requireNonNull(fault, "fault"));
        return this;
    }

    /** Does this at every request for which nothing else waits. */
    public synchronized BlobServer onEvery(BlobFault fault) {
        every = Objects.requireNonNull(fault, "fault");
        return this;
    }

    /** Forgets all faults. */
    public synchronized BlobServer clearFaults() {
        next.clear();
        every = null;
        return this;
    }

    /** All requests that came, in order. */
    public synchronized List<BlobRequest> requests() {
        return List.copyOf(requests);
    }

    /** Frees the files. For the server. */
    public synchronized void close() {
        blobs.values().forEach(HttpBody::close);
        blobs.clear();
    }

    private synchronized HttpAnswer answer(HttpRequest request) {
        requests.add(
                new BlobRequest(request.method(), request.path(), request.query(), request.headers(), clock.instant()));
        BlobFault fault = next.isEmpty() ? every : next.poll();
        if (fault != null && fault.isInstead()) {
            return fault.applyTo(status("500 Internal Server Error"));
        }
        HttpAnswer right =
                switch (request.method()) {
                    case "GET" -> get(request, fault);
                    case "DELETE" -> delete(request);
                    default -> status("405 Method Not Allowed");
                };
        return fault == null ? right : fault.applyTo(right);
    }

    private HttpAnswer get(HttpRequest request, @Nullable BlobFault fault) {
        HttpBody body = blobs.get(request.path());
        if (body == null) {
            return status("404 Not Found");
        }
        if (fault instanceof BlobFault.Chunked chunked) {
            HttpBody chunks = HttpBody.of(chunks(body, chunked.chunkBytes()));
            return HttpAnswer.of("200 OK", chunks, 0, chunks.length(), "Transfer-Encoding: chunked");
        }
        long length = body.length();
        Optional<Long> from = request.header("Range")
                .filter(text -> !(fault instanceof BlobFault.WholeFile))
                .map(RANGE::matcher)
                .filter(Matcher::matches)
                .map(range -> Long.parseLong(range.group(1)));
        if (from.isPresent() && from.get() >= length) {
            return HttpAnswer.of(
                    "416 Range Not Satisfiable",
                    HttpBody.EMPTY,
                    0,
                    0,
                    "Content-Range: bytes */" + length,
                    "Content-Length: 0");
        }
        long first = from.orElse(0L);
        String announced = "Content-Length: "
                + (fault instanceof BlobFault.WrongLength wrong ? wrong.announced() : length - first);
        return from.isPresent()
                ? HttpAnswer.of(
                        "206 Partial Content",
                        body,
                        first,
                        length,
                        announced,
                        "Content-Range: bytes " + first + "-" + (length - 1) + "/" + length)
                : HttpAnswer.of("200 OK", body, 0, length, announced, "Content-Type: application/octet-stream");
    }

    private HttpAnswer delete(HttpRequest request) {
        if (!AUTH.equals(request.query().get("auth"))) {
            return status("401 Unauthorized");
        }
        String encoded = request.query().getOrDefault("d_md", "");
        if (!DELETED.matcher(request.path()).matches() || !encoded.matches("[A-Za-z0-9_-]+")) {
            return status("400 Bad Request");
        }
        String path = new String(Base64.getUrlDecoder().decode(encoded), StandardCharsets.UTF_8);
        return status(remove(path) ? "200 OK" : "404 Not Found");
    }

    private static HttpAnswer status(String status) {
        return HttpAnswer.of(status, HttpBody.EMPTY, 0, 0, "Content-Length: 0");
    }

    private static byte[] chunks(HttpBody body, int chunkBytes) {
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        try {
            for (long at = 0; at < body.length(); ) {
                ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(chunkBytes, body.length() - at));
                body.read(at, chunk);
                at += chunk.position();
                chunks.writeBytes((Integer.toHexString(chunk.position()) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                chunks.write(chunk.array(), 0, chunk.position());
                chunks.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not read a file", e);
        }
        chunks.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return chunks.toByteArray();
    }
}
