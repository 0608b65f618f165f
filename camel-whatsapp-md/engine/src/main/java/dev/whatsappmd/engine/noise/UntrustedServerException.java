package dev.whatsappmd.engine.noise;

/**
 * The server did not prove that it is the one we trust; nothing about the account was sent to it. The message names the
 * rule that its certificate chain breaks.
 */
public class UntrustedServerException extends NoiseException {
    private static final long serialVersionUID = 1L;

    public UntrustedServerException(String message) {
        super(message);
    }

    public UntrustedServerException(String message, Throwable cause) {
        super(message, cause);
    }
}
