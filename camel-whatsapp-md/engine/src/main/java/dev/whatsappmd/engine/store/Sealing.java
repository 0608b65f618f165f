package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.crypto.AesGcm;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * How one session's values are stored: as they are, or under a random data key. The data key is stored beside them,
 * encrypted under a key that scrypt (RFC 7914) makes of the passphrase, so that a new passphrase touches nothing else.
 *
 * <p>Those parameters, 84 bytes: format version, log2 of N, r, p, 16 bytes of salt, 12 bytes of IV, the data key with its
 * tag, CRC-32C of all before. The checksum tells damage from a wrong passphrase.
 *
 * @param cipher what to do to each value
 * @param parameters what is stored beside the values; empty when they are not encrypted
 */
record Sealing(RowCipher cipher, Optional<byte[]> parameters) {
    static final Sealing NONE = new Sealing(RowCipher.NONE, Optional.empty());

    private static final byte VERSION = 1;

    /** 32 MiB and a tenth of a second, once for each session that is opened. */
    private static final int LOG_N = 15;

    private static final int BLOCK_SIZE = 8;
    private static final int PARALLEL = 1;

    /** What stored parameters may ask for, so that damaged ones do not take all memory: 1 GiB. */
    private static final int LOG_N_MAX = 20;

    private static final int SALT_LENGTH = 16;
    private static final int HEADER = 4 + SALT_LENGTH;
    private static final int SEALED_KEY = EncryptedRows.DATA_KEY_LENGTH + AesGcm.TAG_LENGTH;
    private static final int LENGTH = HEADER + AesGcm.IV_LENGTH + SEALED_KEY + Integer.BYTES;
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * How a session that is opened with this passphrase is stored.
     *
     * @param stored the parameters that are stored with it
     * @param saved whether it has any row: one that has none is stored as the passphrase says
     * @throws SessionStoreException {@code PASSPHRASE} when it is missing, wrong or not wanted; {@code CORRUPT},
     *     {@code NEWER}
     */
    static Sealing open(String sessionId, Optional<byte[]> stored, Optional<Passphrase> passphrase, boolean saved) {
        if (!saved) {
            return passphrase.map(phrase -> fresh(sessionId, phrase)).orElse(NONE);
        }
        if (stored.isEmpty()) {
            if (passphrase.isPresent()) {
                throw new SessionStoreException(
                        Reason.PASSPHRASE,
                        "its values are not encrypted, but a passphrase was given: leave the passphrase out, or have the"
                                + " session encrypted first (StoreTool passphrase); nothing was changed");
            }
            return NONE;
        }
        if (passphrase.isEmpty()) {
            throw new SessionStoreException(
                    Reason.PASSPHRASE,
                    "its values are encrypted: give the passphrase it was encrypted with; nothing was changed");
        }
        return unlocked(sessionId, stored.get(), passphrase.get());
    }

    /** A new data key under this passphrase. */
    static Sealing fresh(String sessionId, Passphrase passphrase) {
        byte[] dataKey = new byte[EncryptedRows.DATA_KEY_LENGTH];
        RANDOM.nextBytes(dataKey);
        return wrapped(sessionId, dataKey, passphrase);
    }

    /** Under another passphrase with the same data key, so that the values stay as they are; or under none. */
    Sealing changedTo(String sessionId, Optional<Passphrase> next) {
        if (next.isEmpty()) {
            return NONE;
        }
        return cipher instanceof EncryptedRows sealed
                ? wrapped(sessionId, sealed.dataKey(), next.get())
                : fresh(sessionId, next.get());
    }

    /** Whether values stored so can be read in the other way as they are. */
    boolean sameKeyAs(Sealing other) {
        return cipher instanceof EncryptedRows mine && other.cipher instanceof EncryptedRows theirs
                ? MessageDigest.isEqual(mine.dataKey(), theirs.dataKey())
                : cipher == other.cipher;
    }

    private static Sealing wrapped(String sessionId, byte[] dataKey, Passphrase passphrase) {
        byte[] salt = new byte[SALT_LENGTH];
        byte[] iv = new byte[AesGcm.IV_LENGTH];
        RANDOM.nextBytes(salt);
        RANDOM.nextBytes(iv);
        ByteBuffer out = ByteBuffer.allocate(LENGTH);
        out.put(VERSION)
                .put((byte) LOG_N)
                .put((byte) BLOCK_SIZE)
                .put((byte) PARALLEL)
                .put(salt);
        byte[] key = derive(passphrase, salt, LOG_N, BLOCK_SIZE, PARALLEL);
        out.put(iv).put(new AesGcm(key).encrypt(iv, bound(sessionId, out.array()), dataKey));
        out.putInt(checksum(out.array()));
        return new Sealing(new EncryptedRows(sessionId, dataKey, RANDOM), Optional.of(out.array()));
    }

    private static Sealing unlocked(String sessionId, byte[] stored, Passphrase passphrase) {
        if (stored.length == 0 || stored[0] > VERSION) {
            throw stored.length == 0 ? damaged() : newer(stored[0]);
        }
        ByteBuffer in = ByteBuffer.wrap(stored);
        if (stored.length != LENGTH || in.getInt(LENGTH - Integer.BYTES) != checksum(stored)) {
            throw damaged();
        }
        int logN = stored[1];
        int blockSize = stored[2];
        int parallel = stored[3];
        if (logN < 1 || logN > LOG_N_MAX || blockSize != BLOCK_SIZE || parallel < 1 || parallel > 16) {
            throw damaged();
        }
        byte[] salt = new byte[SALT_LENGTH];
        byte[] iv = new byte[AesGcm.IV_LENGTH];
        in.position(4).get(salt).get(iv);
        AesGcm key = new AesGcm(derive(passphrase, salt, logN, blockSize, parallel));
        try {
            byte[] dataKey = key.decrypt(iv, bound(sessionId, stored), stored, in.position(), SEALED_KEY);
            return new Sealing(new EncryptedRows(sessionId, dataKey, RANDOM), Optional.of(stored));
        } catch (CryptoException e) {
            throw new SessionStoreException(
                    Reason.PASSPHRASE,
                    "the passphrase is not the one it was encrypted with: give that one; nothing was changed");
        }
    }

    private static byte[] derive(Passphrase passphrase, byte[] salt, int logN, int blockSize, int parallel) {
        return SCrypt.generate(passphrase.utf8(), salt, 1 << logN, blockSize, parallel, EncryptedRows.DATA_KEY_LENGTH);
    }

    /** What the data key is bound to: how its key is made, and the session. */
    private static byte[] bound(String sessionId, byte[] parameters) {
        byte[] session = sessionId.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(HEADER + session.length)
                .put(parameters, 0, HEADER)
                .put(session)
                .array();
    }

    private static int checksum(byte[] parameters) {
        CRC32C crc = new CRC32C();
        crc.update(parameters, 0, LENGTH - Integer.BYTES);
        return (int) crc.getValue();
    }

    private static SessionStoreException damaged() {
        return new SessionStoreException(
                Reason.CORRUPT, "the key of its encryption is damaged: put back a backup of the store");
    }

    private static SessionStoreException newer(int version) {
        return new SessionStoreException(
                Reason.NEWER,
                "its encryption has format version " + version + ", this version knows up to " + VERSION
                        + ": run the newer version again");
    }

    @Override
    public String toString() {
        return "Sealing[" + (parameters.isPresent() ? "encrypted" : "as they are") + "]";
    }
}
