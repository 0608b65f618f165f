package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.event.LastDisconnect;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** What of an update also stands in headers, for routes that decide by them. */
final class ConnectionHeaders {
    private ConnectionHeaders() {}

    static void set(Message message, ConnectionUpdate update) {
        message.setHeader(WhatsAppMdConstants.SESSION_ID, update.sessionId());
        message.setHeader(WhatsAppMdConstants.EVENT, EventKind.CONNECTION.wireName());
        message.setHeader(WhatsAppMdConstants.GENERATION, update.generation());
        if (update.connection() != null) {
            message.setHeader(
                    WhatsAppMdConstants.CONNECTION_STATE, update.connection().wireName());
        }
        if (update.qr() != null) {
            message.setHeader(WhatsAppMdConstants.QR, update.qr());
            message.setHeader(WhatsAppMdConstants.QR_PNG, QrPng.encode(QrCode.of(update.qr())));
        }
        given(message, WhatsAppMdConstants.PAIRING_CODE, update.pairingCode());
        given(message, WhatsAppMdConstants.IS_NEW_LOGIN, update.isNewLogin());
        given(message, WhatsAppMdConstants.RECEIVED_PENDING_NOTIFICATIONS, update.receivedPendingNotifications());
        given(message, WhatsAppMdConstants.IS_ONLINE, update.isOnline());
        if (update.lastDisconnect() != null) {
            disconnect(message, update.lastDisconnect());
        }
        if (update.reconnect() != null) {
            reconnect(message, update.reconnect());
        }
    }

    private static void disconnect(Message message, LastDisconnect last) {
        message.setHeader(
                WhatsAppMdConstants.DISCONNECT_CODE, last.error().output().statusCode());
        message.setHeader(WhatsAppMdConstants.DISCONNECT_REASON, last.reason());
        message.setHeader(WhatsAppMdConstants.DISCONNECT_ORIGIN, last.origin().wireName());
        message.setHeader(WhatsAppMdConstants.DISCONNECT_KIND, last.kind().name());
    }

    private static void reconnect(Message message, ConnectionUpdate.Reconnect next) {
        message.setHeader(WhatsAppMdConstants.RECONNECT_ACTION, next.action());
        message.setHeader(WhatsAppMdConstants.RECONNECT_ATTEMPT, next.attempt());
        given(message, WhatsAppMdConstants.RECONNECT_DELAY, next.delay());
    }

    private static void given(Message message, String name, @Nullable Object value) {
        if (value != null) {
            message.setHeader(name, value);
        }
    }
}
