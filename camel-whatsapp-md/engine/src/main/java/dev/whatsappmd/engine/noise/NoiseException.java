package dev.whatsappmd.engine.noise;

/**
 * The other side broke the protocol: a handshake message that cannot be read, a tag that does not hold. The connection is of
 * no further use. Messages contain no key and no payload.
 */
public class NoiseException extends Exception {
    private static final long serialVersionUID = 1L;

    public NoiseException(String message) {
        super(message);
    }

    public NoiseException(String message, Throwable cause) {
        super(message, cause);
    }
}
