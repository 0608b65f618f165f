package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.pairing.DeviceConfig;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.reconnect.ReconnectPolicy;
import java.time.Duration;

/** What the session has to know to decide; the rest of the options is for those that carry out. */
public record SessionSettings(
        String sessionId,
        DeviceConfig device,
        Pairing pairing,
        boolean markOnlineOnConnect,
        Duration connectTimeout,
        Duration queryTimeout,
        Duration keepAliveInterval,
        Duration keepAliveTimeout,
        Duration routeDecisionTimeout,
        int maximumDeliveries,
        int maxPendingExchanges,
        ReconnectPolicy<WhatsAppDisconnectKind> policy) {
    /** How long one question on the way to open may wait for its answer. */
    Duration step() {
        return connectTimeout.compareTo(queryTimeout) < 0 ? connectTimeout : queryTimeout;
    }
}
