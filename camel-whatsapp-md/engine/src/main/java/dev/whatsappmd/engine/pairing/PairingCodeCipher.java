package dev.whatsappmd.engine.pairing;

import dev.whatsappmd.engine.crypto.AesCtr;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.Pbkdf2;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * How each side sends the other its ephemeral public key: encrypted under a key made from the code, which a person
 * carries from one screen to the other. Salt, IV and 32 encrypted bytes, without a MAC: a wrong code shows only later.
 */
final class PairingCodeCipher {
    private static final int SALT_LENGTH = 32;
    private static final int KEY_OFFSET = SALT_LENGTH + AesCtr.IV_LENGTH;
    private static final int WRAPPED_LENGTH = KEY_OFFSET + Curve25519.KEY_LENGTH;
    private static final int CIPHER_KEY_LENGTH = 32;

    private PairingCodeCipher() {}

    /** 80 bytes; takes some ten milliseconds of computing. */
    static byte[] wrap(String code, byte[] publicKey, RandomGenerator random) {
        byte[] salt = Bytes.drawn(SALT_LENGTH, random);
        byte[] iv = Bytes.drawn(AesCtr.IV_LENGTH, random);
        return Bytes.concat(salt, iv, AesCtr.apply(key(code, salt), iv, publicKey));
    }

    /**
     * The other side's ephemeral public key, 32 bytes; another one than it sent when its code is not ours.
     *
     * @throws CryptoException when it is not 80 bytes
     */
    static byte[] unwrap(String code, byte[] wrapped) throws CryptoException {
        if (wrapped.length != WRAPPED_LENGTH) {
            throw new CryptoException(
                    "a wrapped ephemeral key has " + WRAPPED_LENGTH + " bytes, not " + wrapped.length);
        }
        byte[] salt = Arrays.copyOf(wrapped, SALT_LENGTH);
        byte[] iv = Arrays.copyOfRange(wrapped, SALT_LENGTH, KEY_OFFSET);
        return AesCtr.apply(key(code, salt), iv, Arrays.copyOfRange(wrapped, KEY_OFFSET, WRAPPED_LENGTH));
    }

    private static byte[] key(String code, byte[] salt) {
        return Pbkdf2.sha256(code, salt, Pbkdf2.PAIRING_CODE_ITERATIONS, CIPHER_KEY_LENGTH);
    }
}
