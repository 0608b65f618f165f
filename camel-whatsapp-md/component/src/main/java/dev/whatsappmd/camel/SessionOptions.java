package dev.whatsappmd.camel;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.pairing.ClientVersion;
import dev.whatsappmd.engine.pairing.DeviceProfile;
import dev.whatsappmd.engine.pairing.HistoryScope;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.transport.Proxy;
import dev.whatsappmd.reconnect.ReconnectSettings;
import dev.whatsappmd.reconnect.ReconnectStrategy;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The options as Camel has them, made into those of the engine. Every error names the option and its value. */
final class SessionOptions {
    /** What the names of the options begin with that say what to do after one kind of end. */
    static final String ON = "on.";

    /** What options have that nobody sets; the others have nothing then. */
    static final Map<String, Object> DEFAULTS = defaults();

    private SessionOptions() {}

    private static Map<String, Object> defaults() {
        ReconnectSettings reconnect = ReconnectSettings.defaults();
        return Map.ofEntries(
                Map.entry("pairing", "qr"),
                Map.entry("printQr", false),
                Map.entry("deviceName", "Apache Camel"),
                Map.entry("platform", "chrome"),
                Map.entry("historySync", "recent"),
                Map.entry("markOnlineOnConnect", false),
                Map.entry("maximumDeliveries", 10),
                Map.entry("maxPendingExchanges", 1000),
                Map.entry("testConnectionOnStartup", false),
                Map.entry("connectTimeout", Duration.ofSeconds(20)),
                Map.entry("queryTimeout", Duration.ofSeconds(60)),
                Map.entry("keepAliveInterval", Duration.ofSeconds(25)),
                Map.entry("keepAliveTimeout", Duration.ofSeconds(20)),
                Map.entry("transport", "java-websocket"),
                Map.entry("serverUrl", ClientOptions.WHATSAPP_URL.toString()),
                Map.entry("reconnectStrategy", reconnect.strategy().toString().toLowerCase(Locale.ROOT)),
                Map.entry("reconnectDelay", reconnect.delay()),
                Map.entry("reconnectMultiplier", reconnect.multiplier()),
                Map.entry("reconnectMaxDelay", reconnect.maxDelay()),
                Map.entry("reconnectJitter", reconnect.jitter()),
                Map.entry("reconnectMaxAttempts", reconnect.maxAttempts()),
                Map.entry("reconnectStableAfter", reconnect.stableAfter()),
                Map.entry("routeDecisionTimeout", Duration.ofSeconds(5)));
    }

    /**
     * All options of one session, checked.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    static ClientOptions toClient(String sessionId, WhatsAppMdConfiguration from, SessionStore store) {
        return builder(sessionId, from, store).pairing(pairing(from)).build();
    }

    /**
     * Options of one session that may lack what other endpoints of it say: each is checked, but not whether those for
     * linking are complete, and the result links nothing.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    static ClientOptions checked(String sessionId, WhatsAppMdConfiguration from, SessionStore store) {
        isByCode(from);
        if (from.getPhoneNumber() != null) {
            pairing(from);
        }
        return builder(sessionId, from, store).build();
    }

    private static ClientOptions.Builder builder(String sessionId, WhatsAppMdConfiguration from, SessionStore store) {
        only("transport", from.getTransport(), "java-websocket");
        ClientOptions.Builder builder = ClientOptions.builder(sessionId, store);
        given("serverUrl", from.getServerUrl(), SessionOptions::url, builder::serverUrl);
        given("serverRootKey", from.getServerRootKey(), ServerTrust::ofHex, builder::serverTrust);
        given("clientVersion", from.getClientVersion(), ClientVersion::parse, builder::clientVersion);
        given("historySync", from.getHistorySync(), SessionOptions::historySync, builder::historySync);
        builder.device(device(from));
        proxy(from).ifPresent(builder::proxy);
        set(from.getMarkOnlineOnConnect(), builder::markOnlineOnConnect);
        set(from.getConnectTimeout(), builder::connectTimeout);
        set(from.getQueryTimeout(), builder::queryTimeout);
        set(from.getKeepAliveInterval(), builder::keepAliveInterval);
        set(from.getKeepAliveTimeout(), builder::keepAliveTimeout);
        set(from.getRouteDecisionTimeout(), builder::routeDecisionTimeout);
        set(from.getMaximumDeliveries(), builder::maximumDeliveries);
        set(from.getMaxPendingExchanges(), builder::maxPendingExchanges);
        set(from.getOn(), builder::overrides);
        return builder.reconnect(reconnect(from));
    }

    private static boolean isByCode(WhatsAppMdConfiguration from) {
        String pairing = or(from.getPairing(), (String) DEFAULTS.get("pairing"));
        if (!pairing.equalsIgnoreCase("code") && !pairing.equalsIgnoreCase("qr")) {
            throw new IllegalArgumentException("pairing=" + pairing + ": expected qr or code");
        }
        return pairing.equalsIgnoreCase("code");
    }

    private static Pairing pairing(WhatsAppMdConfiguration from) {
        boolean byCode = isByCode(from);
        String number = from.getPhoneNumber();
        String ownCode = from.getPairingCode();
        if (number != null) {
            Pairing code = Pairing.code(number, Optional.ofNullable(ownCode));
            return byCode ? code : Pairing.qr();
        }
        if (byCode || ownCode != null) {
            throw new IllegalArgumentException((byCode ? "pairing=code" : "pairingCode")
                    + " is set without phoneNumber: say whose phone the code is typed into, best as the property"
                    + " camel.component.whatsappmd.phoneNumber");
        }
        return Pairing.qr();
    }

    /** The options of {@code top}, and those of {@code base} that it does not set itself. */
    static Map<String, Object> over(Map<String, Object> base, Map<String, Object> top) {
        Set<String> set = new HashSet<>();
        top.keySet().forEach(name -> set.add(spelling(name)));
        Map<String, Object> all = new TreeMap<>(top);
        base.forEach((name, value) -> {
            if (!set.contains(spelling(name))) {
                all.put(name, value);
            }
        });
        return all;
    }

