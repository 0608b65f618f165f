package dev.whatsappmd.engine.pairing;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.Credentials.SignedPreKey;
import java.util.random.RandomGenerator;

/** The keys of a device that is not linked yet (Baileys Utils/auth-utils.ts, initAuthCreds). */
public final class NewCredentials {
    private static final int FIRST_SIGNED_PRE_KEY_ID = 1;
    private static final int ADV_SECRET_LENGTH = 32;
    /** Registration ids have 14 bits and are not 0. */
    private static final int REGISTRATION_ID_BOUND = 1 << 14;

    private NewCredentials() {}

    /**
     * A new identity that nobody knows yet.
     *
     * @param random a cryptographic one: all of the device's secrets come from it
     */
    public static Credentials generate(RandomGenerator random) {
        KeyPair identity = Curve25519.generateKeyPair(random);
        return Credentials.builder()
                .noiseKey(Curve25519.generateKeyPair(random))
                .identityKey(identity)
                .signedPreKey(signedPreKey(identity, FIRST_SIGNED_PRE_KEY_ID, random))
                .registrationId(random.nextInt(1, REGISTRATION_ID_BOUND))
                .advSecret(Bytes.drawn(ADV_SECRET_LENGTH, random))
                .build();
    }

    /**
     * The same identity with another ADV secret, which makes every QR code shown so far useless. Keep it durably before
     * the first code with it is shown.
     *
     * @param random a cryptographic one
     */
    public static Credentials withNewAdvSecret(Credentials credentials, RandomGenerator random) {
        return credentials.toBuilder()
                .advSecret(Bytes.drawn(ADV_SECRET_LENGTH, random))
                .build();
    }

    private static SignedPreKey signedPreKey(KeyPair identity, int id, RandomGenerator random) {
        KeyPair keyPair = Curve25519.generateKeyPair(random);
        byte[] signed = Bytes.concat(new byte[] {Curve25519.PREFIX}, keyPair.publicKey());
        return new SignedPreKey(id, keyPair, XEdDsa.sign(identity.privateKey(), signed, random));
    }
}
