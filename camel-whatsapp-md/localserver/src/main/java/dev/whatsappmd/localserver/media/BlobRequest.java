package dev.whatsappmd.localserver.media;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A request that came to the media server.
 *
 * @param method e.g. {@code GET}, {@code DELETE}
 * @param path path without the query
 * @param query decoded parameters
 * @param headers header fields; names are compared without case
 * @param time the server's time
 */
public record BlobRequest(
        String method, String path, Map<String, String> query, Map<String, String> headers, Instant time) {
    /** One header field, by name without case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** Without the parameters: one is a credential. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
