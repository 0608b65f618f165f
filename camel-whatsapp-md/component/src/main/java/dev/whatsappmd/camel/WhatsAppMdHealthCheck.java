package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.SessionStatus;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Whether a session can be used: readiness, never liveness, as a new process would not connect any better. A session that
 * is getting back its connection is given some time before it counts as down, or every short loss would take an instance
 * out of service; one that has been stopped is down at once.
 */
final class WhatsAppMdHealthCheck extends AbstractHealthCheck {
    /** How long a session may be without a connection and still be up. */
    static final Duration GRACE = Duration.ofSeconds(60);

    private final WhatsAppMdEndpoint endpoint;

    WhatsAppMdHealthCheck(WhatsAppMdEndpoint endpoint) {
        super("camel", "whatsappmd-" + endpoint.getSessionId());
        this.endpoint = endpoint;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        builder.detail("session.id", endpoint.getSessionId());
        Optional<SharedSession.Running> running =
                endpoint.getComponent().sessions().find(endpoint.getSessionId()).flatMap(SharedSession::running);
        if (running.isEmpty()) {
            builder.message("The session is not running").unknown();
            return;
        }
        judge(builder, running.get().client().status(), running.get().watch().notOpenFor());
    }

    static void judge(HealthCheckResultBuilder builder, SessionStatus status, Duration notOpenFor) {
        builder.detail("phase", status.phase());
        builder.detail("generation", status.generation());
        LastDisconnect last = status.lastDisconnect();
        if (last != null) {
            builder.detail("disconnect.code", last.error().output().statusCode());
            builder.detail("disconnect.reason", last.reason());
            builder.detail("disconnect.kind", last.kind().name());
        }
        if (status.reconnect() != null) {
            builder.detail("reconnect.action", status.reconnect().action());
        }
        if (status.phase().equals("open")) {
            builder.up();
        } else if (status.phase().equals(SessionWatch.HALTED)) {
            builder.message("The session has been stopped" + after(last)
                            + "; restart the route or use the operation reconnect")
                    .down();
        } else if (notOpenFor.compareTo(GRACE) < 0) {
            builder.message("Connecting" + after(last)).up();
        } else if (!status.registered()) {
            builder.message("This device is not linked yet: scan the QR code with the phone")
                    .down();
        } else {
            builder.message("Without a connection for " + notOpenFor.toSeconds() + " s" + after(last))
                    .down();
        }
    }

    private static String after(LastDisconnect last) {
        return last == null
                ? ""
                : " after " + last.error().output().statusCode() + " " + last.reason() + " (" + last.kind() + ")";
    }
}
