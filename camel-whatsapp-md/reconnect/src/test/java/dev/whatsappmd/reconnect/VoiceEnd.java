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

/** The ends of a sample voice gateway: one origin, codes from 4000, and a resume that is not always possible. */
enum VoiceEnd implements DisconnectKind {
    LINE_LOST(false, RESUME),
    SERVER_CRASHED(false, RESUME),
    IDENTIFY_AGAIN(false, FRESH),
    SESSION_INVALID(false, FRESH),
    SERVER_NOT_FOUND(false, FRESH),
    REMOVED(false, FRESH),
    CREDENTIALS_REFUSED(false, FRESH),
    RATE_LIMITED(false, RESUME),
    UNSUPPORTED(false, FRESH),
    LEFT(true, FRESH),
    UNKNOWN(false, FRESH);

    static final CodeTable<VoiceEnd> CODES = CodeTable.builder(UNKNOWN)
            .range(LINE_LOST, "close", Integer.MIN_VALUE, 3999)
            .codes(IDENTIFY_AGAIN, "close", 4003, 4005, 4009)
            .codes(SESSION_INVALID, "close", 4006)
            .codes(CREDENTIALS_REFUSED, "close", 4004)
            .codes(SERVER_NOT_FOUND, "close", 4011)
            .codes(UNSUPPORTED, "close", 4001, 4002, 4012, 4016, 4017, 4020)
            .codes(REMOVED, "close", 4014, 4022)
            .codes(SERVER_CRASHED, "close", 4015)
            .codes(RATE_LIMITED, "close", 4021)
            .codes(LEFT, "local", 0)
            .build();

    static final RuleTable<VoiceEnd> RULES = RuleTable.builder(VoiceEnd.class)
            .rule(LINE_LOST, ReconnectRule.of(now()).then(backoff()))
            .rule(SERVER_CRASHED, ReconnectRule.of(backoff()))
            .rule(IDENTIFY_AGAIN, ReconnectRule.of(now()).then(backoff()).attempts(3, stop()))
            .rule(SESSION_INVALID, ReconnectRule.of(now()).then(backoff()).attempts(3, stop()))
            .rule(SERVER_NOT_FOUND, ReconnectRule.of(park()))
            .rule(REMOVED, ReconnectRule.of(stop()).evenUnderAlways())
            .rule(CREDENTIALS_REFUSED, ReconnectRule.of(stop()).evenUnderAlways())
            .rule(RATE_LIMITED, ReconnectRule.of(park(ofMinutes(5))))
            .rule(UNSUPPORTED, ReconnectRule.of(stop()).evenUnderAlways())
            .rule(LEFT, ReconnectRule.of(none()))
            .rule(UNKNOWN, ReconnectRule.of(backoff()).attempts(10, park(ofHours(1))))
            .build();

    static final Vocabulary<VoiceEnd> VOCABULARY =
            Vocabulary.builder(RULES).codes(CODES).reasons("disconnected").build();

    private final boolean planned;
    private final Resumption resumption;

    VoiceEnd(boolean planned, Resumption resumption) {
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

    static Cause<VoiceEnd> closed(int number) {
        VoiceEnd kind = CODES.kindOf("close", number);
        return new Cause<>(kind, kind.name(), new DisconnectCode("close", number));
    }
}
