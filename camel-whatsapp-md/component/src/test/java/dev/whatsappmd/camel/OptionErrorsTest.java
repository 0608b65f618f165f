package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user reads who wrote an option wrongly: the whole message, as it stands behind Camel's own sentence. */
class OptionErrorsTest {
    private final DefaultCamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                Arguments.of(
                        "events=message", "events=message: there is no message; this version has connection, history"),
                Arguments.of(
                        "events=connection,connection",
                        "events=connection,connection: connection is there twice; this version has connection, history"),
                Arguments.of(
                        "events=connection,,history",
                        "events=connection,,history: a name is blank; this version has connection, history"),
                Arguments.of("pairing=code", "pairing=code: expected qr, the only one that this version has"),
                Arguments.of(
                        "transport=netty",
                        "transport=netty: expected java-websocket, the only one that this version has"),
                Arguments.of("historySync=all", "historySync=all: expected one of recent, full, none"),
                Arguments.of(
                        "platform=amiga",
                        "platform=amiga: platform 'amiga' is not known; use one of [android, chrome, desktop, edge, firefox, ie, opera, safari]"),
                Arguments.of("deviceName=%20", "deviceName is blank: give the phone a name to list"),
                Arguments.of(
                        "serverUrl=http://localhost",
                        "serverUrl=http://localhost: expected ws://host[:port]/path or wss://host[:port]/path"),
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
                Arguments.of(
                        "connectTimeout=soon",
                        "Error binding property (connectTimeout=soon) with name: connectTimeout on bean: whatsappmd://sales?connectTimeout=soon with value: soon"),
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
                        "operation=send: there is no such operation; this version has status, reconnect, logout"),
                Arguments.of("operationTimeout=-1", "operationTimeout=-1ms: expected 0 or more"),
                Arguments.of(
                        "store=orders",
                        "store=orders: expected the reference of a bean (#name) that is a SessionStore"),
                Arguments.of("store=#missing", "No bean could be found in the registry for: missing"));
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
    @ValueSource(strings = {"onn.440=stop", "maximumDeliveries=3", "historyChunkMessages=5", "storePassphrase=x"})
    void refusesOptionsThatDoNotExist(String option) {
        assertThatThrownBy(() -> context.getEndpoint("whatsappmd:sales?" + option))
                .hasMessageContaining("Unknown parameters=[{" + option.split("=")[0] + "=");
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
                                + " dev.whatsappmd.engine.store.SessionStore; without one, sessions are kept in storeDirectory");
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

    private WhatsAppMdComponent component() {
        return context.getComponent("whatsappmd", WhatsAppMdComponent.class);
    }
}
