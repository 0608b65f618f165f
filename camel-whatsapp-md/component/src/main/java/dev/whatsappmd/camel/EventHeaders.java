package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.CallEvent;
import dev.whatsappmd.engine.event.Delivery;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.event.PresenceEvent;
import dev.whatsappmd.engine.event.ReceiptEvent;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** What of an event also stands in headers, for routes that decide by them. */
final class EventHeaders {
    private EventHeaders() {}

    static void set(Message message, SessionMember member, EventKind kind, Object event) {
        message.setHeader(WhatsAppMdConstants.SESSION_ID, member.endpoint().getSessionId());
        message.setHeader(WhatsAppMdConstants.EVENT, kind.wireName());
        message.setHeader(WhatsAppMdConstants.GENERATION, member.generation());
        if (event instanceof MessageEvent came) {
            message(message, came);
        } else if (event instanceof ReceiptEvent receipt) {
            receipt(message, receipt);
        } else if (event instanceof PresenceEvent presence) {
            presence(message, presence);
        } else if (event instanceof CallEvent call) {
            call(message, call);
        }
    }

    static void set(Message message, Delivery delivery) {
        message.setHeader(WhatsAppMdConstants.DELIVERY_ID, delivery.deliveryId());
        message.setHeader(WhatsAppMdConstants.REDELIVERED, delivery.redelivered());
    }

    private static void message(Message message, MessageEvent event) {
        message.setHeader(WhatsAppMdConstants.MESSAGE_ID, event.key().id());
        given(message, WhatsAppMdConstants.CHAT, event.chat());
        message.setHeader(WhatsAppMdConstants.SENDER, event.sender().jid());
        given(message, WhatsAppMdConstants.SENDER_LID, event.sender().lid());
        given(message, WhatsAppMdConstants.SENDER_PN, event.sender().pn());
        message.setHeader(WhatsAppMdConstants.FROM_ME, event.key().fromMe());
        message.setHeader(
                WhatsAppMdConstants.MESSAGE_KIND, event.content().kind().toString());
        message.setHeader(WhatsAppMdConstants.MESSAGE_TIMESTAMP, event.messageTimestamp());
        given(message, WhatsAppMdConstants.PUSH_NAME, event.pushName());
        message.setHeader(WhatsAppMdConstants.OFFLINE, event.offline());
    }

    private static void receipt(Message message, ReceiptEvent receipt) {
        given(message, WhatsAppMdConstants.CHAT, receipt.keys().get(0).remoteJid());
        message.setHeader(WhatsAppMdConstants.SENDER, receipt.userJid());
        message.setHeader(WhatsAppMdConstants.RECEIPT_TYPE, receipt.type());
        message.setHeader(WhatsAppMdConstants.OFFLINE, receipt.offline());
    }

    private static void presence(Message message, PresenceEvent presence) {
        message.setHeader(WhatsAppMdConstants.CHAT, presence.id());
    }

    private static void call(Message message, CallEvent call) {
        message.setHeader(WhatsAppMdConstants.CHAT, call.chatId());
        given(message, WhatsAppMdConstants.SENDER, call.from());
        message.setHeader(WhatsAppMdConstants.CALL_STATUS, call.status());
    }

    private static void given(Message message, String name, @Nullable Object value) {
        if (value != null) {
            message.setHeader(name, value);
        }
    }
}
