package dev.whatsappmd.reconnect;

import static dev.whatsappmd.reconnect.ReconnectDirective.backoff;
import static dev.whatsappmd.reconnect.ReconnectDirective.now;
import static dev.whatsappmd.reconnect.ReconnectDirective.park;
import static dev.whatsappmd.reconnect.ReconnectDirective.stop;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReconnectOverridesTest {
    private static final String ALLOWED = "allowed is a kind (RESTART_REQUESTED, EVICTED, LOGGED_OUT, LINK_REJECTED,"
            + " ACCOUNT_LOCKED, TEMPORARILY_BANNED, BANNED, CLIENT_OUTDATED, REFUSED, SERVER_UNAVAILABLE, RATE_LIMITED,"
            + " PROTOCOL_ERROR, TRANSPORT_LOST, UNREACHABLE, UNRESPONSIVE, PAIRING_EXPIRED, UNTRUSTED_SERVER, UNKNOWN),"
            + " a reason (connectionClosed, connectionLost, connectionReplaced, timedOut, loggedOut, badSession),"
            + " origin.code with an origin of failure, local, socket, stream, or a code (any whole number; known are 400,"
            + " 401, 402, 403, 405, 406, 408, 409, 413, 414, 415, 418, 428, 429, 440, 500, 501, 503, 515, 516)";

    @Test
    void readsTheDocumentedExamples() {
        ReconnectOverrides<ChatEnd> overrides = parse(Map.of(
                "440", "stop",
                "503", "backoff",
                "connectionReplaced", "park:10m",
                "stream.503", "now"));
        assertThat(found(overrides, ChatEnd.EVICTED.cause("connectionReplaced", "stream", 440)))
                .contains(park(ofMinutes(10)));
        assertThat(found(overrides, ChatEnd.EVICTED.cause("other", "stream", 440)))
                .contains(stop());
        assertThat(found(overrides, ChatEnd.SERVER_UNAVAILABLE.cause("other", "stream", 503)))
                .contains(now());
        assertThat(found(overrides, ChatEnd.SERVER_UNAVAILABLE.cause("other", "failure", 503)))
                .contains(backoff());
        assertThat(found(overrides, ChatEnd.SERVER_UNAVAILABLE.cause("other", "failure", 500)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SERVER_UNAVAILABLE",
                "serverUnavailable",
                "server-unavailable",
                "serverunavailable",
                "Server_Unavailable",
                " SERVER_UNAVAILABLE ",
                "s_e_r_v_e_r-u-n-a-v-a-i-l-a-b-l-e"
            })
    void doesNotMindHowAKindIsSpelled(String word) {
        assertThat(found(parse(Map.of(word, "stop")), ChatEnd.SERVER_UNAVAILABLE.cause()))
                .contains(stop());
    }

    @ParameterizedTest
    @ValueSource(strings = {"badSession", "BAD_SESSION", "bad-session", "badsession"})
    void doesNotMindHowAReasonIsSpelledOnEitherSide(String word) {
        ReconnectOverrides<ChatEnd> overrides = parse(Map.of(word, "stop"));
        assertThat(found(overrides, ChatEnd.PROTOCOL_ERROR.cause("badSession", "stream", 500)))
                .contains(stop());
        assertThat(found(overrides, ChatEnd.PROTOCOL_ERROR.cause("BAD_SESSION", "stream", 500)))
                .contains(stop());
        assertThat(found(overrides, ChatEnd.PROTOCOL_ERROR.cause("badSessions", "stream", 500)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream.503", "STREAM.503", "str-eam.503", " stream.503", "stream.0503"})
    void doesNotMindHowAnOriginIsSpelled(String word) {
        assertThat(found(parse(Map.of(word, "stop")), ChatEnd.UNKNOWN.cause("x", "stream", 503)))
                .contains(stop());
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "999999", "2147483647", "-2147483648", "007"})
    void takesAnyWholeNumberAsCode(String code) {
        int number = Integer.parseInt(code);
        assertThat(found(parse(Map.of(code, "stop")), ChatEnd.UNKNOWN.cause("x", "stream", number)))
                .contains(stop());
        assertThat(found(parse(Map.of("socket." + code, "stop")), ChatEnd.UNKNOWN.cause("x", "socket", number)))
                .contains(stop());
        assertThat(found(parse(Map.of("socket." + code, "stop")), ChatEnd.UNKNOWN.cause("x", "stream", number)))
                .isEmpty();
    }

    @Test
    void oneReasonMayCoverSeveralKindsAndOneCodeSeveralReasons() {
        ReconnectOverrides<ChatEnd> byReason = parse(Map.of("timedOut", "stop"));
        assertThat(found(byReason, ChatEnd.UNREACHABLE.cause("timedOut", "local", 408)))
                .contains(stop());
        assertThat(found(byReason, ChatEnd.PAIRING_EXPIRED.cause("timedOut", "local", 408)))
                .contains(stop());
        assertThat(found(byReason, ChatEnd.UNRESPONSIVE.cause("connectionLost", "local", 408)))
                .isEmpty();
        ReconnectOverrides<ChatEnd> byCode = parse(Map.of("408", "stop"));
        assertThat(found(byCode, ChatEnd.UNREACHABLE.cause("timedOut", "local", 408)))
                .contains(stop());
        assertThat(found(byCode, ChatEnd.UNRESPONSIVE.cause("connectionLost", "local", 408)))
                .contains(stop());
    }

    @Test
    void theKindWinsThenTheReasonThenOriginAndCodeThenTheCode() {
        Cause<ChatEnd> cause = ChatEnd.EVICTED.cause("connectionReplaced", "stream", 440);
        Map<String, String> options = new LinkedHashMap<>();
        options.put("440", "park:4m");
        options.put("stream.440", "park:3m");
        options.put("connectionReplaced", "park:2m");
        options.put("evicted", "park:1m");
        assertThat(found(parse(options), cause)).contains(park(ofMinutes(1)));
        options.remove("evicted");
        assertThat(found(parse(options), cause)).contains(park(ofMinutes(2)));
        options.remove("connectionReplaced");
        assertThat(found(parse(options), cause)).contains(park(ofMinutes(3)));
        options.remove("stream.440");
        assertThat(found(parse(options), cause)).contains(park(ofMinutes(4)));
        options.remove("440");
        assertThat(found(parse(options), cause)).isEmpty();
        assertThat(parse(options).isEmpty()).isTrue();
    }

    @Test
    void aWordThatIsBothAKindAndAReasonIsTheKind() {
        ReconnectOverrides<ChatEnd> overrides = parse(Map.of("loggedOut", "relink"));
        assertThat(overrides.find(ChatEnd.LOGGED_OUT.cause())).isPresent();
        assertThat(overrides.find(ChatEnd.LINK_REJECTED.cause("loggedOut", "stream", 401)))
                .isEmpty();
    }

    @Test
    void anUntrustedServerIsOverriddenOnlyByItsKind() {
        Cause<ChatEnd> cause = ChatEnd.UNTRUSTED_SERVER.cause("badSession", "local", 500);
        assertThat(found(parse(Map.of("badSession", "now", "local.500", "now", "500", "now")), cause))
                .isEmpty();
        assertThat(found(parse(Map.of("badSession", "now", "untrusted-server", "park")), cause))
                .contains(park());
    }

    @Test
    void keepsTheOptionAsItWasWritten() {
        ReconnectOverrides<ChatEnd> overrides = parse(Map.of("Bad_Session", "PARK:10m"));
        assertThat(overrides.find(ChatEnd.PROTOCOL_ERROR.cause("badSession", "stream", 500)))
                .contains(new ReconnectOverrides.Option("on.Bad_Session=PARK:10m", park(ofMinutes(10))));
    }

    @Test
    void noneOverridesNothing() {
        ReconnectOverrides<ChatEnd> none = ReconnectOverrides.none();
        assertThat(none.isEmpty()).isTrue();
        assertThat(none.find(ChatEnd.BANNED.cause())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "conectionReplaced|there is no kind or reason \"conectionReplaced\", did you mean connectionReplaced?",
                "EVICTD|there is no kind or reason \"EVICTD\", did you mean EVICTED?",
                "rate_limit|there is no kind or reason \"rate_limit\", did you mean RATE_LIMITED?",
                "xyz|there is no kind or reason \"xyz\"",
                "4_40|there is no kind or reason \"4_40\"",
                "+440|there is no kind or reason \"+440\"",
                "stream|the origin stream needs a code (on.stream.<code>)",
                "closedByUs|CLOSED_BY_US is asked for, so there is nothing to decide",
            })
    void saysWhichWordIsWrongAndWhatIsAllowed(String word, String message) {
        refuses(Map.of(word, "stop"), "on." + word + "=stop: " + message + "; " + ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void refusesABlankWord(String word) {
        refuses(Map.of(word, "stop"), "on." + word + "=stop: what it speaks of is missing; " + ALLOWED);
    }

    @Test
    void saysWhatIsWrongWithOriginAndCode() {
        refuses(
                Map.of("steam.503", "now"),
                "on.steam.503=now: there is no origin \"steam\", did you mean stream?; allowed is failure, local, socket,"
                        + " stream");
        refuses(
                Map.of("elsewhere.503", "now"),
                "on.elsewhere.503=now: there is no origin \"elsewhere\"; allowed is failure, local, socket, stream");
        refuses(
                Map.of(".503", "now"),
                "on..503=now: there is no origin \"\"; allowed is failure, local, socket, stream");
        refuses(
                Map.of("stream.", "now"),
                "on.stream.=now: \"\" after the origin is no code; allowed is on.stream.<code> with any whole number as"
                        + " code");
        refuses(
                Map.of("Stream.gone", "now"),
                "on.Stream.gone=now: \"gone\" after the origin is no code; allowed is on.stream.<code> with any whole"
                        + " number as code");
        refuses(
                Map.of("99999999999", "now"),
                "on.99999999999=now: code 99999999999 is out of range; allowed is -2147483648 to 2147483647");
        refuses(
                Map.of("stream.2147483648", "now"),
                "on.stream.2147483648=now: code 2147483648 is out of range; allowed is -2147483648 to 2147483647");
    }

    @Test
    void saysWhatIsWrongWithAnAction() {
        String actions =
                "now, backoff, park, stop or relink, with a duration after park and backoff only (park:10m, backoff:30s)";
        refuses(Map.of("440", ""), "on.440=: the action is missing; allowed is " + actions);
        refuses(Collections.singletonMap("440", null), "on.440=: the action is missing; allowed is " + actions);
        refuses(Map.of("440", "halt"), "on.440=halt: there is no action \"halt\"; allowed is " + actions);
        refuses(Map.of("440", true), "on.440=true: there is no action \"true\"; allowed is " + actions);
        refuses(Map.of("440", "park:0"), "on.440=park:0: duration \"0\" must be longer than zero");
    }

    @Test
    void refusesTheSameThingTwice() {
        refuses(
                Map.of("badSession", "stop", "bad_session", "stop"),
                "on.bad_session=stop: on.badSession=stop speaks of the same; allowed is one of them (case, '_' and '-' do"
                        + " not matter)");
        refuses(
                Map.of("EVICTED", "stop", "evicted", "park"),
                "on.evicted=park: on.EVICTED=stop speaks of the same; allowed is one of them (case, '_' and '-' do not"
                        + " matter)");
        refuses(
                Map.of("440", "stop", "0440", "now"),
                "on.440=stop: on.0440=now speaks of the same; allowed is one of them (case, '_' and '-' do not matter)");
        refuses(
                Map.of("stream.440", "stop", "STREAM.440", "now"),
                "on.stream.440=stop: on.STREAM.440=now speaks of the same; allowed is one of them (case, '_' and '-' do not"
                        + " matter)");
    }

    @Test
    void refusesSeveralValuesOfOneOption() {
        String message = ": given more than once; allowed is one action for each option";
        refuses(Map.of("440", List.of("stop", "now")), "on.440=[stop, now]" + message);
        refuses(Map.of("440", List.of("stop")), "on.440=[stop]" + message);
        refuses(Map.of("440", new String[] {"stop", "stop"}), "on.440=[stop, stop]" + message);
        refuses(Map.of("440", "stop,now"), "on.440=stop,now" + message);
    }

    @Test
    void reportsTheFirstErrorInAlphabeticalOrder() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("zzz", "stop");
        options.put("440", "halt");
        assertThatThrownBy(() -> parse(options)).hasMessageStartingWith("on.440=halt: ");
    }

    @Test
    void theVocabularyRefusesWordsThatCannotBeToldApart() {
        Vocabulary.Builder<ChatEnd> builder =
                Vocabulary.builder(ChatEnd.RULES).reasons("badSession").origins("live-stream");
        assertThatThrownBy(() -> builder.reasons("bad_session"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "reasons badSession and bad_session cannot be told apart, as case, '_' and '-' do not matter");
        assertThatThrownBy(() -> builder.reasons("503"))
                .hasMessage("reason \"503\" must be a letter followed by letters, digits, '_' or '-'");
        assertThatThrownBy(() -> builder.reasons("stream.gone"))
                .hasMessage("reason \"stream.gone\" must be a letter followed by letters, digits, '_' or '-'");
        assertThatThrownBy(() -> builder.origins("livestream"))
                .hasMessage("origins live-stream and livestream cannot be told apart");
        assertThat(builder.origins("live-stream").build().origin("LiveStream")).contains("live-stream");
    }

    private static ReconnectOverrides<ChatEnd> parse(Map<String, ?> options) {
        return ReconnectOverrides.parse(options, ChatEnd.VOCABULARY);
    }

    private static Optional<ReconnectDirective> found(ReconnectOverrides<ChatEnd> overrides, Cause<ChatEnd> cause) {
        return overrides.find(cause).map(ReconnectOverrides.Option::directive);
    }

    private static void refuses(Map<String, ?> options, String message) {
        assertThatThrownBy(() -> parse(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
