package dev.whatsappmd.camel;

import org.apache.camel.spi.Metadata;

/** Names of the message headers. */
public final class WhatsAppMdConstants {
    // On every exchange of a consumer

    @Metadata(
            label = "consumer",
            description = "The alias of the session, as in the endpoint's URI.",
            javaType = "String",
            important = true)
    public static final String SESSION_ID = "CamelWhatsAppMdSessionId";

    @Metadata(
            label = "consumer",
            description = "What kind of exchange this is.",
            javaType = "String",
            enums = "connection,message,receipt,presence,call",
            important = true)
    public static final String EVENT = "CamelWhatsAppMdEvent";

    @Metadata(
            label = "consumer",
            description =
                    "Counts the connections of the session since its routes were started, from 1; 0 before the first.",
            javaType = "Long")
    public static final String GENERATION = "CamelWhatsAppMdGeneration";

    // On connection exchanges

    @Metadata(
            label = "consumer",
            description = "The new state of the connection; absent when the update changes something else.",
            javaType = "String",
            enums = "connecting,open,close",
            important = true)
    public static final String CONNECTION_STATE = "CamelWhatsAppMdConnectionState";

    @Metadata(
            label = "consumer",
            description = "The text to show as a QR code, which the phone scans under Linked devices. Each replaces the"
                    + " one before.",
            javaType = "String",
            important = true)
    public static final String QR = "CamelWhatsAppMdQr";

    @Metadata(
            label = "consumer",
            description = "The QR code as a PNG image; there whenever the text is.",
            javaType = "byte[]")
    public static final String QR_PNG = "CamelWhatsAppMdQrPng";

    @Metadata(
            description = "The code to type on the phone: on an exchange of a consumer, and as the result of"
                    + " requestPairingCode. For requestPairingCode also a code of one's own, eight letters or digits; wins"
                    + " over the option.",
            javaType = "String",
            important = true)
    public static final String PAIRING_CODE = "CamelWhatsAppMdPairingCode";

    @Metadata(label = "consumer", description = "True once this device has been paired.", javaType = "Boolean")
    public static final String IS_NEW_LOGIN = "CamelWhatsAppMdIsNewLogin";

    @Metadata(
            label = "consumer",
            description = "False at the start of a connection, true once all that the server kept for this device has"
                    + " been taken in.",
            javaType = "Boolean")
    public static final String RECEIVED_PENDING_NOTIFICATIONS = "CamelWhatsAppMdReceivedPendingNotifications";

    @Metadata(label = "consumer", description = "Whether this device is shown as online.", javaType = "Boolean")
    public static final String IS_ONLINE = "CamelWhatsAppMdIsOnline";

    // On connection exchanges with the state close

    @Metadata(
            label = "consumer",
            description = "On close: the status code, with the numbers of Baileys' DisconnectReason.",
            javaType = "Integer",
            important = true)
    public static final String DISCONNECT_CODE = "CamelWhatsAppMdDisconnectCode";

    @Metadata(
            label = "consumer",
            description =
                    "On close: the name in Baileys' DisconnectReason (such as connectionReplaced), or the kind where"
                            + " that has none.",
            javaType = "String",
            important = true)
    public static final String DISCONNECT_REASON = "CamelWhatsAppMdDisconnectReason";

    @Metadata(
            label = "consumer",
            description = "On close: the layer the code came from. The same number means different things on different"
                    + " layers.",
            javaType = "String",
            enums = "failure,stream,socket,local")
    public static final String DISCONNECT_ORIGIN = "CamelWhatsAppMdDisconnectOrigin";

    @Metadata(label = "consumer", description = "On close: what it means, such as LOGGED_OUT.", javaType = "String")
    public static final String DISCONNECT_KIND = "CamelWhatsAppMdDisconnectKind";

    @Metadata(
            label = "consumer",
            description =
                    "On close: what happens next, as the options decide. A route that sets it has the last word: now,"
                            + " backoff, park, stop or relink, after backoff and park also with a duration (park:10m).",
            javaType = "String",
            important = true)
    public static final String RECONNECT_ACTION = "CamelWhatsAppMdReconnectAction";

    @Metadata(
            label = "consumer",
            description = "On close: the number of the coming attempt in this streak of failures, from 1; 0 when none"
                    + " follows by itself.",
            javaType = "Integer")
    public static final String RECONNECT_ATTEMPT = "CamelWhatsAppMdReconnectAttempt";

