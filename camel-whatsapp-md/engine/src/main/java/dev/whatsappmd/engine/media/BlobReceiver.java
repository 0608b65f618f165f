package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.media.MediaException.Reason;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Takes an encrypted blob as it comes, in one go or in several transfers, and gives a file when all of it holds. Closing
 * it removes what it took, unless it became a file. For one thread.
 */
final class BlobReceiver implements AutoCloseable {
    /**
     * However short a file is said to be, so much is taken. Real messages say wrong lengths (tulir/whatsmeow#850: stickers
     * with 0), and their files are good: the hash says so.
     */
    static final long LENGTH_FLOOR = 32L << 20;

    private static final long LENGTH_SLACK = 64 * 1024;

    private final MediaReference reference;
    private final MediaKeys keys;
    private final long lengthMax;
    private @Nullable BlobSpool spool;
    private BlobCheck check;

    /** @param lengthMax the most bytes that are taken; fewer when the reference says how long the file is */
    BlobReceiver(MediaReference reference, Path directory, long lengthMax) throws MediaException {
        this.reference = reference;
        this.keys = MediaKeys.derive(reference.type(), reference.mediaKey());
        this.lengthMax = Math.min(lengthMax, expected(reference));
        this.check = new BlobCheck(keys);
        this.spool = BlobSpool.create(directory);
    }

    private static long expected(MediaReference reference) {
        if (reference.fileLength().isEmpty()) {
            return Long.MAX_VALUE;
        }
        long announced = Math.min(reference.fileLength().getAsLong(), Long.MAX_VALUE / 2);
        return Math.max(BlobCheck.encryptedLength(announced) + LENGTH_SLACK, LENGTH_FLOOR);
    }

    /** How much came so far. */
    long length() {
        return spool.length();
    }

    /** Refuses a length that somebody announces, before a byte of it was taken. */
    void requireRoom(long total) throws MediaException {
        if (total > lengthMax) {
            throw MediaException.of(
                    Reason.TOO_LARGE,
                    "an encrypted file of " + total + " bytes or more: at most " + lengthMax + " are expected");
        }
    }

    void write(byte[] bytes, int count) throws MediaException {
        requireRoom(spool.length() + count);
        spool.write(bytes, 0, count);
        check.update(bytes, 0, count);
    }

    /** Begins again from the first byte. */
    void clear() throws MediaException {
        spool.clear();
        check = new BlobCheck(keys);
    }

    /** All has come. @throws MediaException when it does not hold; {@link #clear} and another try are possible */
    MediaFile finish(MediaFile.Check when) throws MediaException {
        check.finish(reference.fileEncSha256());
        MediaFile file = MediaFile.of(spool, reference, keys, when);
        spool = null;
        return file;
    }

    /** Also from another thread, to end a long check. */
    @Override
    public void close() {
        BlobSpool taken = spool;
        if (taken != null) {
            taken.close();
        }
    }
}
