package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.crypto.AesCbcStream;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.HmacStream;
import dev.whatsappmd.engine.crypto.Sha256Stream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The format of an encrypted file: AES-256-CBC with PKCS#7 padding, then the first ten bytes of HMAC-SHA-256 over IV and
 * ciphertext (Baileys {@code Utils/messages-media.ts}). Works on streams, in constant memory.
 */
public final class MediaCipher {
    private static final int PIECE = 16 * 1024;

    private MediaCipher() {}

    /**
     * What a message says of a file that was encrypted.
     *
     * @param fileSha256 hash of the file
     * @param fileEncSha256 hash of what was written
     * @param fileLength length of the file in bytes
     * @param encryptedLength length of what was written
     */
    public record Encrypted(byte[] fileSha256, byte[] fileEncSha256, long fileLength, long encryptedLength) {
        /** What a message to others says. */
        public MediaReference reference(MediaType type, String directPath, byte[] mediaKey) {
            return new MediaReference(
                    type,
                    directPath,
                    Optional.empty(),
                    mediaKey,
                    fileEncSha256,
                    fileSha256,
                    OptionalLong.of(fileLength));
        }

        @Override
        public String toString() {
            return "Encrypted[" + fileLength + " bytes]";
        }
    }

    /** Encrypts all of the stream; closes neither. @throws IOException what the streams throw */
    public static Encrypted encrypt(InputStream file, OutputStream encrypted, MediaKeys keys) throws IOException {
        AesCbcStream cipher = AesCbcStream.encrypting(keys.cipherKey(), keys.iv());
        Sha256Stream fileHash = new Sha256Stream();
        Sha256Stream encryptedHash = new Sha256Stream();
        HmacStream mac = new HmacStream(keys.macKey());
        mac.update(keys.iv(), 0, 16);
        byte[] plain = new byte[PIECE];
        byte[] output = new byte[PIECE + 16];
        long length = 0;
        long written = 0;
        boolean more = true;
        while (more) {
            int count = file.read(plain, 0, plain.length);
            more = count >= 0;
            int made = more ? cipher.update(plain, 0, count, output) : finish(cipher, output);
            fileHash.update(plain, 0, Math.max(count, 0));
            mac.update(output, 0, made);
            encryptedHash.update(output, 0, made);
            encrypted.write(output, 0, made);
            length += Math.max(count, 0);
            written += made;
        }
        Arrays.fill(plain, (byte) 0);
        byte[] tag = Arrays.copyOf(mac.finish(), BlobCheck.MAC_LENGTH);
        encryptedHash.update(tag, 0, tag.length);
        encrypted.write(tag);
        return new Encrypted(fileHash.finish(), encryptedHash.finish(), length, written + tag.length);
    }

    private static int finish(AesCbcStream cipher, byte[] output) {
        try {
            return cipher.finish(output);
        } catch (CryptoException e) {
            throw new IllegalStateException("encrypting checks nothing", e);
        }
    }

    /**
     * Takes an encrypted file from a stream that is not a download, up to its end; does not close it.
     *
     * @param directory for the temporary file; it must be there
     * @throws MediaException the reference is not usable, or the file is not what it says; nothing is left on disk
     * @throws IOException what the stream throws; nothing is left on disk
     */
    public static MediaFile decrypt(
            InputStream encrypted, MediaReference reference, Path directory, MediaFile.Check check) throws IOException {
        reference.requireUsable();
        try (BlobReceiver receiver = new BlobReceiver(reference, directory, Long.MAX_VALUE)) {
            byte[] piece = new byte[PIECE];
            for (int count = encrypted.read(piece); count >= 0; count = encrypted.read(piece)) {
                receiver.write(piece, count);
            }
            return receiver.finish(check);
        }
    }
}
