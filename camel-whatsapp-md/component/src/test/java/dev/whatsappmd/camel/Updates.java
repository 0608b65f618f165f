package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import java.time.Instant;
import java.util.Map;

/** Updates as the engine tells them. */
final class Updates {
    private Updates() {}

    static ConnectionUpdate close(int code, String reason, DisconnectOrigin origin, WhatsAppDisconnectKind kind) {
        return close(code, reason, origin, kind, new ConnectionUpdate.Reconnect("backoff", 2, 1_500L, null));
    }

    static ConnectionUpdate close(
            int code,
            String reason,
            DisconnectOrigin origin,
            WhatsAppDisconnectKind kind,
            ConnectionUpdate.Reconnect next) {
        LastDisconnect last = new LastDisconnect(
                new LastDisconnect.Error(
                        "the server ended the stream: code " + code,
                        new LastDisconnect.Output(code),
                        Map.of("code", Integer.toString(code))),
                Instant.parse("2026-01-15T12:00:00Z"),
                origin,
                kind,
                reason);
        return ConnectionUpdate.builder("sales", 3)
                .connection(ConnectionState.CLOSE)
                .lastDisconnect(last)
                .reconnect(next)
                .build();
    }

    static ConnectionUpdate unavailable() {
        return close(503, "unavailableService", DisconnectOrigin.STREAM, WhatsAppDisconnectKind.SERVER_UNAVAILABLE);
    }
}
