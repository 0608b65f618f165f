package dev.whatsappmd.engine.signal;

import java.util.OptionalInt;

/**
 * A message that was read.
 *
 * @param plaintext with WhatsApp's own padding still at its end
 * @param identity what it said about the sender's identity key
 * @param newSession whether it opened a session that was not there before
 * @param usedPreKey the one-time pre-key that goes away in the same change; empty when none was used
 */
public record Decrypted(byte[] plaintext, IdentityChange identity, boolean newSession, OptionalInt usedPreKey) {
    /** Never the plaintext. */
    @Override
    public String toString() {
        return "Decrypted[" + plaintext.length + " bytes, identity " + identity + (newSession ? ", new session]" : "]");
    }
}
