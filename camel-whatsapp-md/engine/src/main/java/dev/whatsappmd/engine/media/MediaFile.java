package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.crypto.AesCbc;
import dev.whatsappmd.engine.crypto.CryptoException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * A file that was fetched: encrypted on disk, decrypted while it is read, so that its plaintext is never on disk and
 * memory stays the same whatever its length. Its MAC, the hash of the encrypted file and its padding hold already; a
 * {@link Check#BEFORE checked} file's own hash too. A length that the message says proves nothing beside them and is
 * wrong in some real messages, so it does not refuse a file; {@link #length()} is the true one.
 *
 * <p>Close it, and the temporary file is gone; one that is forgotten goes with the garbage collector. Safe for all
 * threads; each stream is for one. A thread that is interrupted while it reads ends the whole file, as in every Java
 * file channel.
 */
public final class MediaFile implements AutoCloseable {
    private static final int BLOCK = 16;

    private final BlobSpool spool;
    private final MediaKeys keys;
    private final MediaType type;
    private final byte[] fileSha256;
    private final long end;
    private final long length;
    private volatile boolean checked;

    /** When the hash of the decrypted file is compared. */
    public enum Check {
        /** The file is decrypted once before it is given out: what is read of it is what the sender hashed. */
        BEFORE,
        /**
         * While it is read, so that nothing is decrypted twice: a wrong hash is told by the end of the stream, and what
         * was read until then must be undone by the reader. What was read is authentic all the same: the MAC holds.
         */
        WHILE_READING
    }

    private MediaFile(BlobSpool spool, MediaReference reference, MediaKeys keys, long end, long length) {
        this.spool = spool;
        this.keys = keys;
        this.type = reference.type();
        this.fileSha256 = reference.fileSha256().clone();
        this.end = end;
        this.length = length;
    }

    /** A file whose blob was spooled and held; takes the spool only when it returns. */
    static MediaFile of(BlobSpool spool, MediaReference reference, MediaKeys keys, Check check) throws MediaException {
        long end = spool.length() - BlobCheck.MAC_LENGTH;
        long length = end - paddingLength(spool, keys, end);
        MediaFile file = new MediaFile(spool, reference, keys, end, length);
        if (check == Check.BEFORE) {
            file.check();
        }
        return file;
    }

    /** In CBC the last block can be decrypted by itself: the one before it is its IV. */
    private static int paddingLength(BlobSpool spool, MediaKeys keys, long end) throws MediaException {
        byte[] block = new byte[BLOCK];
        byte[] iv = keys.iv();
        spool.read(end - BLOCK, block, BLOCK);
        if (end > BLOCK) {
            spool.read(end - 2 * BLOCK, iv, BLOCK);
        }
        try {
            return BLOCK - AesCbc.decrypt(keys.cipherKey(), iv, block).length;
        } catch (CryptoException e) {
            throw MediaException.of(MediaException.Reason.DAMAGED, "the padding of the file does not hold", e);
        }
    }

    private void check() throws MediaException {
        byte[] drain = new byte[16 * 1024];
        try (InputStream all = open()) {
            while (all.read(drain, 0, drain.length) >= 0) {
                // Only its end counts: it throws when the hash does not hold.
            }
        } catch (MediaException e) {
            throw e;
        } catch (IOException e) {
            throw MediaException.of(MediaException.Reason.STORAGE, "the temporary file could not be read", e);
        } finally {
            Arrays.fill(drain, (byte) 0);
        }
        checked = true;
    }

    public MediaType type() {
        return type;
    }

    /** Length of the decrypted file in bytes. */
    public long length() {
        return length;
    }

    /** Whether the hash of the decrypted file was compared before anything was given out. */
    public boolean isChecked() {
        return checked;
    }

    /**
     * The decrypted file from its beginning; may be called again. Reading throws {@link MediaException} with {@code
     * DAMAGED} when at the end the hash does not hold, and with {@code STORAGE} when the temporary file cannot be read or
     * was closed. Who reads it in part only, has an unchecked part.
     */
    public InputStream open() {
        return new PlaintextStream(spool, end, keys, fileSha256);
    }

    /** Ends all its streams; the temporary file is gone. Does nothing the second time. */
    @Override
    public void close() {
        spool.close();
    }

    @Override
    public String toString() {
        return "MediaFile[" + type.id() + ", " + length + " bytes]";
    }
}
