package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.pairing.DeviceConfig;
import dev.whatsappmd.reconnect.ReconnectPolicy;
import java.time.Duration;

/** What the session has to know to decide; the rest of the options is for those that carry out. */
public record SessionSettings(
        String sessionId,
        DeviceConfig device,
        boolean markOnlineOnConnect,
        Duration connectTimeout,
        Duration queryTimeout,
        Duration keepAliveInterval,
        Duration keepAliveTimeout,
        Duration routeDecisionTimeout,
        ReconnectPolicy<WhatsAppDisconnectKind> policy) {}
