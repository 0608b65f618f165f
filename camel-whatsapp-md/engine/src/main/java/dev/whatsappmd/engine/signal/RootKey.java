package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.Hkdf;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A root key and the chain key that came out with it: KDF_RK of the Double Ratchet document, and the beginning that X3DH
 * gives.
 */
record RootKey(byte[] root, byte[] chain) {
    private static final int LENGTH = 32;
    private static final byte[] RATCHET_INFO = "WhisperRatchet".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] X3DH_INFO = "WhisperText".getBytes(StandardCharsets.US_ASCII);

    /** One step of the Diffie-Hellman ratchet. @throws SignalException {@code INVALID_KEY} */
    static RootKey step(byte[] root, byte[] ownPrivate, byte[] remoteRatchetKey) throws SignalException {
        return of(Hkdf.sha256(agree(ownPrivate, remoteRatchetKey), root, RATCHET_INFO, 2 * LENGTH));
    }

    /** From the agreements of X3DH, in their order (X3DH 2.2: F, DH1, DH2, DH3, DH4). */
    static RootKey ofAgreements(byte[]... agreements) {
        byte[] secret = new byte[LENGTH * (agreements.length + 1)];
        Arrays.fill(secret, 0, LENGTH, (byte) 0xff);
        for (int i = 0; i < agreements.length; i++) {
            System.arraycopy(agreements[i], 0, secret, LENGTH * (i + 1), LENGTH);
        }
        return of(Hkdf.sha256(secret, null, X3DH_INFO, 2 * LENGTH));
    }

    private static RootKey of(byte[] derived) {
        return new RootKey(Arrays.copyOf(derived, LENGTH), Arrays.copyOfRange(derived, LENGTH, 2 * LENGTH));
    }

    /** @throws SignalException {@code INVALID_KEY}: of low order */
    static byte[] agree(byte[] ownPrivate, byte[] remotePublic) throws SignalException {
        try {
            return Curve25519.agree(ownPrivate, remotePublic);
        } catch (CryptoException e) {
            throw new SignalException(Reason.INVALID_KEY, e.getMessage());
        }
    }
}
