package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.crypto.AesGcm;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Hkdf;
import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Values under AES-256-GCM, bound to the session, table and key they belong to: one byte of format version, 16 bytes of
 * salt, 12 bytes of IV, ciphertext and tag.
 *
 * <p>Each value has a key of its own, made from the session's data key and the salt. Random IVs under one key would run
 * out: after 2^32 of them, which a busy account writes in a year, a repeated one is no longer unlikely enough.
 */
final class EncryptedRows implements RowCipher {
    static final int DATA_KEY_LENGTH = 32;

    private static final byte VERSION = 1;
    private static final int SALT_LENGTH = 16;
    private static final int HEADER = 1 + SALT_LENGTH + AesGcm.IV_LENGTH;
    private static final byte[] INFO = "whatsapp-md stored value".getBytes(StandardCharsets.US_ASCII);

    private final String sessionId;
    private final byte[] dataKey;
    private final SecureRandom random;

    EncryptedRows(String sessionId, byte[] dataKey, SecureRandom random) {
        this.sessionId = sessionId;
        this.dataKey = dataKey.clone();
        this.random = random;
    }

    byte[] dataKey() {
        return dataKey.clone();
    }

    @Override
    public byte[] seal(String table, String key, byte[] value) {
        byte[] salt = new byte[SALT_LENGTH];
        byte[] iv = new byte[AesGcm.IV_LENGTH];
        random.nextBytes(salt);
        random.nextBytes(iv);
        byte[] sealed = valueKey(salt).encrypt(iv, place(table, key), value);
        return ByteBuffer.allocate(HEADER + sealed.length)
                .put(VERSION)
                .put(salt)
                .put(iv)
                .put(sealed)
                .array();
    }

    @Override
    public byte[] open(String table, String key, byte[] stored) {
        if (stored.length < HEADER + AesGcm.TAG_LENGTH) {
            throw RowFormat.corrupt(table, key, "it has " + stored.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(stored);
        int version = in.get() & 0xFF;
        if (version != VERSION) {
            throw new SessionStoreException(
                    Reason.NEWER,
                    "the row " + Table.shown(table, key) + " is encrypted in format version " + version
                            + ", this version reads " + VERSION + ": run the newer version again");
        }
        byte[] salt = new byte[SALT_LENGTH];
        byte[] iv = new byte[AesGcm.IV_LENGTH];
        in.get(salt).get(iv);
        try {
            return valueKey(salt).decrypt(iv, place(table, key), stored, HEADER, stored.length - HEADER);
        } catch (CryptoException e) {
            throw RowFormat.corrupt(table, key, "it was not encrypted for this place with this session's key");
        }
    }

    private AesGcm valueKey(byte[] salt) {
        return new AesGcm(Hkdf.sha256(dataKey, salt, INFO, DATA_KEY_LENGTH));
    }

    /** Each part with its length, so that no two places read the same. */
    private byte[] place(String table, String key) {
        byte[] session = sessionId.getBytes(StandardCharsets.UTF_8);
        byte[] kind = table.getBytes(StandardCharsets.UTF_8);
        byte[] row = key.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 * Integer.BYTES + session.length + kind.length + row.length)
                .putInt(session.length)
                .put(session)
                .putInt(kind.length)
                .put(kind)
                .put(row)
                .array();
    }

    @Override
    public String toString() {
        return "EncryptedRows[…]";
    }
}
