package dev.whatsappmd.localserver.media;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.whatsappmd.engine.media.MediaCipher;
import dev.whatsappmd.engine.media.MediaFile;
import dev.whatsappmd.engine.media.MediaFile.Check;
import dev.whatsappmd.engine.media.MediaKeys;
import dev.whatsappmd.engine.media.MediaReference;
import dev.whatsappmd.engine.media.MediaType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Memory stays the same whatever a file's length. {@code -Dmedia.megabytes=200} with {@code -Dtest.jvm.args=-Xmx48m} is
 * the long form: no more heap than a quarter of the file.
 */
@Timeout(600)
class MediaWeightTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Classes that are loaded meanwhile, buffers, ciphers. */
    private static final long BYTES_MAX = 6L << 20;
    /** Of what is fetched, one byte of garbage for so many. */
    private static final long GARBAGE = 10;

    @TempDir
    Path folder;

    @TempDir
    Path blobs;

    /** Some bytes that repeat with a period that is no multiple of a block. */
    private static InputStream plain(long length) {
        return new InputStream() {
            private long position;

            @Override
            public int read() {
                return position < length ? (int) (position++ % 251) : -1;
            }

            @Override
            public int read(byte[] into, int offset, int count) {
                int given = (int) Math.min(count, length - position);
                for (int i = 0; i < given; i++) {
                    into[offset + i] = (byte) (position++ % 251);
                }
                return given == 0 ? -1 : given;
            }
        };
    }

    @Test
    void fetchesALargeFileInLittleMemory() throws Exception {
        long length = Integer.getInteger("media.megabytes", 20) * 1_000_000L;
        byte[] key = new byte[32];
        Path blob = blobs.resolve("blob");
        MediaCipher.Encrypted made;
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(blob), 1 << 16)) {
            made = MediaCipher.encrypt(plain(length), out, MediaKeys.derive(MediaType.VIDEO, key));
        }
        try (MediaWorld world = new MediaWorld(folder)) {
            MediaReference reference = made.reference(MediaType.VIDEO, world.blobs.put(blob), key);
            for (Check check : Check.values()) {
                long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
                long began = THREADS.getCurrentThreadCpuTime();
                try (MediaFile file =
                        MediaWorld.await(world.downloads(world.settings()).download(reference, check, Runnable::run))) {
                    long fetched = THREADS.getCurrentThreadCpuTime();
                    assertThat(read(file, length)).isEqualTo(length);
                    long bytes = THREADS.getCurrentThreadAllocatedBytes() - bytesBefore;
                    System.out.printf(
                            "%,d bytes, %s: fetched in %d ms of CPU, read in %d ms, %,d bytes allocated, heap of at most %,d%n",
                            length,
                            check,
                            TimeUnit.NANOSECONDS.toMillis(fetched - began),
                            TimeUnit.NANOSECONDS.toMillis(THREADS.getCurrentThreadCpuTime() - fetched),
                            bytes,
                            Runtime.getRuntime().maxMemory());
                    assertThat(bytes).isLessThan(BYTES_MAX + length / GARBAGE);
                }
                world.assertNothingLeft();
            }
        }
    }

    private static long read(MediaFile file, long length) throws IOException {
        byte[] got = new byte[8192];
        byte[] expected = new byte[8192];
        long total = 0;
        try (InputStream in = file.open();
                InputStream right = plain(length)) {
            for (int count = in.read(got); count >= 0; count = in.read(got)) {
                assertThat(right.readNBytes(expected, 0, count)).isEqualTo(count);
                if (java.util.Arrays.mismatch(got, 0, count, expected, 0, count) >= 0) {
                    throw new AssertionError("other bytes than were encrypted, behind " + total);
                }
                total += count;
            }
        }
        return total;
    }
}
