package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.crypto.AesCbc;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Hkdf;
import dev.whatsappmd.engine.crypto.Hmac;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The keys of one message of a session: derived from its seed, used once. */
final class MessageKeys {
    static final int MAC_LENGTH = 8;

    private static final byte[] INFO = "WhisperMessageKeys".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY_LENGTH = 32;

    private final byte[] cipherKey;
    private final byte[] macKey;
    private final byte[] iv;

    MessageKeys(byte[] seed) {
        byte[] derived = Hkdf.sha256(seed, null, INFO, 2 * KEY_LENGTH + AesCbc.IV_LENGTH);
        cipherKey = Arrays.copyOf(derived, KEY_LENGTH);
        macKey = Arrays.copyOfRange(derived, KEY_LENGTH, 2 * KEY_LENGTH);
        iv = Arrays.copyOfRange(derived, 2 * KEY_LENGTH, derived.length);
    }

    byte[] encrypt(byte[] plaintext) {
        return AesCbc.encrypt(cipherKey, iv, plaintext);
    }

    /** @throws SignalException {@code BAD_MESSAGE}: whoever made the MAC made no whole blocks or padding */
    byte[] decrypt(byte[] ciphertext) throws SignalException {
        try {
            return AesCbc.decrypt(cipherKey, iv, ciphertext);
        } catch (CryptoException e) {
            throw new SignalException(Reason.BAD_MESSAGE, "the message's MAC holds, but " + e.getMessage());
        }
    }

    /** @param sender the 33 bytes of its identity key; @param receiver likewise */
    byte[] mac(byte[] sender, byte[] receiver, byte[] versionAndMessage) {
        return Arrays.copyOf(Hmac.sha256(macKey, sender, receiver, versionAndMessage), MAC_LENGTH);
    }
}
