package dev.whatsappmd.engine.client;

import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.pairing.ClientVersion;
import dev.whatsappmd.engine.pairing.DeviceProfile;
import dev.whatsappmd.engine.pairing.HistoryScope;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.session.WhatsAppReconnect;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.transport.JavaWebSocketTransport;
import dev.whatsappmd.engine.transport.Proxy;
import dev.whatsappmd.engine.transport.Transport;
import dev.whatsappmd.reconnect.ReconnectPolicy;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * All that a session can be told, checked once when it is built. Immutable.
 *
 * <p>Names, meanings and defaults are those of the component's URI options; docs/options.md has the table.
 */
public final class ClientOptions {
    /** Where WhatsApp's companions connect (Baileys, Defaults/index.ts). */
    public static final URI WHATSAPP_URL = URI.create("wss://web.whatsapp.com/ws/chat");

    private final String sessionId;
    private final SessionStore store;
    private final URI serverUrl;
    private final ServerTrust serverTrust;
    private final ClientVersion clientVersion;
    private final DeviceProfile device;
    private final Pairing pairing;
    private final HistoryScope historySync;
    private final boolean markOnlineOnConnect;
    private final Duration connectTimeout;
    private final Duration queryTimeout;
    private final Duration keepAliveInterval;
    private final Duration keepAliveTimeout;
    private final ReconnectPolicy<WhatsAppDisconnectKind> policy;
    private final Duration routeDecisionTimeout;
    private final int maximumDeliveries;
    private final int maxPendingExchanges;
    private final Transport transport;
    private final Optional<Proxy> proxy;

    private ClientOptions(Builder from) {
        this.sessionId = Objects.requireNonNull(from.sessionId, "sessionId");
        if (sessionId.isBlank() || sessionId.length() > 100) {
            throw new IllegalArgumentException("sessionId names the stored credentials: 1 to 100 characters, not "
                    + (sessionId.isBlank() ? "blank" : sessionId.length()));
        }
        this.store = Objects.requireNonNull(from.store, "store");
        this.serverUrl = checkedUrl(from.serverUrl);
        this.serverTrust = from.serverTrust;
        this.clientVersion = from.clientVersion;
        this.device = from.device;
        this.pairing = from.pairing;
        this.historySync = from.historySync;
        this.markOnlineOnConnect = from.markOnlineOnConnect;
        this.connectTimeout = positive("connectTimeout", from.connectTimeout);
        this.queryTimeout = positive("queryTimeout", from.queryTimeout);
        this.keepAliveInterval = positive("keepAliveInterval", from.keepAliveInterval);
        this.keepAliveTimeout = positive("keepAliveTimeout", from.keepAliveTimeout);
        this.policy = WhatsAppReconnect.policy(from.reconnect, from.overrides);
        this.routeDecisionTimeout = positive("routeDecisionTimeout", from.routeDecisionTimeout);
        this.maximumDeliveries = atLeastOne("maximumDeliveries", from.maximumDeliveries);
        this.maxPendingExchanges = atLeastOne("maxPendingExchanges", from.maxPendingExchanges);
        this.transport = from.transport;
        this.proxy = from.proxy;
    }

    private static URI checkedUrl(URI url) {
        String scheme = url.getScheme();
        if (!("ws".equals(scheme) || "wss".equals(scheme)) || url.getHost() == null) {
            throw new IllegalArgumentException(
                    "serverUrl=" + url + ": expected ws://host[:port]/path or wss://host[:port]/path");
        }
        return url;
    }

