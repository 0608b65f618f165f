package dev.whatsappmd.engine.pairing;

import dev.whatsappmd.engine.crypto.AesGcm;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.Hkdf;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.Credentials;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** A phone into which a code is typed: the other half of {@link PairingCode}, for tests. */
public final class TypingPhone {
    private final KeyPair identity = Curve25519.generateKeyPair(new Random(11));
    private final KeyPair ephemeral = Curve25519.generateKeyPair(new Random(12));
    private byte[] shared;

    /** What the server hands on when this code is typed for the client that said this hello. */
    public Node types(String code, Node companionHello, String ref) {
        Node body = companionHello.firstChild().orElseThrow();
        try {
            byte[] companion =
                    PairingCodeCipher.unwrap(code, content(body, "link_code_pairing_wrapped_companion_ephemeral_pub"));
            shared = Curve25519.agree(ephemeral.privateKey(), companion);
        } catch (CryptoException e) {
            throw new AssertionError(e);
        }
        return Node.builder("notification")
                .attribute("from", "s.whatsapp.net")
                .attribute("id", "primary-hello-1")
                .attribute("type", "link_code_companion_reg")
                .child(Node.builder("link_code_companion_reg")
                        .attribute("stage", "primary_hello")
                        .child(bytes(
                                "link_code_pairing_wrapped_primary_ephemeral_pub",
                                PairingCodeCipher.wrap(code, ephemeral.publicKey(), new Random(13))))
                        .child(bytes("primary_identity_pub", identity.publicKey()))
                        .child(bytes("link_code_pairing_ref", ref.getBytes(StandardCharsets.US_ASCII)))
                        .build())
                .build();
    }

    /**
     * The credentials as the companion has to have them now.
     *
     * @throws CryptoException the code was a wrong one
     */
    public Credentials agreed(Node companionFinish, Credentials companion) throws CryptoException {
        byte[] wrapped = content(companionFinish.firstChild().orElseThrow(), "link_code_pairing_wrapped_key_bundle");
        byte[] key = Hkdf.sha256(
                shared,
                Arrays.copyOf(wrapped, 32),
                "link_code_pairing_key_bundle_encryption_key".getBytes(StandardCharsets.US_ASCII),
                32);
        byte[] bundle = new AesGcm(key)
                .decrypt(
                        Arrays.copyOfRange(wrapped, 32, 44),
                        new byte[0],
                        Arrays.copyOfRange(wrapped, 44, wrapped.length));
        byte[] identities =
                Curve25519.agree(identity.privateKey(), companion.identityKey().publicKey());
        byte[] secret = Hkdf.sha256(
                Bytes.concat(shared, identities, Arrays.copyOfRange(bundle, 64, 96)),
                null,
                "adv_secret".getBytes(StandardCharsets.US_ASCII),
                32);
        return companion.toBuilder().advSecret(secret).build();
    }

    private static byte[] content(Node body, String tag) {
        return body.child(tag).flatMap(Node::bytes).orElseThrow();
    }

    private static Node bytes(String tag, byte[] content) {
        return Node.builder(tag).bytes(content).build();
    }
}
