package dev.whatsappmd.localserver.contact;

/** What is wrong with a copy of a message, so that a client cannot read it. */
public enum MessageFault {
    /** One bit of the ciphertext is another: its MAC, or a group message's signature, does not hold. */
    TAMPERED,
    /** It names a one-time pre-key that the device never had. */
    WRONG_PRE_KEY,
    /** It belongs to a session that the device does not know: its beginning was lost. */
    UNKNOWN_SESSION,
    /** Its {@code <enc>} has a type that does not exist. */
    UNKNOWN_TYPE,
    /** Its {@code <enc>} is empty. */
    EMPTY,
    /** It decrypts to what is no protobuf: nothing to ask for again, its answer is error 491. */
    NO_PROTOBUF,
    /** It decrypts to padding that is longer than the message. */
    BAD_PADDING
}
