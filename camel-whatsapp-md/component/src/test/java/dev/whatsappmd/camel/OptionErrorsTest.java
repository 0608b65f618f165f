package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.camel.SeenExchanges.Seen;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.engine.store.StoredSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a user reads who wrote an option wrongly, or whose server or store is not what it should be: one message, the whole
 * of it. Errors of options stand behind Camel's own sentence about the endpoint.
 */
class OptionErrorsTest {
    private static final String A_DURATION =
            "expected a duration, such as 20s, 5m or 1h30m, or a number of milliseconds";
    private static final String ROUTE =
            "- route: { id: sales, from: { uri: \"whatsappmd:sales\", steps: [ { process: { ref: seen } } ] } }";

    @TempDir
    private static Path temporary;

    private static LinkedSales sales;

    private final DefaultCamelContext context = new DefaultCamelContext();

    @BeforeAll
    static void link() throws Exception {
        sales = new LinkedSales(temporary);
    }

    @AfterAll
    static void close() {
        sales.close();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of(
                        "events=chat",
                        "events=chat: there is no chat; this version has connection, history, message, receipt, presence, call"),
                Arguments.of(
                        "events=connection,connection",
                        "events=connection,connection: connection is there twice; this version has connection, history, message, receipt, presence, call"),
                Arguments.of(
                        "events=connection,,history",
                        "events=connection,,history: a name is blank; this version has connection, history, message, receipt, presence, call"),
                Arguments.of(
                        "events=",
                        "events=: a name is blank; this version has connection, history, message, receipt, presence, call"),
                Arguments.of("pairing=carrier", "pairing=carrier: expected qr or code"),
                Arguments.of(
                        "phoneNumber=0151 2345678",
                        "phoneNumber: the phone number is not 7 to 15 digits that begin with a country code (no leading"
                                + " 0); write it like 491234567890"),
                Arguments.of(
                        "pairingCode=CAFE-202&phoneNumber=4915100000001",
                        "pairingCode: an own pairing code is exactly 8 letters A to Z or digits, which this one is not"),
                Arguments.of("printQr=maybe", "printQr=maybe: expected true or false"),
                Arguments.of("markOnlineOnConnect=maybe", "markOnlineOnConnect=maybe: expected true or false"),
                Arguments.of("testConnectionOnStartup=maybe", "testConnectionOnStartup=maybe: expected true or false"),
                Arguments.of(
                        "transport=netty",
                        "transport=netty: expected java-websocket, the only one that this version has"),
                Arguments.of("maximumDeliveries=0", "maximumDeliveries=0: expected 1 or more"),
                Arguments.of("maximumDeliveries=many", "maximumDeliveries=many: expected a whole number"),
                Arguments.of("maxPendingExchanges=-1", "maxPendingExchanges=-1: expected 1 or more"),
                Arguments.of("historySync=all", "historySync=all: expected one of recent, full, none"),
                Arguments.of(
                        "platform=amiga",
                        "platform=amiga: platform 'amiga' is not known; use one of [android, chrome, desktop, edge, firefox, ie, opera, safari]"),
                Arguments.of("deviceName=%20", "deviceName is blank: give the phone a name to list"),
                Arguments.of(
                        "serverUrl=http://localhost",
                        "serverUrl=http://localhost: expected ws://host[:port]/path or wss://host[:port]/path"),
                Arguments.of(
                        "serverUrl=not a url",
                        "serverUrl=not a url: expected ws://host[:port]/path or wss://host[:port]/path"),
                Arguments.of("serverRootKey=abcd", "serverRootKey=abcd: a Noise root key has 32 bytes, not 2"),
                Arguments.of(
                        "serverRootKey=abc",
                        "serverRootKey=abc: \"abc\" is no Noise root key: write its 32 bytes as 64 hexadecimal digits"),
                Arguments.of(
                        "clientVersion=2.x",
                        "clientVersion=2.x: client version '2.x' is not three numbers up to 2147483647 with dots between; write it like 2.3000.1043857760"),
                Arguments.of(
                        "proxy=ftp://proxy:1",
                        "proxy=ftp://proxy:1: expected http://host:port or socks5://host:port; the user goes into proxyUsername and proxyPassword"),
                Arguments.of(
                        "proxy=http://joe:s3cret@proxy:1",
                        "proxy=(not shown: it has a user in it): expected http://host:port or socks5://host:port; the user goes into proxyUsername and proxyPassword"),
                Arguments.of(
                        "proxyUsername=joe", "proxyUsername is set without proxyPassword: a proxy's login needs both"),
                Arguments.of(
                        "proxyUsername=joe&proxyPassword=s3cret",
                        "proxyUsername is set without proxy: say which proxy it is for"),
                Arguments.of("connectTimeout=0", "connectTimeout=0ms: expected more than 0"),
                Arguments.of("connectTimeout=soon", "connectTimeout=soon: " + A_DURATION),
                Arguments.of("connect-timeout=1.5s", "connect-timeout=1.5s: " + A_DURATION),
                Arguments.of("queryTimeout=-1", "queryTimeout=-1ms: expected more than 0"),
                Arguments.of("queryTimeout=10min", "queryTimeout=10min: " + A_DURATION),
                Arguments.of("keepAliveInterval=0", "keepAliveInterval=0ms: expected more than 0"),
                Arguments.of("keepAliveTimeout=0s", "keepAliveTimeout=0ms: expected more than 0"),
                Arguments.of("keepAliveTimeout=-5s", "keepAliveTimeout=-5s: " + A_DURATION),
                Arguments.of("routeDecisionTimeout=0", "routeDecisionTimeout=0ms: expected more than 0"),
                Arguments.of(
                        "reconnectStrategy=clever", "reconnectStrategy=clever: must be one of smart, always, never"),
                Arguments.of(
                        "reconnectMultiplier=0.5",
                        "reconnectMultiplier=0.5: must be a number of at least 1 (1 is a fixed delay)"),
                Arguments.of(
                        "reconnectJitter=2",
                        "reconnectJitter=2.0: must be between 0 (none) and 1 (from nothing to twice the delay)"),
                Arguments.of(
                        "reconnectMaxAttempts=-1",
                        "reconnectMaxAttempts=-1: must be 0 (no limit) or a number of attempts"),
                Arguments.of("reconnectMultiplier=twice", "reconnectMultiplier=twice: expected a number"),
                Arguments.of("reconnectMaxAttempts=many", "reconnectMaxAttempts=many: expected a whole number"),
                Arguments.of("reconnectDelay=0", "reconnectDelay=0s: must be at least 1ms and at most 365d"),
                Arguments.of("reconnectMaxDelay=0", "reconnectMaxDelay=0s: must be at least 1ms and at most 365d"),
                Arguments.of("reconnectMaxDelay=never", "reconnectMaxDelay=never: " + A_DURATION),
                Arguments.of(
                        "reconnectStableAfter=400d",
                        "reconnectStableAfter=400d: must be at least 1ms and at most 365d"),
                Arguments.of("on=stop", "on=stop: expected an option for each kind of end, such as on.440=stop"),
                Arguments.of("reconnectDelay=10m", "reconnectMaxDelay=5m: must not be shorter than reconnectDelay=10m"),
                Arguments.of(
                        "on.440=explode",
                        "on.440=explode: there is no action \"explode\"; allowed is now, backoff, park, stop or relink, with a duration after park and backoff only (park:10m, backoff:30s)"),
                Arguments.of(
                        "on.440=stop:5s",
                        "on.440=stop:5s: stop takes no duration; allowed is now, backoff, park, stop or relink, with a duration after park and backoff only (park:10m, backoff:30s)"),
                Arguments.of(
                        "on.440=stop&on.440=park",
                        "on.440=[stop, park]: given more than once; allowed is one action for each option"),
                Arguments.of(
                        "on.EVICTED=stop&on.evicted=park",
                        "on.evicted=park: on.EVICTED=stop speaks of the same; allowed is one of them (case, '_' and '-' do not matter)"),
                Arguments.of(
                        "operation=send",
                        "operation=send: there is no such operation; this version has status, requestPairingCode, presence,"
                                + " reconnect, relink, redeliver, logout"),
                Arguments.of("operationTimeout=x", "operationTimeout=x: " + A_DURATION),
                Arguments.of("operationTimeout=-1", "operationTimeout=-1ms: expected 0 or more"),
                Arguments.of(
                        "store=orders",
                        "store=orders: expected the reference of a bean (#name) that is a SessionStore"
                                + " or a javax.sql.DataSource"),
                Arguments.of("store=#missing", "No bean could be found in the registry for: missing"),
                Arguments.of(
                        "storePassphrase=%20", "storePassphrase is blank: leave it out, or say what to encrypt with"),
                Arguments.of("storeDirectory=%20", "storeDirectory= : expected the path of a directory"),
                Arguments.of(
                        "exceptionHandler=#missing",
                        "exceptionHandler=#missing: expected the reference of a bean (#name) that is a"
                                + " org.apache.camel.spi.ExceptionHandler: No bean could be found in the registry for:"
                                + " missing of type: org.apache.camel.spi.ExceptionHandler"),
                Arguments.of("exchangePattern=Sideways", "exchangePattern=Sideways: expected one of InOnly, InOut"),
                // These two are read by Camel before the component is asked.
                Arguments.of("bridgeErrorHandler=maybe", "Value maybe converted to java.lang.Boolean cannot be null"),
                Arguments.of("lazyStartProducer=maybe", "Value maybe converted to java.lang.Boolean cannot be null"));
    }

    @Test
    void noOptionIsLeftOut() throws Exception {
        Set<String> tried = wrong().map(row -> (String) row.get()[0])
                .flatMap(options -> Stream.of(options.split("&")))
                .map(option -> option.split("=")[0].replaceFirst("^on\\..*", "on"))
                .collect(Collectors.toSet());
        Set<String> all = new TreeSet<>();
        ComponentJson.load().at("/properties").fieldNames().forEachRemaining(all::add);
        // The name of the session: refusesPhoneNumbersAsNames.
        all.remove("sessionId");

        assertThat(tried).containsAll(all);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void saysWhatIsWrongAndWhatIsAllowed(String options, String message) {
        assertThatThrownBy(() -> context.getEndpoint("whatsappmd:sales?" + options))
                .isInstanceOf(ResolveEndpointFailedException.class)
                .satisfies(
                        e -> assertThat(e.getMessage().split(" due to: ", 2)[1]).isEqualTo(message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"on.nonsense=stop", "on.=stop", "on.closedByUs=now"})
    void listsWhatOnCanSpeakOf(String option) {
        assertThatThrownBy(() -> context.getEndpoint("whatsappmd:sales?" + option))
                .hasMessageContaining(" due to: " + option + ": ")
                .hasMessageContaining("allowed is a kind (RESTART_REQUESTED, EVICTED, ")
                .hasMessageContaining("a reason (connectionClosed, ")
                .hasMessageContaining("origin.code with an origin of failure, local, socket, stream, or a code (any");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"onn.440=stop", "historyChunkMessages=5", "historyChunkBytes=1m", "mediaUrl=https://localhost"})
    void refusesOptionsThatDoNotExist(String option) {
        assertThatThrownBy(() -> context.getEndpoint("whatsappmd:sales?" + option))
                .hasMessageEndingWith(" due to: " + option.split("=")[0] + ": there is no such option in this version;"
                        + " docs/component.md has the table of those there are");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+4915100000001", "4915100000001", "+49 151 00000001", "4915100000001@s.whatsapp.net"})
    void refusesPhoneNumbersAsNames(String number) {
        assertThatThrownBy(() -> context.getEndpoint("whatsappmd:" + number))
                .hasMessageEndingWith(
                        "the session is named by what looks like a phone number, which logs and management"
                                + " would show: name it by an alias, such as whatsappmd:sales");
    }

    @Test
    void saysWhatABeanIsThatIsNoStore() {
        context.getRegistry().bind("orders", new StringBuilder());

        assertThatThrownBy(() -> context.getEndpoint("whatsappmd:sales?store=#orders"))
                .hasMessageEndingWith(
                        "store=#orders: the bean is a java.lang.StringBuilder, expected a"
                                + " dev.whatsappmd.engine.store.SessionStore or a javax.sql.DataSource; without one, sessions are kept in storeDirectory");
    }

    @Test
    void componentOptionsAreCheckedWithTheEndpoints() {
        component().getConfiguration().setOn(Map.of("440", "explode"));

        assertThatThrownBy(() -> context.getEndpoint("whatsappmd:sales"))
                .hasMessageContaining("on.440=explode: there is no action \"explode\"");
    }

    @Test
    void passwordsAreShownNowhere() {
        WhatsAppMdEndpoint endpoint = context.getEndpoint(
                "whatsappmd:sales?proxy=http://proxy:3128&proxyUsername=joe&proxyPassword=s3cret",
                WhatsAppMdEndpoint.class);

        assertThat(endpoint.toString()).doesNotContain("s3cret").doesNotContain("joe");
        assertThat(endpoint.getServiceUrl()).doesNotContain("s3cret");
        assertThat(endpoint.getServiceMetadata()).containsOnly(Map.entry("sessionId", "sales"));
    }

    // ---- what shows only at the start

    @ParameterizedTest
    @CsvSource({"code,, pairing=code", "code, CAFE2026, pairing=code", "qr, CAFE2026, pairingCode"})
    void codeWithoutANumber(String pairing, String ownCode, String option) {
        failsToStart(
                options -> {
                    options.setPairing(pairing);
                    options.setPairingCode(ownCode);
                },
                IllegalArgumentException.class,
                option + " is set without phoneNumber: say whose phone the code is typed into, best as the property"
                        + " camel.component.whatsappmd.phoneNumber");
    }

    @Test
    void unreachableServer() throws Exception {
        failsToStart(
                options -> {
                    options.setServerUrl("ws://127.0.0.1:1/ws/chat");
                    options.setTestConnectionOnStartup(true);
                },
                WhatsAppMdException.class,
                "session sales cannot connect to ws://127.0.0.1:1/ws/chat: server not reached: server 127.0.0.1:1:"
                        + " Connection refused; without testConnectionOnStartup the route would start all the same");

        Seen close = firstClose(options -> options.setServerUrl("ws://127.0.0.1:1/ws/chat"));
        assertThat(message(close)).isEqualTo("server not reached: server 127.0.0.1:1: Connection refused");
        assertThat(close.headers())
                .containsEntry(WhatsAppMdConstants.DISCONNECT_KIND, "UNREACHABLE")
                .containsEntry(WhatsAppMdConstants.RECONNECT_ACTION, "backoff");
    }

    @Test
    void serverWithAnotherRootKey() throws Exception {
        String trouble = "the server's identity was refused: the server's intermediate certificate is not signed by the"
                + " trusted root; nothing was sent to it. Check serverUrl, serverRootKey and this machine's clock";
        String otherKey = "00".repeat(31) + "09";
        failsToStart(
                options -> {
                    options.setServerRootKey(otherKey);
                    options.setTestConnectionOnStartup(true);
                },
                WhatsAppMdException.class,
                "session sales cannot connect to " + sales.server.url() + ": " + trouble
                        + "; without testConnectionOnStartup the route would start all the same");

        Seen close = firstClose(options -> options.setServerRootKey(otherKey));
        assertThat(message(close)).isEqualTo(trouble);
        assertThat(close.headers())
                .containsEntry(WhatsAppMdConstants.DISCONNECT_KIND, "UNTRUSTED_SERVER")
                .containsEntry(WhatsAppMdConstants.RECONNECT_ACTION, "stop");
    }

    @Test
    void damagedStore() throws Exception {
        StoredLink stored = sales.copy();
        Files.writeString(stored.database(), "this is no database");

        storeFailsToOpen(
                stored,
                SessionStoreException.Reason.CORRUPT,
                "session 'sales': " + stored.database()
                        + " is damaged (SQLITE_NOTADB): put back a backup of it, without"
                        + " the -wal and -shm files that are there now; nothing was deleted, and no new identity was"
                        + " begun");
    }

    @Test
    void lostStore() throws Exception {
        StoredLink stored = sales.copy();
        Files.delete(stored.database());

        storeFailsToOpen(
                stored,
                SessionStoreException.Reason.MISSING,
                "session 'sales': " + stored.database()
                        + " is gone although a session was saved in it (sales.known): put"
                        + " back the newest copy or a backup; only if the session is to be linked anew, remove "
                        + stored.directory().resolve("sales.known")
                        + "; nothing was deleted, and no new identity was begun");
    }

    @Test
    void storeOfANewerVersion() throws Exception {
        StoredLink stored = sales.copy();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + stored.database());
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 9");
        }

        storeFailsToOpen(
                stored,
                SessionStoreException.Reason.NEWER,
                "session 'sales': " + stored.database()
                        + " was written by a newer version (schema 9, this version knows"
                        + " up to 2): run the newer version again, or put back a backup from before the update");
    }

    @Test
    void storeThatAnotherOwnerHas() {
        StoredLink stored = sales.copy();
        try (SessionStore other = new SqliteSessionStore(stored.directory());
                StoredSession open = other.open("sales")) {
            storeFailsToOpen(
                    stored,
                    SessionStoreException.Reason.LOCKED,
                    "session 'sales' is already open in this process: close it first (lock file "
                            + stored.directory().resolve("sales.lock") + ")");
        }
    }

    @Test
    void storeDirectoryThatIsAFile() {
        StoredLink stored = sales.copy();

        storeFailsToOpen(
                new StoredLink(stored.database()),
                SessionStoreException.Reason.IO,
                "session 'sales': " + stored.database()
                        + " failed (FileAlreadyExistsException): check the directory and" + " the rights of this user");
    }

    private static void storeFailsToOpen(StoredLink stored, SessionStoreException.Reason reason, String message) {
        try (RunningRoutes routes = RunningRoutes.onServer(sales.server, stored.directory())) {
            assertThatThrownBy(() -> routes.start(ROUTE))
                    .isInstanceOf(SessionStoreException.class)
                    .hasMessage(message)
                    .extracting(e -> ((SessionStoreException) e).reason())
                    .isEqualTo(reason);
        }
    }

    private static void failsToStart(
            Consumer<WhatsAppMdConfiguration> options, Class<? extends Exception> type, String message) {
        try (RunningRoutes routes = sales.routes()) {
            options.accept(routes.component().getConfiguration());

            assertThatThrownBy(() -> routes.start(ROUTE))
                    .isExactlyInstanceOf(type)
                    .hasMessage(message);
        }
    }

    /** What the route of a session that starts all the same is told. */
    private static Seen firstClose(Consumer<WhatsAppMdConfiguration> options) throws Exception {
        try (RunningRoutes routes = sales.routes()) {
            options.accept(routes.component().getConfiguration());
            routes.start(ROUTE);
            return routes.await("close", one -> "close".equals(one.state()));
        }
    }

    private static String message(Seen close) {
        return close.update().lastDisconnect().error().message();
    }

    private WhatsAppMdComponent component() {
        return context.getComponent("whatsappmd", WhatsAppMdComponent.class);
    }
}
