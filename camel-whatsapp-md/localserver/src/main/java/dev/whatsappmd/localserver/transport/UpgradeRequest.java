package dev.whatsappmd.localserver.transport;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The HTTP request that asks for a websocket.
 *
 * @param path path without the query, e.g. {@code /ws/chat}
 * @param query decoded parameters, e.g. {@code ED} (routing info)
 * @param headers header fields; names are compared without case
 */
public record UpgradeRequest(String path, Map<String, String> query, Map<String, String> headers) {
    public UpgradeRequest {
        query = Collections.unmodifiableMap(new LinkedHashMap<>(query));
        Map<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sorted.putAll(headers);
        headers = Collections.unmodifiableMap(sorted);
    }

    static UpgradeRequest of(String target, Map<String, String> headers) {
        int question = target.indexOf('?');
        if (question < 0) {
            return new UpgradeRequest(target, Map.of(), headers);
        }
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : target.substring(question + 1).split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return new UpgradeRequest(target.substring(0, question), query, headers);
    }

    /** One header field, by name without case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
