package dev.whatsappmd.localserver.pairing;

/** A phone could not link a device; the message says why. */
public final class PairingRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PairingRefusedException(String message) {
        super(message);
    }
}
