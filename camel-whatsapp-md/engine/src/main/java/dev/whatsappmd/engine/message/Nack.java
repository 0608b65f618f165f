package dev.whatsappmd.engine.message;

/** Why a stanza was not taken, as numbers of the wire (WhatsApp Web's {@code NackReason}). */
enum Nack {
    /** It makes no sense: no sender, no id, an address of no known kind. */
    PARSING_ERROR(487),
    /** A message with nothing in it that could be decrypted. */
    UNRECOGNIZED_STANZA(488),
    /** Decrypted, but it is no message. */
    INVALID_PROTOBUF(491),
    /** Encrypted with the secret of another message, which only the phone has. */
    MISSING_MESSAGE_SECRET(495),
    /** Something here went wrong. */
    UNHANDLED_ERROR(500);

    private final int code;

    Nack(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
