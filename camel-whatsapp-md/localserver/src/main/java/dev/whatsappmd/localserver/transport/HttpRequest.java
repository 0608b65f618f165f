package dev.whatsappmd.localserver.transport;

import java.util.Map;
import java.util.Optional;

/**
 * An HTTP request without a body.
 *
 * @param method e.g. {@code GET}
 * @param path path without the query
 * @param query decoded parameters
 * @param headers header fields; names are compared without case
 */
public record HttpRequest(String method, String path, Map<String, String> query, Map<String, String> headers) {
    static HttpRequest of(String method, String target, Map<String, String> headers) {
        UpgradeRequest parts = UpgradeRequest.of(target, headers);
        return new HttpRequest(method, parts.path(), parts.query(), parts.headers());
    }

    /** One header field, by name without case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }
}
