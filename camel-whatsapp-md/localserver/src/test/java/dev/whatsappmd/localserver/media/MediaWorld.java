package dev.whatsappmd.localserver.media;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/** A server with files, and what downloads from it need. */
final class MediaWorld implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);

    final LocalWhatsAppServer server = LocalWhatsAppServer.start();
    final BlobServer blobs = server.blobs();
    final ExecutorService threads = Executors.newCachedThreadPool();
    final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    final AtomicInteger connectionsAsked = new AtomicInteger();
    final Path folder;
    volatile List<String> hosts = List.of("media-a.whatsapp.net");
    volatile String auth = BlobServer.AUTH;

    MediaWorld(Path folder) {
        this.folder = folder;
        timer.setRemoveOnCancelPolicy(true);
    }

    /** What was put. */
    record Sent(byte[] plain, int encryptedLength, MediaReference reference) {}

    Sent put(MediaType type, int length) {
        try {
            byte[] plain = new byte[length];
            byte[] key = new byte[32];
            SplittableRandom random = new SplittableRandom(length);
            random.nextBytes(plain);
            random.nextBytes(key);
            ByteArrayOutputStream blob = new ByteArrayOutputStream();
            MediaCipher.Encrypted made =
                    MediaCipher.encrypt(new ByteArrayInputStream(plain), blob, MediaKeys.derive(type, key));
            String path = blobs.put(blob.toByteArray());
            return new Sent(plain, blob.size(), made.reference(type, path, key));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Sent put(int length) {
        return put(MediaType.IMAGE, length);
    }

    MediaSettings settings() {
        return settings(MediaHosts.only(URI.create(server.mediaUrl())));
    }

    MediaSettings settings(MediaHosts allowed) {
        return MediaSettings.of(allowed, Optional.empty()).withDirectory(folder).withTimeouts(LIMIT, LIMIT, LIMIT, 1);
    }

    MediaDownloads downloads(MediaSettings settings) {
        SystemTimers timers = new SystemTimers(timer);
        MediaConnections connections = new MediaConnections(
                () -> {
                    connectionsAsked.incrementAndGet();
                    return CompletableFuture.completedFuture(
                            new MediaConnection(auth, Duration.ofHours(1), Duration.ofHours(1), hosts, Instant.now()));
                },
                timers);
        return new MediaDownloads(settings, connections, timers);
    }

    MediaFile fetch(MediaReference reference, MediaSettings settings) throws MediaException {
        return await(downloads(settings).download(reference, threads));
    }

    void assertFetches(Sent sent, MediaSettings settings) throws IOException {
        try (MediaFile file = fetch(sent.reference(), settings)) {
            assertThat(file.length()).isEqualTo(sent.plain().length);
            assertThat(file.open()).hasBinaryContent(sent.plain());
        }
        assertNothingLeft();
    }

    MediaException failure(MediaReference reference, MediaSettings settings) {
        try (MediaFile file = fetch(reference, settings)) {
            throw new AssertionError("was given out: " + file);
        } catch (MediaException e) {
            assertNothingLeft();
            return e;
        }
    }

    static <T> T await(CompletableFuture<T> future) throws MediaException {
        try {
            return future.orTimeout(LIMIT.toMillis() * 2, TimeUnit.MILLISECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof MediaException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** No temporary file, with a name or without, no timer. */
    void assertNothingLeft() {
        eventually(() -> {
            assertThat(folder).isEmptyDirectory();
            assertThat(openFiles()).isEmpty();
            assertThat(timer.getQueue()).isEmpty();
        });
    }

    private static void eventually(ThrowingRunnable check) {
        Awaitility.await().atMost(LIMIT).untilAsserted(check);
    }

    /** What this process has open in the folder (Linux). */
    private List<Path> openFiles() throws IOException {
        Path table = Path.of("/proc/self/fd");
        if (!Files.isDirectory(table)) {
            return List.of();
        }
        try (Stream<Path> open = Files.list(table)) {
            return open.flatMap(link -> {
                        try {
                            return Stream.of(Files.readSymbolicLink(link));
                        } catch (IOException e) {
                            return Stream.empty();
                        }
                    })
                    .filter(file -> file.startsWith(folder))
                    .toList();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        timer.shutdownNow();
        server.close();
        assertThat(server.internalFailures()).isEmpty();
    }
}
