package dev.whatsappmd.engine.transport;

import java.net.InetSocketAddress;
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
    }

    /** @throws IllegalArgumentException when the text is no {@code http://host:port} or {@code socks5://host:port} */
    public static Proxy parse(String text, Optional<Login> login) {
        URI uri;
        try {
            uri = URI.create(text.trim());
        } catch (IllegalArgumentException e) {
            throw refused(text, e);
        }
        boolean http = "http".equalsIgnoreCase(uri.getScheme());
        boolean socks = "socks5".equalsIgnoreCase(uri.getScheme()) || "socks".equalsIgnoreCase(uri.getScheme());
        if (!(http || socks) || uri.getHost() == null || uri.getPort() < 1 || uri.getUserInfo() != null) {
            throw refused(text, null);
        }
        return new Proxy(http ? Scheme.HTTP : Scheme.SOCKS5, uri.getHost(), uri.getPort(), login);
    }

    private static IllegalArgumentException refused(String text, Throwable cause) {
        String shown = text.contains("@") ? "(not shown: it has a user in it)" : text;
        return new IllegalArgumentException(
                "proxy=" + shown + ": expected http://host:port or socks5://host:port; the user goes into"
                        + " proxyUsername and proxyPassword",
                cause);
    }

    /** Not resolved here: the name is the proxy's matter only when it is the target's; its own is looked up late. */
    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }
}