    /** In {@code on.} options case, {@code _} and {@code -} do not matter. */
    static String spelling(String name) {
        return name.startsWith(ON)
                ? name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "")
                : name;
    }

    private static ReconnectSettings reconnect(WhatsAppMdConfiguration from) {
        ReconnectSettings defaults = ReconnectSettings.defaults();
        String strategy = from.getReconnectStrategy();
        return new ReconnectSettings(
                strategy == null ? defaults.strategy() : ReconnectStrategy.parse(strategy),
                or(from.getReconnectDelay(), defaults.delay()),
                or(from.getReconnectMultiplier(), defaults.multiplier()),
                or(from.getReconnectMaxDelay(), defaults.maxDelay()),
                or(from.getReconnectJitter(), defaults.jitter()),
                or(from.getReconnectMaxAttempts(), defaults.maxAttempts()),
                or(from.getReconnectStableAfter(), defaults.stableAfter()));
    }

    private static DeviceProfile device(WhatsAppMdConfiguration from) {
        String name = or(from.getDeviceName(), (String) DEFAULTS.get("deviceName"));
        String platform = or(from.getPlatform(), (String) DEFAULTS.get("platform"));
        if (name.isBlank()) {
            throw new IllegalArgumentException("deviceName is blank: give the phone a name to list");
        }
        return parse("platform", platform, kind -> DeviceProfile.of(name, kind));
    }

    private static URI url(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected ws://host[:port]/path or wss://host[:port]/path", e);
        }
    }

    private static HistoryScope historySync(String text) {
        for (HistoryScope scope : HistoryScope.values()) {
            if (scope.name().equalsIgnoreCase(text)) {
                return scope;
            }
        }
        throw new IllegalArgumentException("expected one of "
                + Arrays.stream(HistoryScope.values())
                        .map(scope -> scope.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(", ")));
    }

    private static Optional<Proxy> proxy(WhatsAppMdConfiguration from) {
        String proxy = from.getProxy();
        String username = from.getProxyUsername();
        String password = from.getProxyPassword();
        if ((username == null) != (password == null)) {
            throw new IllegalArgumentException((username == null ? "proxyPassword" : "proxyUsername")
                    + " is set without " + (username == null ? "proxyUsername" : "proxyPassword")
                    + ": a proxy's login needs both");
        }
        if (proxy == null) {
            if (username != null) {
                throw new IllegalArgumentException("proxyUsername is set without proxy: say which proxy it is for");
            }
            return Optional.empty();
        }
        return Optional.of(
                Proxy.parse(proxy, Optional.ofNullable(username).map(user -> new Proxy.Login(user, password))));
    }

    private static void only(String option, @Nullable String value, String available) {
        if (value != null && !value.equalsIgnoreCase(available)) {
            throw new IllegalArgumentException(
                    option + "=" + value + ": expected " + available + ", the only one that this version has");
        }
    }

    private static <T> void given(
            String option, @Nullable String value, Function<String, T> parser, Consumer<T> destination) {
        if (value != null) {
            destination.accept(parse(option, value, parser));
        }
    }

    private static <T> T parse(String option, String value, Function<String, T> parser) {
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + "=" + value + ": " + e.getMessage(), e);
        }
    }

    private static <T> void set(@Nullable T value, Consumer<T> destination) {
        if (value != null) {
            destination.accept(value);
        }
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