    private static Duration positive(String option, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(option + "=" + value.toMillis() + "ms: expected more than 0");
        }
        return value;
    }

    private static int atLeastOne(String option, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(option + "=" + value + ": expected 1 or more");
        }
        return value;
    }

    public static Builder builder(String sessionId, SessionStore store) {
        return new Builder(sessionId, store);
    }

    public String sessionId() {
        return sessionId;
    }

    public SessionStore store() {
        return store;
    }

    public URI serverUrl() {
        return serverUrl;
    }

    public ServerTrust serverTrust() {
        return serverTrust;
    }

    public ClientVersion clientVersion() {
        return clientVersion;
    }

    /** How the phone lists this device. */
    public DeviceProfile device() {
        return device;
    }

    /** How this device is linked as long as it is not. */
    public Pairing pairing() {
        return pairing;
    }

    public HistoryScope historySync() {
        return historySync;
    }

    public boolean markOnlineOnConnect() {
        return markOnlineOnConnect;
    }

    public Duration connectTimeout() {
        return connectTimeout;
    }

    public Duration queryTimeout() {
        return queryTimeout;
    }

    public Duration keepAliveInterval() {
        return keepAliveInterval;
    }

    public Duration keepAliveTimeout() {
        return keepAliveTimeout;
    }

    /** What is done about each kind of end: strategy, delays and {@code on.} options together. */
    public ReconnectPolicy<WhatsAppDisconnectKind> policy() {
        return policy;
    }

    public Duration routeDecisionTimeout() {
        return routeDecisionTimeout;
    }

    /** How often a durable event is delivered before it is given up. */
    public int maximumDeliveries() {
        return maximumDeliveries;
    }

    /** How many durable events the listeners have at a time. */
    public int maxPendingExchanges() {
        return maxPendingExchanges;
    }

    public Transport transport() {
        return transport;
    }

    public Optional<Proxy> proxy() {
        return proxy;
    }

    /** Builds {@link ClientOptions}; whatever is not set has the documented default. */
    public static final class Builder {
        private final String sessionId;
        private final SessionStore store;
        private URI serverUrl = WHATSAPP_URL;
        private ServerTrust serverTrust = ServerTrust.WHATSAPP;
        private ClientVersion clientVersion = ClientVersion.DEFAULT;
        private DeviceProfile device = DeviceProfile.DEFAULT;
        private Pairing pairing = Pairing.qr();
        private HistoryScope historySync = HistoryScope.RECENT;
        private boolean markOnlineOnConnect;
        private Duration connectTimeout = Duration.ofSeconds(20);
        private Duration queryTimeout = Duration.ofSeconds(60);
        private Duration keepAliveInterval = Duration.ofSeconds(25);
        private Duration keepAliveTimeout = Duration.ofSeconds(20);
        private ReconnectSettings reconnect = ReconnectSettings.defaults();
        private Map<String, ?> overrides = Map.of();
        private Duration routeDecisionTimeout = Duration.ofSeconds(5);
        private int maximumDeliveries = 10;
        private int maxPendingExchanges = 1000;
        private Transport transport = JavaWebSocketTransport.INSTANCE;
        private Optional<Proxy> proxy = Optional.empty();

        private Builder(String sessionId, SessionStore store) {
            this.sessionId = sessionId;
            this.store = store;
        }

        public Builder serverUrl(URI url) {
            this.serverUrl = Objects.requireNonNull(url);
            return this;
        }

        public Builder serverTrust(ServerTrust trust) {
            this.serverTrust = Objects.requireNonNull(trust);
            return this;
        }

        public Builder clientVersion(ClientVersion version) {
            this.clientVersion = Objects.requireNonNull(version);
            return this;
        }

        /** How the phone lists this device. */
        public Builder device(DeviceProfile profile) {
            this.device = Objects.requireNonNull(profile);
            return this;
        }

        /** How this device is linked as long as it is not; by QR code by default. */
        public Builder pairing(Pairing choice) {
            this.pairing = Objects.requireNonNull(choice);
            return this;
        }

        public Builder historySync(HistoryScope wanted) {
            this.historySync = Objects.requireNonNull(wanted);
            return this;
        }

        public Builder markOnlineOnConnect(boolean mark) {
            this.markOnlineOnConnect = mark;
            return this;
        }

        /** The time each step of connecting has. */
        public Builder connectTimeout(Duration timeout) {
            this.connectTimeout = Objects.requireNonNull(timeout);
            return this;
        }

        public Builder queryTimeout(Duration timeout) {
            this.queryTimeout = Objects.requireNonNull(timeout);
            return this;
        }

        /** The time between pings, jittered between 60 and 120 %. */
        public Builder keepAliveInterval(Duration interval) {
            this.keepAliveInterval = Objects.requireNonNull(interval);
            return this;
        }

        /** How long after a send nothing at all may arrive before the connection counts as dead. */
        public Builder keepAliveTimeout(Duration timeout) {
            this.keepAliveTimeout = Objects.requireNonNull(timeout);
            return this;
        }

        public Builder reconnect(ReconnectSettings settings) {
            this.reconnect = Objects.requireNonNull(settings);
            return this;
        }

        /** The {@code on.<what>=<action>} options without their prefix. */
        public Builder overrides(Map<String, ?> on) {
            this.overrides = Objects.requireNonNull(on);
            return this;
        }

        /** How long a close waits for its listeners. */
        public Builder routeDecisionTimeout(Duration timeout) {
            this.routeDecisionTimeout = Objects.requireNonNull(timeout);
            return this;
        }

        /** How often a durable event is delivered before it is given up and kept as failed; 1 or more. */
        public Builder maximumDeliveries(int deliveries) {
            this.maximumDeliveries = deliveries;
            return this;
        }

        /**
         * How many durable events the listeners have at a time, 1 or more. With as many pending the server is not asked
         * for more of what it kept; what it sends by itself waits in the store.
         */
        public Builder maxPendingExchanges(int exchanges) {
            this.maxPendingExchanges = exchanges;
            return this;
        }

        public Builder transport(Transport implementation) {
            this.transport = Objects.requireNonNull(implementation);
            return this;
        }

        public Builder proxy(Proxy through) {
            this.proxy = Optional.of(through);
            return this;
        }

        /** @throws IllegalArgumentException naming the option and its value */
        public ClientOptions build() {
            return new ClientOptions(this);
        }
    }
}
