package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.crypto.AesCbcStream;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Hmac;
import dev.whatsappmd.engine.crypto.Sha256Stream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * Decrypts a spooled blob piece by piece; its MAC holds. At the end the file's hash is compared: when it does not hold,
 * the read that would have told the end throws instead. For one thread.
 */
final class PlaintextStream extends InputStream {
    /** The JDK's AES is at its fastest with pieces of 4 to 64 KiB. */
    private static final int PIECE = 16 * 1024;

    private final BlobSpool spool;
    private final long end;
    private final byte[] fileSha256;
    private final AesCbcStream cipher;
    private final Sha256Stream hash = new Sha256Stream();
    private final byte[] encrypted = new byte[PIECE];
    private final byte[] plain = new byte[PIECE + 16];
    private long position;
    private int from;
    private int to;
    private boolean finished;
    private boolean closed;

    /** @param end where the ciphertext ends, before the MAC */
    PlaintextStream(BlobSpool spool, long end, MediaKeys keys, byte[] fileSha256) {
        this.spool = spool;
        this.end = end;
        this.fileSha256 = fileSha256;
        this.cipher = AesCbcStream.decrypting(keys.cipherKey(), keys.iv());
    }

    @Override
    public int read() throws IOException {
        return fill() ? plain[from++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, to - from);
        System.arraycopy(plain, from, into, offset, count);
        from += count;
        return count;
    }

    /** How much can be read without the file. */
    @Override
    public int available() {
        return closed ? 0 : to - from;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Makes something to read; false at the end. */
    private boolean fill() throws IOException {
        if (closed) {
            throw new IOException("the stream is closed");
        }
        while (from == to) {
            if (finished) {
                return false;
            }
            from = 0;
            to = position < end ? nextPiece() : lastBlock();
            hash.update(plain, 0, to);
            if (finished && !Hmac.matches(hash.finish(), fileSha256)) {
                to = 0;
                finished = false;
                closed = true;
                throw MediaException.damaged("the hash of the decrypted file does not hold");
            }
        }
        return true;
    }

    private int nextPiece() throws MediaException {
        int count = (int) Math.min(PIECE, end - position);
        spool.read(position, encrypted, count);
        position += count;
        return cipher.update(encrypted, 0, count, plain);
    }

    private int lastBlock() throws MediaException {
        try {
            int count = cipher.finish(plain);
            finished = true;
            return count;
        } catch (CryptoException e) {
            closed = true;
            throw MediaException.of(MediaException.Reason.DAMAGED, e.getMessage(), e);
        }
    }
}
