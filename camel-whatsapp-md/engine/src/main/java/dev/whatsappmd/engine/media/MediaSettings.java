package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.transport.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How files are fetched. Every step has a deadline.
 *
 * @param hosts which hosts may be asked
 * @param proxy for every byte; without it the hosts are dialed directly
 * @param directory where encrypted files wait to be read, one at a time per download; it must be there
 * @param lengthMax the longest encrypted file that is taken, in bytes; WhatsApp's documents end at 2 GB
 * @param connectTimeout for DNS, the proxy, TCP and TLS together, and for the server's naming the hosts
 * @param answerTimeout from the request to the end of the answer's head
 * @param stallTimeout for the next piece of the body
 * @param bytesPerSecondMin the slowest transfer that is waited for, measured over all of it after the first {@code
 *     stallTimeout}; so a file takes no longer than {@code stallTimeout} and its length divided by this
 */
public record MediaSettings(
        MediaHosts hosts,
        Optional<Proxy> proxy,
        Path directory,
        long lengthMax,
        Duration connectTimeout,
        Duration answerTimeout,
        Duration stallTimeout,
        long bytesPerSecondMin) {
    public MediaSettings {
        Objects.requireNonNull(hosts, "hosts");
        Objects.requireNonNull(proxy, "proxy");
        Objects.requireNonNull(directory, "directory");
        requirePositive(lengthMax, "lengthMax");
        requirePositive(connectTimeout.toMillis(), "connectTimeout");
        requirePositive(answerTimeout.toMillis(), "answerTimeout");
        requirePositive(stallTimeout.toMillis(), "stallTimeout");
        requirePositive(bytesPerSecondMin, "bytesPerSecondMin");
    }

    private static void requirePositive(long value, String what) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " is 1 or more (times: 1 ms), not " + value);
        }
    }

    /** 20 s to connect, 30 s for an answer and for each piece, 4 KiB/s, files up to 2 GiB, the system's folder. */
    public static MediaSettings of(MediaHosts hosts, Optional<Proxy> proxy) {
        return new MediaSettings(
                hosts,
                proxy,
                Path.of(System.getProperty("java.io.tmpdir")),
                (2L << 30) + 1024,
                Duration.ofSeconds(20),
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                4096);
    }

    /** Other deadlines. */
    public MediaSettings withTimeouts(Duration connect, Duration answer, Duration stall, long bytesPerSecond) {
        return new MediaSettings(hosts, proxy, directory, lengthMax, connect, answer, stall, bytesPerSecond);
    }

    /** Another place for temporary files. */
    public MediaSettings withDirectory(Path other) {
        return new MediaSettings(
                hosts, proxy, other, lengthMax, connectTimeout, answerTimeout, stallTimeout, bytesPerSecondMin);
    }

    /** Another longest file. */
    public MediaSettings withLengthMax(long bytes) {
        return new MediaSettings(
                hosts, proxy, directory, bytes, connectTimeout, answerTimeout, stallTimeout, bytesPerSecondMin);
    }
}
