package dev.whatsappmd.camel;

import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.reconnect.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/**
 * The options of one session: the union of what its endpoints set themselves. An endpoint that wants another value than
 * one of the others, or than the session already runs with, is refused. Not thread-safe.
 */
final class OptionUnion {
    private final String sessionId;
    private final List<WhatsAppMdEndpoint> endpoints = new ArrayList<>();
    private @Nullable Map<String, Object> runsWith;

    OptionUnion(String sessionId) {
        this.sessionId = sessionId;
    }

    /** @throws IllegalArgumentException naming the option and both values, and the endpoints they come from */
    void add(WhatsAppMdEndpoint endpoint) {
        explicit(endpoint).forEach((name, value) -> {
            for (WhatsAppMdEndpoint other : endpoints) {
                Object theirs = find(explicit(other), name);
                if (theirs != null && !theirs.equals(value)) {
                    throw new IllegalArgumentException("session " + sessionId + " has one value of " + name + ": "
                            + show(endpoint) + " sets it to " + show(name, value) + ", but " + show(other) + " to "
                            + show(name, theirs) + "; set it in one of them, or to the same");
                }
            }
            checkRunning(endpoint, name, value);
        });
        endpoints.add(endpoint);
    }

    private void checkRunning(WhatsAppMdEndpoint endpoint, String name, Object value) {
        if (runsWith == null) {
            return;
        }
        Object explicit = find(runsWith, name);
        Object present = explicit == null ? SessionOptions.DEFAULTS.get(name) : explicit;
        if (!value.equals(present)) {
            throw new IllegalArgumentException("session " + sessionId + " runs already, "
                    + (present == null ? "without " + name : "with " + name + " set to " + show(name, present))
                    + (present != null && explicit == null ? " by default" : "") + ": "
                    + show(endpoint) + " cannot set it to " + show(name, value)
                    + " now; stop the session's routes first, or set it on the endpoint that starts it");
        }
    }

    /** One endpoint is gone, or one of several uses of it. */
    void remove(WhatsAppMdEndpoint endpoint) {
        endpoints.remove(endpoint);
    }

    boolean isEmpty() {
        return endpoints.isEmpty();
    }

    /** What the endpoints set, by name. */
    Map<String, Object> union() {
        Map<String, Object> all = new TreeMap<>();
        endpoints.forEach(endpoint -> explicit(endpoint).forEach((name, value) -> {
            if (find(all, name) == null) {
                all.put(name, value);
            }
        }));
        return all;
    }

    /** The session runs, with these options; they cannot change any more. */
    void seal(Map<String, Object> all) {
        runsWith = Map.copyOf(all);
    }

    /** The session has ended. */
    void unseal() {
        runsWith = null;
    }

    private static Map<String, Object> explicit(WhatsAppMdEndpoint endpoint) {
        return endpoint.getConfiguration().explicit();
    }

    private static @Nullable Object find(Map<String, Object> options, String name) {
        String spelling = SessionOptions.spelling(name);
        return options.entrySet().stream()
                .filter(option -> SessionOptions.spelling(option.getKey()).equals(spelling))
                .map(Map.Entry::getValue)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    private static String show(WhatsAppMdEndpoint endpoint) {
        return URISupport.sanitizeUri(endpoint.getEndpointUri());
    }

    private static String show(String name, Object value) {
        if (Secrets.contains(name)) {
            return Secrets.HIDDEN;
        }
        if (value instanceof Duration duration) {
            return Durations.format(duration);
        }
        if (value instanceof SessionStore store) {
            return "a store in " + store.location();
        }
        // A pool's own text may have its settings in it.
        return value instanceof DataSource database
                ? "the database of a " + database.getClass().getName()
                : value.toString();
    }
}