    @Metadata(
            label = "consumer",
            description = "On close: milliseconds until the coming attempt; absent when none follows by itself.",
            javaType = "Long")
    public static final String RECONNECT_DELAY = "CamelWhatsAppMdReconnectDelay";

    // On messages and other events

    @Metadata(
            label = "consumer",
            description = "On durable events: names the event, the same each time it is delivered. What an idempotent"
                    + " consumer goes by.",
            javaType = "String",
            important = true)
    public static final String DELIVERY_ID = "CamelWhatsAppMdDeliveryId";

    @Metadata(
            label = "consumer",
            description = "On durable events: whether it may have been delivered before, after a failure or a restart.",
            javaType = "Boolean",
            important = true)
    public static final String REDELIVERED = "CamelWhatsAppMdRedelivered";

    @Metadata(label = "consumer", description = "On messages: the id its sender gave it.", javaType = "String")
    public static final String MESSAGE_ID = "CamelWhatsAppMdMessageId";

    @Metadata(
            label = "consumer",
            description = "The chat it belongs to: where an answer goes.",
            javaType = "String",
            important = true)
    public static final String CHAT = "CamelWhatsAppMdChat";

    @Metadata(
            label = "consumer",
            description = "Who sent it, as the server named the person.",
            javaType = "String",
            important = true)
    public static final String SENDER = "CamelWhatsAppMdSender";

    @Metadata(
            label = "consumer",
            description = "On messages: the sender's hidden address (LID), when it is known.",
            javaType = "String")
    public static final String SENDER_LID = "CamelWhatsAppMdSenderLid";

    @Metadata(
            label = "consumer",
            description = "On messages: the sender's address with the phone number, when it is known.",
            javaType = "String")
    public static final String SENDER_PN = "CamelWhatsAppMdSenderPn";

    @Metadata(
            label = "consumer",
            description = "On messages: whether this account sent it, from another device.",
            javaType = "Boolean")
    public static final String FROM_ME = "CamelWhatsAppMdFromMe";

    @Metadata(
            label = "consumer",
            description = "On messages: what it is, such as text, image, reaction or unreadable.",
            javaType = "String",
            important = true)
    public static final String MESSAGE_KIND = "CamelWhatsAppMdMessageKind";

    @Metadata(
            label = "consumer",
            description = "On messages: when it was sent, in seconds since 1970; 0 when the server does not say.",
            javaType = "Long")
    public static final String MESSAGE_TIMESTAMP = "CamelWhatsAppMdMessageTimestamp";

    @Metadata(label = "consumer", description = "On messages: how the sender calls himself.", javaType = "String")
    public static final String PUSH_NAME = "CamelWhatsAppMdPushName";

    @Metadata(
            label = "consumer",
            description = "Whether it waited at the server while this device was away.",
            javaType = "Boolean")
    public static final String OFFLINE = "CamelWhatsAppMdOffline";

    @Metadata(
            label = "consumer",
            description = "On receipts: the server's word, such as delivery, read or played.",
            javaType = "String")
    public static final String RECEIPT_TYPE = "CamelWhatsAppMdReceiptType";

    @Metadata(
            label = "consumer",
            description = "On calls: offer, accept, reject, timeout or terminate.",
            javaType = "String")
    public static final String CALL_STATUS = "CamelWhatsAppMdCallStatus";

    // For producers

    @Metadata(
            label = "producer",
            description = "What the producer does; wins over the option.",
            javaType = "String",
            enums = "status,requestPairingCode,presence,reconnect,relink,redeliver,logout",
            important = true)
    public static final String OPERATION = "CamelWhatsAppMdOperation";

    @Metadata(
            label = "producer",
            description =
                    "For requestPairingCode: the number of the phone, with its country code; wins over the option.",
            javaType = "String")
    public static final String PHONE_NUMBER = "CamelWhatsAppMdPhoneNumber";

    @Metadata(
            label = "producer",
            description = "For presence: what to show this device as; without it the body says so.",
            javaType = "String",
            enums = "available,unavailable")
    public static final String PRESENCE = "CamelWhatsAppMdPresence";

    private WhatsAppMdConstants() {}
}
