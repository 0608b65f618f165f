package dev.whatsappmd.engine.noise;

import dev.whatsappmd.engine.crypto.Curve25519;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Which servers are believed: those with a certificate chain that ends at this root key. Immutable; the array must not be
 * written to.
 *
 * @param rootPublicKey 32 raw bytes
 */
public record ServerTrust(byte[] rootPublicKey) {
    /** WhatsApp's production root (Baileys Defaults, WA_CERT_DETAILS; whatsmeow handshake.go, WACertPubKey). */
    public static final ServerTrust WHATSAPP =
            ofHex("142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b");

    public ServerTrust {
        if (rootPublicKey.length != Curve25519.KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "a Noise root key has " + Curve25519.KEY_LENGTH + " bytes, not " + rootPublicKey.length);
        }
        rootPublicKey = rootPublicKey.clone();
    }

    /** @param rootPublicKey 64 hexadecimal digits */
    public static ServerTrust ofHex(String rootPublicKey) {
        byte[] key;
        try {
            key = HexFormat.of().parseHex(rootPublicKey);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"" + rootPublicKey + "\" is no Noise root key: write its 32 bytes as 64 hexadecimal digits", e);
        }
        return new ServerTrust(key);
    }

    /**
     * Refuses a server that is not believed.
     *
     * @param certificateChain the encoded CertChain message
     * @param serverStaticKey the key that the handshake proved the server has
     */
    public void verify(byte[] certificateChain, byte[] serverStaticKey, Instant now) throws UntrustedServerException {
        CertificateChain.verify(certificateChain, rootPublicKey, serverStaticKey, now);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerTrust trust && Arrays.equals(rootPublicKey, trust.rootPublicKey);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(rootPublicKey);
    }

    @Override
    public String toString() {
        return "ServerTrust[" + (equals(WHATSAPP) ? "WhatsApp" : "own root key") + "]";
    }
}
