package dev.whatsappmd.engine.crypto;

/**
 * Something that came from outside does not hold: an authentication tag, a MAC, a padding, a public key.
 *
 * <p>Checked, because the data is not ours and every caller has to decide what its failure means. The message never
 * contains key material or plaintext.
 */
public class CryptoException extends Exception {
    private static final long serialVersionUID = 1L;

    public CryptoException(String message) {
        super(message);
    }

    public CryptoException(String message, Throwable cause) {
        super(message, cause);
    }
}
