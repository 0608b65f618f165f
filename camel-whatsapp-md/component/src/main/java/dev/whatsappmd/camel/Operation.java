package dev.whatsappmd.camel;

import dev.whatsappmd.engine.client.WhatsAppClient;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.camel.Message;

/** What a producer can do. */
enum Operation {
    /** Makes the session's status the body. */
    STATUS("status", false, Operation::status),
    /** Asks for a code to type on the phone, as long as this device is not linked. */
    REQUEST_PAIRING_CODE("requestPairingCode", false, PairingCodeRequest::read),
    /** Shows this device as online, or as not. */
    PRESENCE("presence", true, PresenceRequest::read),
    /** Ends a wait, a park or a stop now. */
    RECONNECT("reconnect", false, Operation::reconnect),
    /** Opens a new pairing window; not for a device that is linked. */
    RELINK("relink", false, (message, options) -> WhatsAppClient::relink),
    /** Delivers again what failed as often as it may; the body becomes how many that are. */
    REDELIVER("redeliver", false, Operation::redeliver),
    /** Unlinks this device. */
    LOGOUT("logout", true, (message, options) -> WhatsAppClient::logout);

    private final String wireName;
    private final boolean needsOpen;
    private final Reader reader;

    /** What has been asked for, ready to be done. */
    interface Call {
        /**
         * Blocks for nothing.
         *
         * @return completes when it is done and the message holds the result, on any thread; fails with an {@link
         *     IllegalStateException} that says why the session or the server would not
         */
        CompletableFuture<?> on(WhatsAppClient client);
    }

    /** Takes from a message what an operation needs to know, before anything is waited for. */
    interface Reader {
        /**
         * @param options those that the session runs with; headers win over them
         * @throws IllegalArgumentException the message asks for what the operation cannot do, or lacks something
         */
        Call read(Message message, WhatsAppMdConfiguration options);
    }

    Operation(String wireName, boolean needsOpen, Reader reader) {
        this.wireName = wireName;
        this.needsOpen = needsOpen;
        this.reader = reader;
    }

    String wireName() {
        return wireName;
    }

    /** Whether it waits, as long as {@code operationTimeout} says, for a session that is not open. */
    boolean needsOpen() {
        return needsOpen;
    }

    /** @see Reader#read */
    Call read(Message message, WhatsAppMdConfiguration options) {
        return reader.read(message, options);
    }

    /**
     * @param source the option or header the text comes from
     * @throws IllegalArgumentException when there is no such operation; lists those there are
     */
    static Operation parse(String source, String text) {
        return Arrays.stream(values())
                .filter(one -> one.wireName.equalsIgnoreCase(text.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        source + "=" + text + ": there is no such operation; this version has " + list()));
    }

    static String list() {
        return Arrays.stream(values()).map(Operation::wireName).collect(Collectors.joining(", "));
    }

    private static Call status(Message message, WhatsAppMdConfiguration options) {
        return client -> {
            message.setBody(client.status());
            return CompletableFuture.completedFuture(null);
        };
    }

    private static Call reconnect(Message message, WhatsAppMdConfiguration options) {
        return client -> {
            client.reconnect();
            return CompletableFuture.completedFuture(null);
        };
    }

    private static Call redeliver(Message message, WhatsAppMdConfiguration options) {
        return client -> client.redeliverFailed().thenAccept(message::setBody);
    }
}
