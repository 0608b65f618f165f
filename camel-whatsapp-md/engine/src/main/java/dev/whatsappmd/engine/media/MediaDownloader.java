package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.media.HttpExchange.Answer;
import dev.whatsappmd.engine.media.MediaException.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches a file (Baileys {@code downloadContentFromMessage}, whatsmeow {@code download.go}). A transfer that breaks off
 * goes on where it stopped, at the same host and then at the next: the hash over all of it proves that the pieces belong
 * together, and when they do not, it begins once more from the first byte.
 */
final class MediaDownloader {
    /** How often one host may break off after it gave something. */
    private static final int BREAKS_MAX = 5;

    private static final int REDIRECTS_MAX = 3;
    private static final int PIECE = 32 * 1024;
    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes (?:(\\d{1,18})-(\\d{1,18})|\\*)/(\\d{1,18}|\\*)");

    private final MediaRequests requests;

    MediaDownloader(MediaRequests requests) {
        this.requests = requests;
    }

    MediaFile download(MediaReference reference, MediaFile.Check check, Cancellation cancellation)
            throws MediaException {
        reference.requireUsable();
        String target = target(reference);
        MediaSettings settings = requests.settings();
        try (BlobReceiver receiver = new BlobReceiver(reference, settings.directory(), settings.lengthMax())) {
            return requests.withoutCredential(
                    reference.url(),
                    cancellation,
                    (origin, connection) -> fromOne(URI.create(origin + target), receiver, check, cancellation));
        }
    }

    private static String target(MediaReference reference) throws MediaException {
        String path = MediaHosts.path(reference);
        String hash = new String(Base64.getUrlEncoder().encode(reference.fileEncSha256()), StandardCharsets.US_ASCII);
        return path + (path.indexOf('?') < 0 ? '?' : '&') + "hash=" + hash + "&mms-type="
                + reference.type().requestName() + "&__wa-mms=";
    }

    private MediaFile fromOne(URI address, BlobReceiver receiver, MediaFile.Check check, Cancellation cancellation)
            throws MediaException {
        boolean pieced = receiver.length() > 0;
        for (int breaks = 0; ; breaks++) {
            long before = receiver.length();
            try {
                transfer(address, receiver, cancellation);
                return finished(receiver, check, cancellation);
            } catch (MediaException e) {
                switch (e.reason()) {
                    case UNREACHABLE, TIMED_OUT -> {
                        if (receiver.length() <= before || breaks >= BREAKS_MAX) {
                            throw e;
                        }
                        pieced = true;
                    }
                    case DAMAGED -> {
                        receiver.clear();
                        if (!pieced) {
                            throw e;
                        }
                        pieced = false;
                    }
                    case TOO_LARGE -> {
                        receiver.clear();
                        throw e;
                    }
                    default -> throw e;
                }
            }
        }
    }

    /** Reading all of a long file takes seconds, and is given up by taking the file away. */
    private static MediaFile finished(BlobReceiver receiver, MediaFile.Check check, Cancellation cancellation)
            throws MediaException {
        cancellation.during(receiver::close);
        try {
            return receiver.finish(check);
        } finally {
            cancellation.done();
        }
    }

    /** One answer to its end, behind what is there already. */
    private void transfer(URI address, BlobReceiver receiver, Cancellation cancellation) throws MediaException {
        URI at = address;
        for (int redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
            long offset = receiver.length();
            Map<String, String> headers = offset == 0 ? Map.of() : Map.of("Range", "bytes=" + offset + "-");
            try (HttpExchange http = requests.exchange(at, cancellation)) {
                Answer answer = http.send("GET", headers);
                if (answer.isRedirect()) {
                    at = redirected(at, answer, http);
                } else {
                    take(answer, http, receiver);
                    return;
                }
            }
        }
        throw MediaException.of(
                Reason.BAD_ANSWER,
                "media host " + address.getHost() + " redirects more than " + REDIRECTS_MAX + " times");
    }

    private URI redirected(URI from, Answer answer, HttpExchange http) throws MediaException {
        URI to = answer.header("Location")
                .flatMap(text -> resolved(from, text))
                .orElseThrow(() -> http.badAnswer("redirects without saying where to"));
        if (!requests.settings().hosts().allows(to)) {
            throw http.badAnswer("redirects to a host that may not be asked");
        }
        return to;
    }

    private static Optional<URI> resolved(URI from, String location) {
        try {
            return MediaHosts.parse(from.resolve(location).toString());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static void take(Answer answer, HttpExchange http, BlobReceiver receiver) throws MediaException {
        long offset = receiver.length();
        switch (answer.status()) {
            case 200 -> {
                if (offset > 0) {
                    receiver.clear();
                }
                receiver.requireRoom(answer.contentLength().orElse(0));
            }
            case 206 -> receiver.requireRoom(rangeFrom(offset, answer, http));
            case 416 -> {
                if (offset > 0 && isAllOf(offset, answer)) {
                    return;
                }
                receiver.clear();
                throw http.badAnswer("does not go on with an answer that it broke off");
            }
            default ->
                throw answer.isOk()
                        ? http.badAnswer("answered HTTP " + answer.status() + " to the request for a file")
                        : MediaException.status(answer.status(), http.host());
        }
        byte[] piece = new byte[PIECE];
        for (int count = http.read(piece); count >= 0; count = http.read(piece)) {
            receiver.write(piece, count);
        }
    }

    /** The end of the range, which must begin where it was asked to. */
    private static long rangeFrom(long offset, Answer answer, HttpExchange http) throws MediaException {
        Matcher range = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
        if (offset == 0 || !range.matches() || range.group(1) == null || Long.parseLong(range.group(1)) != offset) {
            throw http.badAnswer("answered with another part of the file than it was asked for");
        }
        return Long.parseLong(range.group(2)) + 1;
    }

    /** Whether there is nothing behind what came: only the end of the answer was lost. */
    private static boolean isAllOf(long offset, Answer answer) {
        Matcher range = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
        return range.matches() && range.group(3).equals(Long.toString(offset));
    }
}
