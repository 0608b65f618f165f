package dev.whatsappmd.engine.noise;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.whatsappmd.engine.crypto.AesGcm;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Hkdf;
import dev.whatsappmd.engine.crypto.Sha256;
import java.util.Arrays;

/**
 * What both sides of a handshake have in common at each moment: the hash of all that was said, the salt (Noise: chaining
 * key), the key and its counter. Both pass through the same states. Not thread-safe.
 */
class SymmetricState {
    /** What the client sends before its first frame, and both sides hash first. */
    static final byte[] PROLOGUE = {'W', 'A', 6, 3};

    /** Exactly as long as a hash, and therefore, by the Noise rules, itself the first hash. */
    private static final byte[] PROTOCOL_NAME = "Noise_XX_25519_AESGCM_SHA256\0\0\0\0".getBytes(US_ASCII);

    private static final int KEY_LENGTH = 32;
    private static final byte[] EMPTY = {};

    private byte[] hash = PROTOCOL_NAME;
    private byte[] salt = PROTOCOL_NAME;
    private byte[] key = PROTOCOL_NAME;
    private AesGcm cipher = new AesGcm(key);
    private CounterIv iv = new CounterIv();

    /** Takes something both sides know into the hash. */
    void authenticate(byte[] data) {
        hash = Sha256.hash(hash, data);
    }

    byte[] encrypt(byte[] plaintext) {
        byte[] ciphertext = cipher.encrypt(iv.next(), hash, plaintext);
        authenticate(ciphertext);
        return ciphertext;
    }

    byte[] decrypt(byte[] ciphertext) throws CryptoException {
        byte[] plaintext = cipher.decrypt(iv.next(), hash, ciphertext);
        authenticate(ciphertext);
        return plaintext;
    }

    /** Takes a shared secret into the key; the counter starts again. */
    void mixIntoKey(byte[] sharedSecret) {
        byte[] derived = derive(sharedSecret);
        salt = Arrays.copyOf(derived, KEY_LENGTH);
        key = Arrays.copyOfRange(derived, KEY_LENGTH, derived.length);
        cipher = new AesGcm(key);
        iv = new CounterIv();
    }

    /** The end of the handshake, for the client. */
    NoiseTransport clientTransport() {
        byte[] derived = derive(EMPTY);
        return new NoiseTransport(
                Arrays.copyOf(derived, KEY_LENGTH), Arrays.copyOfRange(derived, KEY_LENGTH, derived.length));
    }

    /** The end of the handshake, for the server: the client's keys the other way round. */
    NoiseTransport serverTransport() {
        byte[] derived = derive(EMPTY);
        return new NoiseTransport(
                Arrays.copyOfRange(derived, KEY_LENGTH, derived.length), Arrays.copyOf(derived, KEY_LENGTH));
    }

    private byte[] derive(byte[] input) {
        return Hkdf.sha256(input, salt, EMPTY, 2 * KEY_LENGTH);
    }

    byte[] hash() {
        return hash;
    }

    byte[] salt() {
        return salt;
    }

    byte[] key() {
        return key;
    }

    long counter() {
        return iv.counter();
    }
}
