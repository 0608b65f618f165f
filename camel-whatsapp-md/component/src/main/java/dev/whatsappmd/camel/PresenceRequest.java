package dev.whatsappmd.camel;

import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** The operation {@code presence}: the header, or else the body, says {@code available} or {@code unavailable}. */
final class PresenceRequest {
    private PresenceRequest() {}

    /** @throws IllegalArgumentException neither says so */
    static Operation.Call read(Message message, WhatsAppMdConfiguration options) {
        String header = message.getHeader(WhatsAppMdConstants.PRESENCE, String.class);
        boolean available = header == null ? inBody(message) : inHeader(header);
        return client -> client.presence(available);
    }

    private static boolean inHeader(String header) {
        Boolean available = available(header);
        if (available == null) {
            throw new IllegalArgumentException(
                    WhatsAppMdConstants.PRESENCE + "=" + header + ": expected available or unavailable");
        }
        return available;
    }

    /** A body can be anything, a message to somebody too: no error shows it. */
    private static boolean inBody(Message message) {
        Boolean available = message.getBody() instanceof String text ? available(text) : null;
        if (available == null) {
            throw new IllegalArgumentException("presence needs to know which: set the header "
                    + WhatsAppMdConstants.PRESENCE + ", or the body, to available or unavailable");
        }
        return available;
    }

    private static @Nullable Boolean available(String text) {
        String word = text.strip();
        if (word.equalsIgnoreCase("available")) {
            return true;
        }
        return word.equalsIgnoreCase("unavailable") ? false : null;
    }
}
