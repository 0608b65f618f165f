package dev.whatsappmd.camel;

import java.time.Duration;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.jspecify.annotations.Nullable;

/**
 * Which server a session connects to, by which way, and how long the steps may take.
 */
@UriParams
public class ServerConfiguration extends ReconnectConfiguration {
    @UriParam(label = "consumer", defaultValue = "20s")
    private @Nullable Duration connectTimeout;

    @UriParam(label = "consumer,advanced", defaultValue = "60s")
    private @Nullable Duration queryTimeout;

    @UriParam(label = "consumer,advanced", defaultValue = "25s")
    private @Nullable Duration keepAliveInterval;

    @UriParam(label = "consumer,advanced", defaultValue = "20s")
    private @Nullable Duration keepAliveTimeout;

    @UriParam(label = "consumer,advanced", defaultValue = "java-websocket", enums = "java-websocket")
    private @Nullable String transport;

    @UriParam(label = "consumer,advanced", defaultValue = "wss://web.whatsapp.com/ws/chat")
    private @Nullable String serverUrl;

    @UriParam(label = "consumer,advanced", defaultValueNote = "WhatsApp's")
    private @Nullable String serverRootKey;

    @UriParam(label = "consumer,advanced", defaultValueNote = "the version this release was tested with")
    private @Nullable String clientVersion;

    @UriParam(label = "consumer,advanced")
    private @Nullable String proxy;

    @UriParam(label = "consumer,security", secret = true)
    private @Nullable String proxyUsername;

    @UriParam(label = "consumer,security", secret = true)
    private @Nullable String proxyPassword;

    @Override
    void visit(OptionVisitor visitor) {
        super.visit(visitor);
        connectTimeout = visitor.visit("connectTimeout", connectTimeout);
        queryTimeout = visitor.visit("queryTimeout", queryTimeout);
        keepAliveInterval = visitor.visit("keepAliveInterval", keepAliveInterval);
        keepAliveTimeout = visitor.visit("keepAliveTimeout", keepAliveTimeout);
        transport = visitor.visit("transport", transport);
        serverUrl = visitor.visit("serverUrl", serverUrl);
        serverRootKey = visitor.visit("serverRootKey", serverRootKey);
        clientVersion = visitor.visit("clientVersion", clientVersion);
        proxy = visitor.visit("proxy", proxy);
        proxyUsername = visitor.visit("proxyUsername", proxyUsername);
        proxyPassword = visitor.visit("proxyPassword", proxyPassword);
    }

    public @Nullable Duration getConnectTimeout() {
        return connectTimeout;
    }

    /**
     * How long each step of connecting may take.
     */
    public void setConnectTimeout(@Nullable Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    public @Nullable Duration getQueryTimeout() {
        return queryTimeout;
    }

    /**
     * How long the server may take to answer a query.
     */
    public void setQueryTimeout(@Nullable Duration queryTimeout) {
        this.queryTimeout = queryTimeout;
    }

    public @Nullable Duration getKeepAliveInterval() {
        return keepAliveInterval;
    }

    /**
     * The time between two pings; it varies by chance.
     */
    public void setKeepAliveInterval(@Nullable Duration keepAliveInterval) {
        this.keepAliveInterval = keepAliveInterval;
    }

    public @Nullable Duration getKeepAliveTimeout() {
        return keepAliveTimeout;
    }

    /**
     * A connection counts as dead when nothing at all is received for this long after something was sent.
     */
    public void setKeepAliveTimeout(@Nullable Duration keepAliveTimeout) {
        this.keepAliveTimeout = keepAliveTimeout;
    }

    public @Nullable String getTransport() {
        return transport;
    }

    /**
     * The websocket implementation.
     */
    public void setTransport(@Nullable String transport) {
        this.transport = transport;
    }

    public @Nullable String getServerUrl() {
        return serverUrl;
    }

    /**
     * The server, as ws://host:port/path or wss://host/path. Another one than WhatsApp's also needs serverRootKey.
     */
    public void setServerUrl(@Nullable String serverUrl) {
        this.serverUrl = serverUrl;
    }

    public @Nullable String getServerRootKey() {
        return serverRootKey;
    }

    /**
     * The root key that the server's certificate chain must end at: 32 bytes as 64 hexadecimal digits.
     */
    public void setServerRootKey(@Nullable String serverRootKey) {
        this.serverRootKey = serverRootKey;
    }

    public @Nullable String getClientVersion() {
        return clientVersion;
    }

    /**
     * The version of WhatsApp Web to name at login, such as 2.3000.1043857760. The server refuses one that is too old (405).
     */
    public void setClientVersion(@Nullable String clientVersion) {
        this.clientVersion = clientVersion;
    }

    public @Nullable String getProxy() {
        return proxy;
    }

    /**
     * A proxy for every byte, as http://host:port or socks5://host:port. It resolves the names of servers.
     */
    public void setProxy(@Nullable String proxy) {
        this.proxy = proxy;
    }

    public @Nullable String getProxyUsername() {
        return proxyUsername;
    }

    /**
     * The user of the proxy.
     */
    public void setProxyUsername(@Nullable String proxyUsername) {
        this.proxyUsername = proxyUsername;
    }

    public @Nullable String getProxyPassword() {
        return proxyPassword;
    }

    /**
     * The password of the proxy's user.
     */
    public void setProxyPassword(@Nullable String proxyPassword) {
        this.proxyPassword = proxyPassword;
    }
}
