package dev.whatsappmd.engine.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whatsappmd.engine.crypto.Sha256;
import dev.whatsappmd.engine.media.MediaCipher.Encrypted;
import dev.whatsappmd.engine.media.MediaException.Reason;
import dev.whatsappmd.engine.media.MediaFile.Check;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaCipherTest {
    private static final byte[] KEY = bytes(32, 1);

    @TempDir
    Path folder;

    private static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    private record Sent(byte[] plain, byte[] blob, MediaReference reference) {}

    private static Sent sent(int length) throws IOException {
        byte[] plain = bytes(length, length);
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        Encrypted encrypted =
                MediaCipher.encrypt(new ByteArrayInputStream(plain), blob, MediaKeys.derive(MediaType.DOCUMENT, KEY));
        return new Sent(plain, blob.toByteArray(), encrypted.reference(MediaType.DOCUMENT, "/v/x", KEY));
    }

    private MediaFile received(byte[] blob, MediaReference reference, Check check) throws IOException {
        return MediaCipher.decrypt(new ByteArrayInputStream(blob), reference, folder, check);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 16_383, 16_384, 16_385, 65_536, 1_000_003})
    void givesBackWhatWasEncrypted(int length) throws IOException {
        Sent sent = sent(length);
        assertThat(sent.blob).hasSize((int) BlobCheck.encryptedLength(length));
        try (MediaFile file = received(sent.blob, sent.reference, Check.BEFORE)) {
            assertThat(file.length()).isEqualTo(length);
            assertThat(file.open()).hasBinaryContent(sent.plain);
            assertThat(byteByByte(file.open())).isEqualTo(sent.plain);
        }
    }

    private static byte[] byteByByte(InputStream in) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            out.write(next);
        }
        assertThat(in.read()).as("behind the end").isEqualTo(-1);
        return out.toByteArray();
    }

    /** However the pieces are cut, the last ten bytes are the MAC. */
    @Test
    void checksABlobInAnyPieces() throws Exception {
        Sent sent = sent(100);
        for (int piece = 1; piece <= sent.blob.length; piece++) {
            BlobCheck check = new BlobCheck(MediaKeys.derive(MediaType.DOCUMENT, KEY));
            for (int at = 0; at < sent.blob.length; at += piece) {
                check.update(sent.blob, at, Math.min(piece, sent.blob.length - at));
            }
            check.finish(sent.reference.fileEncSha256());
        }
    }

    /** Every bit of a blob counts, and with a hash that was adapted the MAC does. */
    @Test
    void refusesEveryFlippedBit() throws Exception {
        Sent sent = sent(40);
        for (int at = 0; at < sent.blob.length; at++) {
            byte[] flipped = sent.blob.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            assertThat(failure(flipped, sent.reference)).isEqualTo(Reason.DAMAGED);
            byte[] hash = Sha256.hash(flipped);
            assertThat(failure(flipped, withHashes(sent.reference, hash, sent.reference.fileSha256())))
                    .isEqualTo(Reason.DAMAGED);
        }
    }

    @Test
    void refusesEveryCut() throws Exception {
        Sent sent = sent(40);
        for (int length = 0; length < sent.blob.length; length++) {
            byte[] cut = Arrays.copyOf(sent.blob, length);
            byte[] hash = Sha256.hash(cut);
            assertThat(failure(cut, withHashes(sent.reference, hash, sent.reference.fileSha256())))
                    .isEqualTo(Reason.DAMAGED);
        }
    }

    private Reason failure(byte[] blob, MediaReference reference) {
        MediaException failure =
                catchThrowableOfType(MediaException.class, () -> received(blob, reference, Check.BEFORE)
                        .close());
        assertThat(folder).isEmptyDirectory();
        return failure.reason();
    }

    private static MediaReference withHashes(MediaReference of, byte[] fileEncSha256, byte[] fileSha256) {
        return new MediaReference(
                of.type(), of.directPath(), of.url(), of.mediaKey(), fileEncSha256, fileSha256, of.fileLength());
    }

    @Test
    void tellsAWrongHashOfTheFileAtTheEndOfItsStreamWhenItIsCheckedWhileReading() throws Exception {
        Sent sent = sent(50_000);
        MediaReference wrong = withHashes(sent.reference, sent.reference.fileEncSha256(), new byte[32]);
        try (MediaFile file = received(sent.blob, wrong, Check.WHILE_READING);
                InputStream in = file.open()) {
            byte[] some = in.readNBytes(20_000);
            assertThat(some).isEqualTo(Arrays.copyOf(sent.plain, 20_000));
            assertThatThrownBy(in::readAllBytes)
                    .isInstanceOf(MediaException.class)
                    .hasMessage("the hash of the decrypted file does not hold");
            assertThatThrownBy(in::read).as("no end is told after it").isInstanceOf(IOException.class);
        }
    }

    /** Real messages say wrong lengths (tulir/whatsmeow#850), and nothing is gained by losing their files. */
    @ParameterizedTest
    @ValueSource(longs = {0, 39, 41, 1_000_000_000_000L})
    void takesAFileWhoseMessageSaysAWrongLength(long said) throws Exception {
        Sent sent = sent(40);
        MediaReference of = sent.reference;
        MediaReference wrong = new MediaReference(
                of.type(),
                of.directPath(),
                of.url(),
                of.mediaKey(),
                of.fileEncSha256(),
                of.fileSha256(),
                OptionalLong.of(said));
        try (MediaFile file = received(sent.blob, wrong, Check.BEFORE)) {
            assertThat(file.length()).isEqualTo(40);
            assertThat(file.open()).hasBinaryContent(sent.plain);
        }
    }

    @Test
    void refusesAReferenceThatCannotBeRight() throws Exception {
        Sent sent = sent(40);
        MediaReference of = sent.reference;
        MediaReference shortKey = new MediaReference(
                of.type(),
                of.directPath(),
                of.url(),
                new byte[31],
                of.fileEncSha256(),
                of.fileSha256(),
                of.fileLength());
        assertThat(failure(sent.blob, shortKey)).isEqualTo(Reason.BAD_REFERENCE);
        assertThat(failure(sent.blob, withHashes(of, new byte[0], of.fileSha256())))
                .isEqualTo(Reason.BAD_REFERENCE);
        assertThat(failure(sent.blob, withHashes(of, of.fileEncSha256(), new byte[33])))
                .isEqualTo(Reason.BAD_REFERENCE);
    }

    @Test
    void saysThatTheFolderForTemporaryFilesIsMissing() throws Exception {
        Sent sent = sent(40);
        assertThatThrownBy(() -> MediaCipher.decrypt(
                        new ByteArrayInputStream(sent.blob), sent.reference, folder.resolve("missing"), Check.BEFORE))
                .isInstanceOfSatisfying(
                        MediaException.class, e -> assertThat(e.reason()).isEqualTo(Reason.STORAGE))
                .hasMessageContaining("missing");
    }

    @Test
    void endsItsStreamsWithTheFile() throws Exception {
        Sent sent = sent(100_000);
        MediaFile file = received(sent.blob, sent.reference, Check.BEFORE);
        InputStream in = file.open();
        file.close();
        file.close();
        assertThatThrownBy(in::readAllBytes).isInstanceOf(MediaException.class);
    }

    /** Not even a killed process leaves the file behind: it has no name while it is written. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void keepsTheBlobInAFileWithoutANameThatOnlyTheOwnerMayOpen() throws Exception {
        Set<Path> before = openSpools(folder);
        Sent sent = sent(100_000);
        MediaFile file = received(sent.blob, sent.reference, Check.BEFORE);
        assertThat(folder).isEmptyDirectory();
        Set<Path> opened = openSpools(folder);
        assertThat(opened).hasSize(before.size() + 1);
        for (Path open : opened) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(open)))
                    .isEqualTo("rw-------");
        }
        file.close();
        assertThat(openSpools(folder)).isEqualTo(before);
    }

    /** What this process has open in the folder, named or not. */
    private static Set<Path> openSpools(Path folder) throws IOException {
        Set<Path> found = new HashSet<>();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            for (Path link : (Iterable<Path>) open::iterator) {
                try {
                    if (Files.readSymbolicLink(link).startsWith(folder.toRealPath())) {
                        found.add(link);
                    }
                } catch (IOException e) {
                    // The handle of this very listing, which is closed by now.
                }
            }
        }
        return found;
    }

    @Test
    void showsNoKey() throws Exception {
        Sent sent = sent(40);
        assertThat(sent.reference).hasToString("MediaReference[document, 40 bytes]");
        assertThat(MediaKeys.derive(MediaType.IMAGE, KEY)).hasToString("MediaKeys[…]");
        try (MediaFile file = received(sent.blob, sent.reference, Check.BEFORE)) {
            assertThat(file).hasToString("MediaFile[document, 40 bytes]");
        }
    }

    @Test
    void everyKindHasANameOfItsOwn() {
        for (MediaType type : MediaType.values()) {
            assertThat(MediaType.ofId(type.id())).contains(type);
            assertThat(type.uploadPath()).startsWith("/");
        }
        assertThat(MediaType.ofId("nothing")).isEmpty();
    }
}
