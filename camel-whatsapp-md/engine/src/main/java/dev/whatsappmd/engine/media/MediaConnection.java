package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Where files are at the moment and with which credential: the server's answer to {@code media_conn} (Baileys {@code
 * refreshMediaConn}, whatsmeow {@code mediaconn.go}). Shows no credential.
 *
 * @param auth the credential of uploads and deletions; a download needs none
 * @param ttl how long the hosts hold
 * @param authTtl how long the credential holds; as long as the hosts when the server does not say
 * @param hosts in the order in which they are to be asked: those of type {@code primary} or none first, then the fallback
 *     names and hosts
 * @param fetchedAt when it came
 */
public record MediaConnection(String auth, Duration ttl, Duration authTtl, List<String> hosts, Instant fetchedAt) {
    private static final int HOSTS_MAX = 32;
    private static final Duration TTL_MAX = Duration.ofDays(7);

    public MediaConnection {
        Objects.requireNonNull(auth, "auth");
        Objects.requireNonNull(ttl, "ttl");
        Objects.requireNonNull(authTtl, "authTtl");
        hosts = List.copyOf(hosts);
        Objects.requireNonNull(fetchedAt, "fetchedAt");
    }

    /** The request, an iq without an id; {@link #read} reads the answer. */
    public static Node query() {
        return Node.builder("iq")
                .attribute("to", Jid.SERVER.toString())
                .attribute("type", "set")
                .attribute("xmlns", "w:m")
                .child("media_conn")
                .build();
    }

    /**
     * Reads the answer.
     *
     * @param answer the whole iq
     * @throws MediaException {@code NO_HOST}: it is an error, or names no host or credential
     */
    public static MediaConnection read(Node answer, Instant now) throws MediaException {
        Node connection = answer.child("media_conn").orElse(null);
        if (!answer.hasAttribute("type", "result") || connection == null) {
            String code = answer.child("error")
                    .flatMap(error -> error.attribute("code"))
                    .filter(text -> text.matches("\\d{1,9}"))
                    .map(text -> "error " + text)
                    .orElse("no hosts");
            throw noHost("the server answered the request for media hosts with " + code);
        }
        List<String> first = new ArrayList<>();
        List<String> later = new ArrayList<>();
        for (Node host : connection.children("host")) {
            (host.hasAttribute("type", "fallback") ? later : first).add(host.attribute("hostname", ""));
            host.attribute("fallback_hostname").ifPresent(later::add);
        }
        first.addAll(later);
        List<String> hosts = first.stream()
                .filter(host -> !host.isEmpty())
                .distinct()
                .limit(HOSTS_MAX)
                .toList();
        String auth = connection.attribute("auth", "");
        if (hosts.isEmpty() || auth.isEmpty()) {
            throw noHost("the server's answer to the request for media hosts names no "
                    + (hosts.isEmpty() ? "host" : "credential"));
        }
        Duration ttl = seconds(connection, "ttl", Duration.ZERO);
        return new MediaConnection(auth, ttl, seconds(connection, "auth_ttl", ttl), hosts, now);
    }

    private static Duration seconds(Node node, String attribute, Duration otherwise) {
        String text = node.attribute(attribute, "");
        if (!text.matches("\\d{1,9}")) {
            return otherwise;
        }
        Duration said = Duration.ofSeconds(Long.parseLong(text));
        return said.compareTo(TTL_MAX) > 0 ? TTL_MAX : said;
    }

    private static MediaException noHost(String message) {
        return MediaException.of(MediaException.Reason.NO_HOST, message);
    }

    /** When it has to be fetched anew. */
    public Instant expiresAt() {
        return fetchedAt.plus(ttl.compareTo(authTtl) < 0 ? ttl : authTtl);
    }

    /** Whether it may still be used; not after the clock was turned back behind its coming either. */
    public boolean isFresh(Instant now) {
        return now.isBefore(expiresAt()) && !now.isBefore(fetchedAt);
    }

    @Override
    public String toString() {
        return "MediaConnection[hosts=" + hosts + ", fetchedAt=" + fetchedAt + ", ttl=" + ttl + "]";
    }
}
