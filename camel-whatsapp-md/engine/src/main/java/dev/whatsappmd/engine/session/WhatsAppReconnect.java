package dev.whatsappmd.engine.session;

import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.ACCOUNT_LOCKED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.BANNED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.CLIENT_OUTDATED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.CLOSED_BY_US;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.EVICTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.LINK_REJECTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.LOGGED_OUT;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.PAIRING_EXPIRED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.PAIRING_UNSUPPORTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.PROTOCOL_ERROR;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.RATE_LIMITED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.REFUSED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.RESTART_REQUESTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.SERVER_UNAVAILABLE;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.TEMPORARILY_BANNED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.TRANSPORT_LOST;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNKNOWN;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNREACHABLE;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNRESPONSIVE;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNTRUSTED_SERVER;
import static dev.whatsappmd.reconnect.ReconnectDirective.backoff;
import static dev.whatsappmd.reconnect.ReconnectDirective.none;
import static dev.whatsappmd.reconnect.ReconnectDirective.now;
import static dev.whatsappmd.reconnect.ReconnectDirective.park;
import static dev.whatsappmd.reconnect.ReconnectDirective.stop;
import static dev.whatsappmd.reconnect.ReconnectRule.of;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import dev.whatsappmd.engine.channel.DisconnectTable;
import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.reconnect.ReconnectOverrides;
import dev.whatsappmd.reconnect.ReconnectPolicy;
import dev.whatsappmd.reconnect.ReconnectSettings;
import dev.whatsappmd.reconnect.RuleTable;
import dev.whatsappmd.reconnect.Vocabulary;
import java.util.Map;

/** What is done about each kind of end unless options say otherwise, and the words that those options may use. */
public final class WhatsAppReconnect {
    /** One rule for each kind. */
    public static final RuleTable<WhatsAppDisconnectKind> RULES = RuleTable.builder(WhatsAppDisconnectKind.class)
            .rule(RESTART_REQUESTED, of(now()).then(backoff()))
            // Two processes with one identity evict each other for as long as both come back at once.
            .rule(EVICTED, of(park(ofSeconds(30))).window(5, ofMinutes(10), stop()))
            .rule(LOGGED_OUT, of(stop()).evenUnderAlways())
            .rule(LINK_REJECTED, of(stop()).evenUnderAlways())
            .rule(ACCOUNT_LOCKED, of(stop()).evenUnderAlways())
            .rule(
                    TEMPORARILY_BANNED,
                    of(park(ofHours(1))).durationFromCause().attempts(1, stop()).evenUnderAlways())
            .rule(BANNED, of(stop()).evenUnderAlways())
            .rule(CLIENT_OUTDATED, of(stop()))
            .rule(REFUSED, of(backoff(ofMinutes(1))).attempts(3, stop()))
            .rule(SERVER_UNAVAILABLE, of(backoff()))
            .rule(RATE_LIMITED, of(backoff(ofMinutes(1))))
            .rule(PROTOCOL_ERROR, of(backoff()))
            .rule(TRANSPORT_LOST, of(backoff()))
            .rule(UNREACHABLE, of(backoff()))
            .rule(UNRESPONSIVE, of(backoff()))
            .rule(PAIRING_EXPIRED, of(stop()).evenUnderAlways())
            .rule(PAIRING_UNSUPPORTED, of(stop()))
            .rule(UNTRUSTED_SERVER, of(stop()).evenUnderAlways())
            .rule(CLOSED_BY_US, of(none()).evenUnderAlways())
            .rule(UNKNOWN, of(backoff()).attempts(10, park(ofHours(1))))
            .build();

    private static final Vocabulary<WhatsAppDisconnectKind> VOCABULARY = Vocabulary.builder(RULES)
            .reasons(
                    "connectionClosed",
                    "connectionLost",
                    "connectionReplaced",
                    "timedOut",
                    "loggedOut",
                    "badSession",
                    "restartRequired",
                    "multideviceMismatch",
                    "forbidden",
                    "unavailableService")
            .origins(
                    DisconnectOrigin.FAILURE.wireName(),
                    DisconnectOrigin.STREAM.wireName(),
                    DisconnectOrigin.SOCKET.wireName(),
                    DisconnectOrigin.LOCAL.wireName())
            .codes(408, 411, 428, 440)
            .codes(DisconnectTable.CODES)
            .onlyByKind(UNTRUSTED_SERVER)
            .build();

    private WhatsAppReconnect() {}

    /**
     * The policy of one session.
     *
     * @param overrides the {@code on.<what>=<action>} options without their prefix
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    public static ReconnectPolicy<WhatsAppDisconnectKind> policy(ReconnectSettings settings, Map<String, ?> overrides) {
        return new ReconnectPolicy<>(settings, RULES, ReconnectOverrides.parse(overrides, VOCABULARY));
    }
}
