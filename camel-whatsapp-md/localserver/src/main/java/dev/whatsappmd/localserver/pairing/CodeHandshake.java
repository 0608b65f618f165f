package dev.whatsappmd.localserver.pairing;

import dev.whatsappmd.engine.crypto.AesCtr;
import dev.whatsappmd.engine.crypto.AesGcm;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.Hkdf;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.Pbkdf2;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * The phone's half of linking with a typed code (whatsmeow pair-code.go and Baileys Socket/socket.ts have the other). A
 * wrong code shows only when the companion's key bundle does not open. Immutable.
 */
public final class CodeHandshake {
    private static final int SALT_LENGTH = 32;
    private static final int KEY_OFFSET = SALT_LENGTH + AesCtr.IV_LENGTH;
    /** What {@code link_code_pairing_wrapped_companion_ephemeral_pub} has to have. */
    static final int WRAPPED_LENGTH = KEY_OFFSET + Curve25519.KEY_LENGTH;

    private static final int SECRET_LENGTH = 32;
    private static final int BUNDLE_LENGTH = 2 * Curve25519.KEY_LENGTH + SECRET_LENGTH;
    private static final int BUNDLE_OFFSET = SALT_LENGTH + AesGcm.IV_LENGTH;
    private static final byte[] NOTHING = {};
    private static final byte[] BUNDLE_INFO =
            "link_code_pairing_key_bundle_encryption_key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ADV_INFO = "adv_secret".getBytes(StandardCharsets.US_ASCII);

    private final KeyPair identity;
    private final byte[] wrapped;
    private final byte[] shared;

    private CodeHandshake(KeyPair identity, byte[] wrapped, byte[] shared) {
        this.identity = identity;
        this.wrapped = wrapped;
        this.shared = shared;
    }

    /**
     * A code as people type it: a dash and the case do not matter.
     *
     * @throws IllegalArgumentException when it is not 8 letters or digits
     */
    public static String normalized(String typed) {
        String code = typed.strip().replace("-", "").toUpperCase(Locale.ROOT);
        if (!code.matches("[0-9A-Z]{8}")) {
            throw new IllegalArgumentException("a pairing code is 8 letters or digits, which this text is not");
        }
        return code;
    }

    /**
     * What chance gives one handshake; drawn on the event loop, where the server's random generator is used.
     *
     * @param ephemeral the phone's ephemeral key
     * @param saltAndIv what its public half is wrapped with
     */
    record Draws(KeyPair ephemeral, byte[] saltAndIv) {
        static Draws of(RandomGenerator random) {
            byte[] saltAndIv = new byte[KEY_OFFSET];
            random.nextBytes(saltAndIv);
            return new Draws(Curve25519.generateKeyPair(random), saltAndIv);
        }

        @Override
        public String toString() {
            return "Draws[…]";
        }
    }

    /**
     * Somebody typed a code. Takes some hundred milliseconds of computing, so not on the event loop.
     *
     * @param code {@link #normalized}
     * @param companionWrapped the companion's wrapped key: 80 bytes
     * @param identity the phone's
     */
    static CodeHandshake begin(String code, byte[] companionWrapped, KeyPair identity, Draws draws) {
        byte[] companionEphemeral = crypted(code, companionWrapped);
        byte[] encrypted = crypted(code, join(draws.saltAndIv, draws.ephemeral.publicKey()));
        try {
            return new CodeHandshake(
                    identity,
                    join(draws.saltAndIv, encrypted),
                    Curve25519.agree(draws.ephemeral.privateKey(), companionEphemeral));
        } catch (CryptoException e) {
            throw new PairingRefusedException("the companion's ephemeral key is none: " + e.getMessage());
        }
    }

    /** What primary_hello carries. */
    byte[] wrapped() {
        return wrapped.clone();
    }

    /**
     * Opens the companion's answer.
     *
     * @param bundle salt, IV and encrypted key bundle
     * @param companionIdentity the identity that the companion registered with
     * @return the ADV secret that both sides know now
     * @throws PairingRefusedException when it does not open, or was not made for these two identities
     */
    byte[] advSecret(byte[] bundle, byte[] companionIdentity) {
        if (bundle.length != BUNDLE_OFFSET + BUNDLE_LENGTH + AesGcm.TAG_LENGTH) {
            throw new PairingRefusedException("the companion's key bundle has " + bundle.length + " bytes");
        }
        byte[] bundleKey = Hkdf.sha256(shared, Arrays.copyOf(bundle, SALT_LENGTH), BUNDLE_INFO, SECRET_LENGTH);
        byte[] opened;
        try {
            opened = new AesGcm(bundleKey)
                    .decrypt(
                            Arrays.copyOfRange(bundle, SALT_LENGTH, BUNDLE_OFFSET),
                            NOTHING,
                            Arrays.copyOfRange(bundle, BUNDLE_OFFSET, bundle.length));
        } catch (CryptoException e) {
            throw new PairingRefusedException("wrong code: the companion's key bundle does not open with it");
        }
        if (!Arrays.equals(opened, join(companionIdentity, identity.publicKey(), secret(opened)))) {
            throw new PairingRefusedException("the companion's key bundle names other identities");
        }
        try {
            byte[] identities = Curve25519.agree(identity.privateKey(), companionIdentity);
            return Hkdf.sha256(join(shared, identities, secret(opened)), null, ADV_INFO, SECRET_LENGTH);
        } catch (CryptoException e) {
            throw new PairingRefusedException("the companion's identity key is none: " + e.getMessage());
        }
    }

    private static byte[] secret(byte[] opened) {
        return Arrays.copyOfRange(opened, opened.length - SECRET_LENGTH, opened.length);
    }

    /** Salt, IV and a key, encrypted or not: gives the key the other way round. */
    private static byte[] crypted(String code, byte[] wrapped) {
        byte[] salt = Arrays.copyOf(wrapped, SALT_LENGTH);
        byte[] iv = Arrays.copyOfRange(wrapped, SALT_LENGTH, KEY_OFFSET);
        byte[] key = Pbkdf2.sha256(code, salt, Pbkdf2.PAIRING_CODE_ITERATIONS, SECRET_LENGTH);
        return AesCtr.apply(key, iv, Arrays.copyOfRange(wrapped, KEY_OFFSET, wrapped.length));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Never a key. */
    @Override
    public String toString() {
        return "CodeHandshake[…]";
    }
}
