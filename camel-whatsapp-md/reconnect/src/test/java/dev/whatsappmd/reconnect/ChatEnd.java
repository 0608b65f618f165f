package dev.whatsappmd.reconnect;

import static dev.whatsappmd.reconnect.ReconnectDirective.backoff;
import static dev.whatsappmd.reconnect.ReconnectDirective.none;
import static dev.whatsappmd.reconnect.ReconnectDirective.now;
import static dev.whatsappmd.reconnect.ReconnectDirective.park;
import static dev.whatsappmd.reconnect.ReconnectDirective.stop;
import static dev.whatsappmd.reconnect.Resumption.FRESH;
import static dev.whatsappmd.reconnect.Resumption.RESUME;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.Optional;

/** The ends of a sample chat protocol, with a row for every kind of rule there is. */
enum ChatEnd implements DisconnectKind {
    RESTART_REQUESTED(true, RESUME),
    EVICTED(false, RESUME),
    LOGGED_OUT(false, FRESH),
    LINK_REJECTED(false, FRESH),
    ACCOUNT_LOCKED(false, FRESH),
    TEMPORARILY_BANNED(false, RESUME),
    BANNED(false, FRESH),
    CLIENT_OUTDATED(false, RESUME),
    REFUSED(false, RESUME),
    SERVER_UNAVAILABLE(false, RESUME),
    RATE_LIMITED(false, RESUME),
    PROTOCOL_ERROR(false, RESUME),
    TRANSPORT_LOST(false, RESUME),
    UNREACHABLE(false, RESUME),
    UNRESPONSIVE(false, RESUME),
    PAIRING_EXPIRED(true, FRESH),
    UNTRUSTED_SERVER(false, RESUME),
    CLOSED_BY_US(true, RESUME),
    UNKNOWN(false, RESUME);

    static final CodeTable<ChatEnd> CODES = CodeTable.builder(UNKNOWN)
            .codes(RESTART_REQUESTED, "stream", 515)
            .codes(EVICTED, "stream", 409, 440)
            .codes(LOGGED_OUT, "stream", 401, 516)
            .codes(LOGGED_OUT, "failure", 401)
            .codes(ACCOUNT_LOCKED, "failure", 403)
            .codes(TEMPORARILY_BANNED, "failure", 402)
            .codes(BANNED, "failure", 406)
            .codes(CLIENT_OUTDATED, "failure", 405)
            .codes(REFUSED, "failure", 400, 409, 413, 414, 415, 418, 501)
            .codes(SERVER_UNAVAILABLE, "failure", 500, 503)
            .codes(SERVER_UNAVAILABLE, "stream", 500, 503)
            .codes(RATE_LIMITED, "stream", 429)
            .codes(RATE_LIMITED, "failure", 429)
            .everyOther(TRANSPORT_LOST, "socket")
            .codes(UNRESPONSIVE, "local", 408)
            .build();

    static final RuleTable<ChatEnd> RULES = RuleTable.builder(ChatEnd.class)
            .rule(RESTART_REQUESTED, ReconnectRule.of(now()).then(backoff()))
            .rule(EVICTED, ReconnectRule.of(park(ofSeconds(30))).window(5, ofMinutes(10), stop()))
            .rule(LOGGED_OUT, ReconnectRule.of(stop()).evenUnderAlways())
            .rule(LINK_REJECTED, ReconnectRule.of(stop()).evenUnderAlways())
            .rule(ACCOUNT_LOCKED, ReconnectRule.of(stop()).evenUnderAlways())
            .rule(
                    TEMPORARILY_BANNED,
                    ReconnectRule.of(park(ofHours(1))).durationFromCause().attempts(1, stop()))
            .rule(BANNED, ReconnectRule.of(stop()).evenUnderAlways())
            .rule(CLIENT_OUTDATED, ReconnectRule.of(stop()))
            .rule(REFUSED, ReconnectRule.of(backoff(ofMinutes(1))).attempts(3, stop()))
            .rule(SERVER_UNAVAILABLE, ReconnectRule.of(backoff()))
            .rule(RATE_LIMITED, ReconnectRule.of(backoff(ofMinutes(1))))
            .rule(PROTOCOL_ERROR, ReconnectRule.of(backoff()))
            .rule(TRANSPORT_LOST, ReconnectRule.of(backoff()))
            .rule(UNREACHABLE, ReconnectRule.of(backoff()))
            .rule(UNRESPONSIVE, ReconnectRule.of(backoff()))
            .rule(PAIRING_EXPIRED, ReconnectRule.of(stop()))
            .rule(UNTRUSTED_SERVER, ReconnectRule.of(stop()).evenUnderAlways())
            .rule(CLOSED_BY_US, ReconnectRule.of(none()))
            .rule(UNKNOWN, ReconnectRule.of(backoff()).attempts(10, park(ofHours(1))))
            .build();

    static final Vocabulary<ChatEnd> VOCABULARY = Vocabulary.builder(RULES)
            .codes(CODES)
            .codes(428)
            .reasons("connectionClosed", "connectionLost", "connectionReplaced", "timedOut", "loggedOut", "badSession")
            .onlyByKind(UNTRUSTED_SERVER)
            .build();

    private final boolean planned;
    private final Resumption resumption;

    ChatEnd(boolean planned, Resumption resumption) {
        this.planned = planned;
        this.resumption = resumption;
    }

    @Override
    public boolean planned() {
        return planned;
    }

    @Override
    public Resumption resumption() {
        return resumption;
    }

    /** A cause of this kind without a reason or code that any option in these tests names. */
    Cause<ChatEnd> cause() {
        return new Cause<>(this, "sample", new DisconnectCode("local", 1));
    }

    Cause<ChatEnd> cause(Duration hint) {
        return new Cause<>(this, "sample", new DisconnectCode("local", 1), Optional.of(hint));
    }

    Cause<ChatEnd> cause(String reason, String origin, int number) {
        return new Cause<>(this, reason, new DisconnectCode(origin, number));
    }
}
