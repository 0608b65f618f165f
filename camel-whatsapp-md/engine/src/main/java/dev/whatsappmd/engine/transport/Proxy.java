package dev.whatsappmd.engine.transport;

import java.net.URI;
import java.util.Objects;
import java.util.Optional;

/**
 * A proxy for every byte of a session. {@code http://host:port} uses CONNECT, {@code socks5://host:port} SOCKS 5; names
 * are resolved by the proxy, so that no look-up goes past it.
 */
public record Proxy(Scheme scheme, String host, int port, Optional<Login> login) {
    /** The proxy protocols. */
    public enum Scheme {
        HTTP,
        SOCKS5
    }

    /** The proxy's user; shown by no {@code toString}. */
    public record Login(String username, String password) {
        public Login {
            Objects.requireNonNull(username, "username");
            Objects.requireNonNull(password, "password");
        }

        @Override
        public String toString() {
            return "Login[…]";
        }
    }

    public Proxy {
        Objects.requireNonNull(scheme, "scheme");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(login, "login");
        if (host.isEmpty() || port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "a proxy has a host and a port from 1 to 65535, not \"" + host + "\" and " + port);
        }
    }

    /** @throws IllegalArgumentException when the text is no {@code http://host:port} or {@code socks5://host:port} */
    public static Proxy parse(String text, Optional<Login> login) {
        URI uri;
        try {
            uri = URI.create(text.trim());
        } catch (IllegalArgumentException e) {
            throw refused(text);
        }
        boolean http = "http".equalsIgnoreCase(uri.getScheme());
        boolean socks = "socks5".equalsIgnoreCase(uri.getScheme()) || "socks".equalsIgnoreCase(uri.getScheme());
        boolean more = uri.getUserInfo() != null
                || !(uri.getRawPath() == null || uri.getRawPath().matches("/?"))
                || uri.getRawQuery() != null
                || uri.getRawFragment() != null;
        if (!(http || socks) || uri.getHost() == null || uri.getPort() < 1 || uri.getPort() > 65_535 || more) {
            throw refused(text);
        }
        return new Proxy(http ? Scheme.HTTP : Scheme.SOCKS5, uri.getHost(), uri.getPort(), login);
    }

    /** Without the cause: it quotes the text, which may hold a password. */
    private static IllegalArgumentException refused(String text) {
        String shown = text.contains("@") ? "(not shown: it has a user in it)" : text;
        return new IllegalArgumentException(
                "proxy=" + shown + ": expected http://host:port or socks5://host:port; the user goes into"
                        + " proxyUsername and proxyPassword");
    }
}
