package dev.whatsappmd.camel;

import java.util.Optional;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * The operation {@code requestPairingCode}: for which phone, with which code. The result is the code to type, as body and
 * as header. No message of an error shows the number or the code.
 */
final class PairingCodeRequest {
    private PairingCodeRequest() {}

    /** @throws IllegalArgumentException no number is known */
    static Operation.Call read(Message message, WhatsAppMdConfiguration options) {
        String number = first(message, WhatsAppMdConstants.PHONE_NUMBER, options.getPhoneNumber())
                .orElseThrow(
                        () -> new IllegalArgumentException("requestPairingCode needs the number of the phone: set the"
                                + " header " + WhatsAppMdConstants.PHONE_NUMBER + " or the option phoneNumber"));
        Optional<String> own = first(message, WhatsAppMdConstants.PAIRING_CODE, options.getPairingCode());
        return client -> client.requestPairingCode(number, own).thenAccept(code -> {
            message.setBody(code);
            message.setHeader(WhatsAppMdConstants.PAIRING_CODE, code);
        });
    }

    private static Optional<String> first(Message message, String header, @Nullable String option) {
        String given = message.getHeader(header, String.class);
        return Optional.ofNullable(given == null || given.isBlank() ? option : given);
    }
}
