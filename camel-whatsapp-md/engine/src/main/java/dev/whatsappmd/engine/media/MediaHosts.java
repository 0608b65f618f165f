package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.media.MediaException.Reason;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts may be asked for a file. Without {@code mediaUrl} only {@code https} on hosts under {@code whatsapp.net},
 * whoever names them: the server, the address in a message, or a redirect. With {@code mediaUrl} only that one, whatever
 * is named. So a message can never make us send anything to a host of its sender's choice.
 */
public final class MediaHosts {
    /** Where every name of WhatsApp's media servers ends, e.g. {@code mmg.whatsapp.net}. */
    private static final String DOMAIN = ".whatsapp.net";

    /** The host that Baileys asks when nobody named one. */
    private static final String DEFAULT = "mmg" + DOMAIN;

    private static final Pattern NAME =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,62})(\\.[a-z0-9]([a-z0-9-]{0,62}))+");
    private static final Pattern PATH =
            Pattern.compile("/(?!/)[\\x21\\x24-\\x3b\\x3d\\x3f-\\x5b\\x5d\\x5f\\x61-\\x7a\\x7e]{1,4096}");

    private final @Nullable URI only;

    private MediaHosts(@Nullable URI only) {
        this.only = only;
    }

    /** WhatsApp's. */
    public static MediaHosts whatsApp() {
        return new MediaHosts(null);
    }

    /**
     * This one and no other: option {@code mediaUrl}.
     *
     * @param mediaUrl {@code https://host[:port]}, or {@code http://…} for a local server; without path and user
     * @throws IllegalArgumentException when it is something else
     */
    public static MediaHosts only(URI mediaUrl) {
        boolean scheme = "https".equals(mediaUrl.getScheme()) || "http".equals(mediaUrl.getScheme());
        boolean more = mediaUrl.getUserInfo() != null
                || !(mediaUrl.getRawPath() == null || mediaUrl.getRawPath().matches("/?"))
                || mediaUrl.getRawQuery() != null
                || mediaUrl.getRawFragment() != null;
        if (!scheme || mediaUrl.getHost() == null || more) {
            throw new IllegalArgumentException(
                    "mediaUrl is an address like https://host or http://127.0.0.1:8080, without a path or a user; got"
                            + " scheme " + mediaUrl.getScheme() + " and host " + mediaUrl.getHost());
        }
        return new MediaHosts(origin(mediaUrl));
    }

    /** Whether the hosts are given, so that the server need not be asked for some before a download. */
    boolean areFixed() {
        return only != null;
    }

    /**
     * The origins to ask, in order; what may not be asked is left out.
     *
     * @param connection null when the server was not asked
     * @param url the address in the message: its host comes last, as others may have left it behind
     */
    List<URI> origins(@Nullable MediaConnection connection, Optional<String> url) throws MediaException {
        if (only != null) {
            return List.of(only);
        }
        Set<URI> origins = new LinkedHashSet<>();
        if (connection != null) {
            connection.hosts().forEach(host -> ofName(host).ifPresent(origins::add));
        }
        url.flatMap(MediaHosts::parse).filter(this::allows).ifPresent(address -> origins.add(origin(address)));
        if (connection == null) {
            origins.add(URI.create("https://" + DEFAULT));
        }
        if (origins.isEmpty()) {
            throw MediaException.of(
                    Reason.NO_HOST,
                    "none of the " + connection.hosts().size() + " media hosts that the server names is under *"
                            + DOMAIN + ": set mediaUrl if another one is meant");
        }
        return new ArrayList<>(origins);
    }

    /** The path and query to ask for; taken from the address when the message gives no path. */
    static String path(MediaReference reference) throws MediaException {
        String path = reference.directPath();
        if (path.isEmpty()) {
            path = reference
                    .url()
                    .flatMap(MediaHosts::parse)
                    .map(address ->
                            address.getRawPath() + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery()))
                    .orElse("");
        }
        return requirePath(path);
    }

    static String requirePath(String path) throws MediaException {
        if (!PATH.matcher(path).matches()) {
            throw MediaException.badReference(
                    path.isEmpty()
                            ? "neither a path nor an address"
                            : "a path of " + path.length() + " characters that is none on a media host");
        }
        return path;
    }

    /** Whether this whole address may be asked, e.g. after a redirect. */
    boolean allows(URI address) {
        if (address.getHost() == null || address.getUserInfo() != null) {
            return false;
        }
        if (only != null) {
            return origin(address).equals(only);
        }
        return "https".equalsIgnoreCase(address.getScheme())
                && (address.getPort() < 0 || address.getPort() == 443)
                && isWhatsApps(address.getHost());
    }

    static Optional<URI> parse(String address) {
        try {
            return Optional.of(new URI(address)).filter(uri -> uri.getHost() != null && uri.getRawPath() != null);
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static Optional<URI> ofName(String host) {
        return isWhatsApps(host)
                ? Optional.of(URI.create("https://" + host.toLowerCase(Locale.ROOT)))
                : Optional.empty();
    }

    private static boolean isWhatsApps(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.endsWith(DOMAIN) && NAME.matcher(name).matches();
    }

    /** Scheme, host and port alone, the scheme's own port left out. */
    static URI origin(URI address) {
        String scheme = address.getScheme() == null ? "" : address.getScheme().toLowerCase(Locale.ROOT);
        boolean usual = address.getPort() < 0 || address.getPort() == ("https".equals(scheme) ? 443 : 80);
        return URI.create(
                scheme + "://" + address.getHost().toLowerCase(Locale.ROOT) + (usual ? "" : ":" + address.getPort()));
    }
}
