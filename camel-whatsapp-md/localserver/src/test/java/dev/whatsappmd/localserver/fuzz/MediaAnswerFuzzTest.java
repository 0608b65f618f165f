package dev.whatsappmd.localserver.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.whatsappmd.engine.media.MediaCipher;
import dev.whatsappmd.engine.media.MediaConnection;
import dev.whatsappmd.engine.media.MediaConnections;
import dev.whatsappmd.engine.media.MediaDownloads;
import dev.whatsappmd.engine.media.MediaException;
import dev.whatsappmd.engine.media.MediaFile;
import dev.whatsappmd.engine.media.MediaHosts;
import dev.whatsappmd.engine.media.MediaKeys;
import dev.whatsappmd.engine.media.MediaReference;
import dev.whatsappmd.engine.media.MediaSettings;
import dev.whatsappmd.engine.media.MediaType;
import dev.whatsappmd.engine.time.SystemTimers;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.media.BlobFault;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a media host answers: the right file or a {@code MediaException}, in bounded memory and time, and nothing left
 * on disk.
 */
class MediaAnswerFuzzTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** For one answer of at most 100 KB with its retries, Java's own classes included. */
    private static final long BYTES_MAX = 16L << 20;

    private static final List<String> LINES = List.of(
            "Content-Length: 26",
            "Content-Length: 0",
            "Content-Length: 99999999999999999999",
            "Content-Length: -5",
            "Content-Length: +26",
            "Content-Length: 26, 26",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: chunked, chunked",
            "Transfer-Encoding: identity",
            "Content-Encoding: br",
            "Content-Range: bytes 0-25/26",
            "Content-Range: bytes */26",
            "Content-Range: bytes 99999999999999999999-1/0",
            "Location: /v/x",
            "Location: http://127.0.0.1:1/",
            "Location: //evil.example/",
            "Location: \u0000",
            "Connection: keep-alive",
            "Trailer: x",
            ": empty name",
            "no colon",
            " folded");

    @TempDir
    Path folder;

    private final LocalWhatsAppServer server = LocalWhatsAppServer.start();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);

    @AfterEach
    void close() {
        timer.shutdownNow();
        server.close();
        assertThat(server.internalFailures()).isEmpty();
    }

    @Test
    void answersThatAreMadeUp(TestInfo info) throws Exception {
        byte[] key = new byte[32];
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        MediaCipher.Encrypted made = MediaCipher.encrypt(
                new ByteArrayInputStream(new byte[15]), blob, MediaKeys.derive(MediaType.IMAGE, key));
        MediaReference reference =
                made.reference(MediaType.IMAGE, server.blobs().put(blob.toByteArray()), key);
        Duration little = Duration.ofSeconds(20);
        MediaSettings settings = MediaSettings.of(MediaHosts.only(URI.create(server.mediaUrl())), Optional.empty())
                .withDirectory(folder)
                .withTimeouts(little, little, little, 1);
        SystemTimers timers = new SystemTimers(timer);
        MediaConnections connections = new MediaConnections(
                () -> CompletableFuture.completedFuture(new MediaConnection(
                        "a", Duration.ofHours(1), Duration.ofHours(1), List.of("h"), Instant.now())),
                timers);
        MediaDownloads downloads = new MediaDownloads(settings, connections, timers);
        Fuzz.run(info, 400, random -> {
            server.blobs().clearFaults();
            byte[] answer = answer(random, blob.toByteArray());
            if (random.nextInt(4) == 0) {
                server.blobs().onNext(BlobFault.shortBody(random.nextInt(27)));
            }
            server.blobs().onEvery(BlobFault.raw(answer));
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try (MediaFile file = downloads.download(reference, Runnable::run).join()) {
                assertThat(file.open()).hasBinaryContent(new byte[15]);
            } catch (CompletionException e) {
                assertThat(e.getCause()).isInstanceOf(MediaException.class);
            }
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(BYTES_MAX);
            assertThat(folder).isEmptyDirectory();
        });
    }

    private static byte[] answer(RandomGenerator random, byte[] blob) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status = List.of(200, 200, 200, 206, 206, 100, 204, 302, 307, 404, 416, 500, 999, 7)
                .get(random.nextInt(14));
        write(out, "HTTP/1." + random.nextInt(3) + " " + status + " Some\r\n");
        for (int lines = random.nextInt(5); lines > 0; lines--) {
            write(out, LINES.get(random.nextInt(LINES.size())) + (random.nextInt(9) == 0 ? "\n" : "\r\n"));
        }
        write(out, "\r\n");
        switch (random.nextInt(4)) {
            case 0 -> out.writeBytes(blob);
            case 1 -> {
                write(out, Integer.toHexString(random.nextInt(40)) + (random.nextBoolean() ? ";x=y" : "") + "\r\n");
                out.writeBytes(blob);
                write(out, "\r\n0\r\n" + "T: x\r\n".repeat(random.nextInt(300)) + "\r\n");
            }
            case 2 -> {
                byte[] noise = new byte[random.nextInt(100_000)];
                random.nextBytes(noise);
                out.writeBytes(noise);
            }
            default -> write(out, "f".repeat(random.nextInt(20_000)));
        }
        byte[] answer = out.toByteArray();
        for (int flips = random.nextInt(3); flips > 0; flips--) {
            answer[random.nextInt(Math.min(answer.length, 200))] ^= (byte) (1 << random.nextInt(8));
        }
        return answer;
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
