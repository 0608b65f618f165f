package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.media.MediaException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * A temporary file for an encrypted blob, readable by its owner only, with no name: on POSIX systems the name is taken
 * away right after it was opened, so that not even a killed process leaves it behind; elsewhere it goes with the last
 * handle. Writing is for one thread; reading at given positions for any.
 */
final class BlobSpool implements AutoCloseable {
    private static final Set<StandardOpenOption> OPTIONS = Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    private static final FileAttribute<?> OWNER_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final SecureRandom RANDOM = new SecureRandom();

    private final FileChannel channel;
    private long length;

    private BlobSpool(FileChannel channel) {
        this.channel = channel;
    }

    /** @param directory where temporary files are put; it must be there */
    static BlobSpool create(Path directory) throws MediaException {
        byte[] name = new byte[16];
        RANDOM.nextBytes(name);
        Path file = directory.resolve("whatsapp-md-" + HexFormat.of().formatHex(name) + ".enc");
        try {
            boolean posix = Files.getFileStore(directory).supportsFileAttributeView("posix");
            FileAttribute<?>[] attributes = posix ? new FileAttribute<?>[] {OWNER_FILE} : new FileAttribute<?>[0];
            return new BlobSpool(FileChannel.open(file, OPTIONS, attributes));
        } catch (IOException e) {
            throw failed("made in " + directory, e);
        }
    }

    /** How much was written. */
    long length() {
        return length;
    }

    void write(byte[] bytes, int offset, int count) throws MediaException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, count);
        try {
            while (buffer.hasRemaining()) {
                length += channel.write(buffer, length);
            }
        } catch (IOException e) {
            throw failed("written", e);
        }
    }

    /** Forgets what was written. */
    void clear() throws MediaException {
        try {
            channel.truncate(0);
            length = 0;
        } catch (IOException e) {
            throw failed("cut", e);
        }
    }

    /** Reads exactly so many bytes, which must have been written. */
    void read(long position, byte[] into, int count) throws MediaException {
        ByteBuffer buffer = ByteBuffer.wrap(into, 0, count);
        try {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, position + buffer.position()) < 0) {
                    throw MediaException.of(
                            Reason.STORAGE, "the temporary file is shorter than what was written to it");
                }
            }
        } catch (MediaException e) {
            throw e;
        } catch (IOException e) {
            throw failed("read", e);
        }
    }

    private static MediaException failed(String what, IOException cause) {
        return MediaException.of(
                Reason.STORAGE,
                "the temporary file for a media file could not be " + what + ": "
                        + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()),
                cause);
    }

    /** The file is gone afterwards. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It has no name and no reader any more: there is nothing to be done about it.
        }
    }
}
